"""Dense computations: where weights multiply inputs, and which axis of the result holds the units.

A product that sums over its inputs (`W @ x`, `x @ W.T`, `dot(w, x)`, `sum(w * x)`) is dense
where a parameter is one of its factors; so is `w * x` of a neuron with a single input. Names play
no part. A parameter may be transposed, reshaped or computed from others on its way into the
product; what depends on data is no weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from bpdebug.graph.node import Kind, Node
from bpdebug.ops import Carries, IndexMap, Product
from bpdebug.records import record

Weight = tuple[int, int | None, str]
"""A parameter's node, its axis of units, and the slices taken from it: a matrix and its transpose
are different weights, and so are two slices of an array."""
MOST = 100
"""A value computed from more parameters than this is not taken for the weights of a layer."""


@record
class Dense:
    """A dense computation; its node is the weighted sum."""

    weights: int
    """The node of the operand that holds the weights."""
    axis: int | None
    """The axis of the result along which the units lie; None for a single unit."""
    evident: bool
    """False where it counts as a layer only if an activation follows, as for a cellwise `w * x`."""
    inside: int | None = None
    """For `sum(w * x)`, the node of the product; else None."""


class Weighing:
    """Looks through the nodes of a graph for dense computations."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes
        self.pure = parameters_alone(nodes)
        self.origin = origins(nodes)
        self.sources = sources(nodes)

    def found(self) -> dict[int, Dense]:
        """The dense computations by node, in the order of computation."""
        dense: dict[int, Dense] = {}
        for node in self.nodes:
            one = self.computation_at(node)
            if one is not None and node.needs_gradient:
                dense[node.index] = one
                if one.inside is not None:
                    dense.pop(one.inside, None)
        return dense

    def computation_at(self, node: Node) -> Dense | None:
        """The dense computation at a node; None where there is none."""
        if node.op is None:
            return None
        if node.op.product is Product.SUMS:
            return self.summed(node)
        if node.op.product is Product.CELLS:
            return self.by_cells(node)
        return self.written_out(node) if node.op.carries is Carries.REDUCES else None

    def summed(self, node: Node) -> Dense | None:
        """A product that is summed: the units' axis goes on from the weights alone.

        Products that are not summed over a letter of the weights and of another factor are none.
        """
        assert node.op is not None and node.layout is not None
        factors = node.op.factors(node.operands)
        weights = self.weights_among(factors)
        if weights is None:
            return None
        signature = node.layout.signature
        others = [at for at in range(len(factors)) if at != weights]
        if signature is not None:
            letters = signature.operands
            shared = set(letters[weights]) & set().union(*(letters[at] for at in others))
            if shared <= set(signature.output):
                return None
        carried = [carried_axes(node.layout.maps[at]) for at in others]
        axes = sorted(carried_axes(node.layout.maps[weights]).difference(*carried))
        return Dense(node.operands[weights], axes[-1] if axes else None, evident=True)

    def by_cells(self, node: Node) -> Dense | None:
        """`w * x`: a neuron of a single input where w is a number; else perhaps a gain."""
        found = self.factors(node)
        if found is None:
            return None
        weights, other = (node.operands[at] for at in found)
        single = prod(self.nodes[weights].shape) == 1 and len(self.nodes[other].shape) <= 1
        data = not self.pure[other] and not self.reduced(self.nodes[other])
        axes = unit_axes(node, self.nodes[weights], self.nodes[other])
        evident = single and data and self.is_parameter(weights)
        return Dense(weights, axes[-1] if axes else None, evident=evident)

    def written_out(self, node: Node) -> Dense | None:
        """`sum(w * x)`: a product of cells by weights that is summed."""
        (inside,) = node.operands
        product = self.nodes[inside]
        if product.op is None or product.op.product is not Product.CELLS:
            return None
        found = self.factors(product)
        if found is None:
            return None
        weights, other = (product.operands[at] for at in found)
        if not self.nodes[weights].shape or not self.is_parameter(weights) or self.pure[other]:
            return None
        assert node.layout is not None and node.layout.maps[0] is not None
        carried = node.layout.maps[0].carried
        axes = unit_axes(product, self.nodes[weights], self.nodes[other], alone=True)
        kept = [at for at in map(carried, axes) if at is not None]
        return Dense(weights, kept[0] if kept else None, evident=True, inside=inside)

    def weights_among(self, factors: Sequence[int]) -> int | None:
        """The position of the weights among some factors; None where no weights are."""
        if len(factors) == 2:
            found = self.two_factors(factors)
            return None if found is None else found[0]
        pure = [at for at, i in enumerate(factors) if self.pure[i]]
        if not pure or len(pure) == len(factors):
            return None
        return max(pure, key=lambda at: (len(self.nodes[factors[at]].shape), at))

    def factors(self, node: Node) -> tuple[int, int] | None:
        """The positions of the weights and of the other factor; None where no weights are."""
        return self.two_factors(node.operands)

    def two_factors(self, operands: Sequence[int]) -> tuple[int, int] | None:
        """Which of two operands is the weights, and the other factor; None where neither is."""
        a, b = operands[:2]
        if self.pure[a] and self.pure[b]:
            # Data may stand among the parameters: the parameter itself is the weights, the wider
            # of two. A product of a parameter with itself has none.
            own = [at for at, i in enumerate((a, b)) if self.is_parameter(i)]
            if not own or self.origin[a] == self.origin[b]:
                return None
            wider = len(self.nodes[b].shape) > len(self.nodes[a].shape)
            return (1, 0) if own == [1] or (len(own) == 2 and wider) else (0, 1)
        if self.pure[a] or self.pure[b]:
            return (0, 1) if self.pure[a] else (1, 0)
        return None

    def is_parameter(self, index: int) -> bool:
        """True for a parameter, also one that is transposed or indexed."""
        return self.pure[index] and self.nodes[self.origin[index]].is_leaf

    def reduced(self, node: Node) -> bool:
        """True for a loss, and for a result with fewer axes than its operand: no unit's input."""
        if node.op is None or node.op.product is Product.SUMS:
            return False
        wider = any(len(self.nodes[i].shape) > len(node.shape) for i in node.operands)
        return node.op.loss or (wider and node.op.carries is not Carries.MOVES)

    def weights_of(self, node: int, dense: Dense) -> set[Weight]:
        """The parameters in the weights, each with its units' axis."""
        own = unit_axis_of(self.nodes[dense.inside or node], dense)
        leaf = self.origin[dense.weights]
        if not self.nodes[leaf].is_leaf:
            return {(i, own, "") for i in self.sources[dense.weights] or ()}
        return {(leaf, *traced(self.nodes, leaf, dense.weights, own))}


def origins(nodes: tuple[Node, ...]) -> list[int]:
    """By node: the node that a transpose, slice or reshape started from; itself for any other."""
    found: list[int] = []
    for node in nodes:
        moves = node.op is not None and node.op.carries is Carries.MOVES and len(node.operands) == 1
        found.append(found[node.operands[0]] if moves else node.index)
    return found


def sources(nodes: tuple[Node, ...]) -> list[frozenset[int] | None]:
    """By node: the parameters that it is computed from; None where they are more than `MOST`.

    Nodes share one set where they can: a deep graph has as many nodes as parameters.
    """
    found: list[frozenset[int] | None] = []
    for node in nodes:
        own: frozenset[int] | None = frozenset((node.index,) * (node.kind is Kind.PARAMETER))
        for operand in node.operands:
            other = found[operand]
            if own is None or other is None:
                own = None
            elif not own >= other:
                own = other if other >= own else own | other
        found.append(None if own is None or len(own) > MOST else own)
    return found


def parameters_alone(nodes: tuple[Node, ...]) -> list[bool]:
    """By node: True where it depends on parameters and on no data."""
    touched: list[tuple[bool, bool]] = []
    for node in nodes:
        if node.op is None:
            touched.append((node.kind is Kind.PARAMETER, node.kind is Kind.INPUT))
        else:
            of = [touched[i] for i in node.operands]
            touched.append((any(p for p, _ in of), any(d for _, d in of)))
    return [parameter and not data for parameter, data in touched]


def unit_axes(product: Node, weights: Node, other: Node, *, alone: bool = False) -> list[int]:
    """The axes of a product of cells along which the weights differ; `alone` where x does not."""

    def extent(node: Node, axis: int) -> int:
        at = axis - len(product.shape) + len(node.shape)
        return node.shape[at] if at >= 0 else 1

    return [
        axis
        for axis in range(len(product.shape))
        if extent(weights, axis) > 1 and not (alone and extent(other, axis) > 1)
    ]


def unit_axis_of(node: Node, dense: Dense) -> int | None:
    """The axis of the weights operand that becomes the units' axis of the product."""
    if dense.axis is None or node.layout is None:
        return None
    return axis_below(node.layout.maps[node.operands.index(dense.weights)], dense.axis)


def carried_axes(index_map: IndexMap | None) -> set[int]:
    """The axes of the result that axes of an operand go on into."""
    if index_map is None:
        return set()
    found = map(index_map.carried, range(len(index_map.cell_shape)))
    return {axis for axis in found if axis is not None}


def axis_below(index_map: IndexMap | None, axis: int) -> int | None:
    """The operand's axis that goes on into an axis of the result; None where none does."""
    if index_map is None:
        return None
    rank = len(index_map.cell_shape)
    return next((at for at in range(rank) if index_map.carried(at) == axis), None)


def traced(
    nodes: tuple[Node, ...], leaf: int, index: int, axis: int | None
) -> tuple[int | None, str]:
    """The leaf's own axis that an axis of its rearrangement is, and the picks on the way."""
    picks = ""
    while index != leaf:
        node = nodes[index]
        assert node.layout is not None
        if axis is not None and node.layout.maps[0] is not None:
            axis = axis_below(node.layout.maps[0], axis)
        picks += "".join(f"{name}={value}" for name, value in node.options.items())
        index = node.operands[0]
    return axis, picks


def carried_axis(node: Node, axes: Mapping[int, int | None]) -> int | None:
    """A result's axis of units, by those of its operands, through an op that bends nothing."""
    assert node.layout is not None
    for operand, found in zip(node.operands, node.layout.maps, strict=True):
        axis = axes.get(operand)
        if axis is not None and found is not None:
            carried = found.carried(axis)
            if carried is not None:
                return carried
    return None
