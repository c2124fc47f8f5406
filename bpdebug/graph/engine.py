"""The forward and the backward pass over arrays, with a record of what every edge contributed.

The graph is compiled once into two flat lists of calls; a pass walks them. Nothing is changed in
place, so a recorded array stays valid for as long as the pass is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph.graph import Graph
from bpdebug.graph.indices import bound_map
from bpdebug.graph.node import Edge, Kind
from bpdebug.ops import FLOAT64, Array, DType, IndexMap, narrowed, of_dtype
from bpdebug.ops.maps.index_map import ONE

Vjp = Callable[..., Array]
NOTHING: Mapping[int, Array] = MappingProxyType({})


@dataclass(slots=True)
class RecordedPass:
    """A recorded forward and backward pass: the values, contributions and gradients."""

    graph: Graph
    values: list[Array]
    """By node index, each of the node's shape."""
    contributions: list[Array]
    """By edge index, what each vector-Jacobian product adds; the operand's shape."""
    gradients: list[Array | None]
    """By node index, ∂L/∂node; None where the backward pass writes no gradient."""
    _local: tuple[int, Array] | None = field(default=None, repr=False, compare=False)
    """The edge whose local derivative was asked for last, with that derivative, since a debugger
    asks for many cells of the same edge."""
    _maps: dict[tuple[int, int], IndexMap | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    def index_map(self, edge: Edge) -> IndexMap:
        """The index map of an edge, with the cells that this batch's indices pick."""
        found = self.map_of(edge.output, edge.position)
        assert found is not None  # an edge's operand has a derivative
        return found

    def map_of(self, node: int, position: int) -> IndexMap | None:
        """The index map of a result's operand, also of one without an edge; None for an operand
        that has no derivative."""
        key = node, position
        if key not in self._maps:
            self._maps[key] = bound_map(self.graph.nodes, node, position, self.values.__getitem__)
        return self._maps[key]

    @property
    def dtype(self) -> DType:
        """The kind of its numbers: float64, or float32."""
        return np.asarray(self.values[self.graph.loss]).dtype

    def operands(self, node: int) -> tuple[Array, ...]:
        """The values of a node's operands, in the op's order; empty for a leaf."""
        return tuple(np.asarray(self.values[i]) for i in self.graph.nodes[node].operands)

    def on_kink(self, node: int) -> NDArray[np.bool_] | None:
        """True for each cell of a result that lies on a kink of its op; None for an op without."""
        made = self.graph.nodes[node]
        if made.op is None or made.op.kink is None:
            return None
        with np.errstate(all="ignore"):
            found = np.asarray(made.op.kink(*self.operands(node), **made.options))
        return np.broadcast_to(found, made.shape)

    def local(self, edge: Edge) -> Array:
        """The whole local derivative of an edge; broadcasts to its index map's `local_shape`."""
        if self._local is not None and self._local[0] == edge.index:
            return self._local[1]
        node = self.graph.nodes[edge.output]
        assert node.op is not None
        with np.errstate(all="ignore"):
            y = np.asarray(self.values[node.index])
            local = node.op.local(edge.position, y, self.operands(node.index), node.options)
        self._local = edge.index, local
        return local

    def by_row(self, edge: Edge) -> bool:
        """True where an edge's local derivative is computed cell by cell, and never as a whole."""
        op = self.graph.nodes[edge.output].op
        rule = op.partial(edge.position) if op is not None else None
        return rule is not None and rule.row is not None

    def local_row(self, edge: Edge, cell: tuple[int, ...]) -> Array:
        """The local factors of a cell's terms, in their order; shape (terms of the cell)."""
        node = self.graph.nodes[edge.output]
        assert node.op is not None
        rule = node.op.partial(edge.position)
        if rule is not None and rule.row is not None:
            y = np.asarray(self.values[node.index])
            with np.errstate(all="ignore"):
                row = rule.row(cell, y, *self.operands(node.index), **node.options)
            return np.asarray(row, dtype=y.dtype)
        return self.index_map(edge).local_slice(self.local(edge), cell)


class Engine:
    """A graph compiled for running with numbers of one kind; it holds no values.

    Every value, contribution and gradient of a pass is of that kind where the leaves are.
    """

    def __init__(self, graph: Graph, dtype: DType = FLOAT64) -> None:
        self.graph = graph
        self.dtype = dtype
        self._one = dtype.type(1.0)
        self._constants = [
            (n.index, of_dtype(n.value, dtype)) for n in graph.nodes if n.kind is Kind.CONSTANT
        ]
        self._forward: list[tuple[int, Vjp, tuple[int, ...]]] = []
        self._slots = len(graph.nodes)
        """How many values a pass computes: those of the nodes, then what ops share for it."""
        shared: dict[int, int] = {}
        for n in graph.nodes:
            if n.op is None:
                continue
            forward, operands = narrowed(bound(n.op.forward, n.options), dtype), n.operands
            if n.op.shared is not None:
                slot = shared[n.index] = self._slots
                self._slots += 1
                self._forward.append((slot, bound(n.op.shared, n.options), operands))
                forward, operands = sharing(forward), (*operands, slot)
            self._forward.append((n.index, forward, operands))
        self._vjps = [self._vjp(e) for e in graph.edges]
        self._backward = []
        for e, vjp in zip(graph.edges, self._vjps, strict=True):
            operands = graph.nodes[e.output].operands
            if e.output in shared:
                vjp, operands = sharing(vjp), (*operands, shared[e.output])
            self._backward.append((e.output, e.operand, e.first, vjp, operands))

    def vjp(self, edge: Edge) -> Vjp:
        """The edge's vector-Jacobian product: a function of the upstream gradient, the op's result
        and its operands."""
        return self._vjps[edge.index]

    def _vjp(self, edge: Edge) -> Vjp:
        """The op's fast vector-Jacobian product, else the derived one."""
        node = self.graph.nodes[edge.output]
        assert node.op is not None and node.layout is not None
        options = node.op.for_rules(edge.position, node.options)
        fast = node.op.vjp(edge.position)
        if fast is not None:
            return narrowed(bound(fast, options), self.dtype)
        rule = node.op.partial(edge.position)
        assert rule is not None
        index_map = self.graph.index_map(edge)
        value = narrowed(bound(rule.value, options), self.dtype)
        if index_map.cell_by_cell:
            return narrowed(partial(multiplied, value), self.dtype)
        return narrowed(partial(contracted, index_map.contraction(), value), self.dtype)

    def forward(self, leaves: Mapping[int, Array]) -> list[Array]:
        """Compute all values, by node index, from those of the inputs and parameters."""
        with np.errstate(all="ignore"):
            values = self._run_forward(leaves)
        del values[len(self.graph.nodes) :]
        return values

    def _run_forward(
        self, leaves: Mapping[int, Array], known: Mapping[int, Array] = NOTHING
    ) -> list[Array]:
        """The values by node index, and behind them what ops share with their products."""
        values: list[Any] = [None] * self._slots
        for index, value in (*self._constants, *leaves.items()):
            values[index] = value
        value_of = values.__getitem__
        for index, function, operands in self._forward:
            given = known.get(index)
            values[index] = function(*map(value_of, operands)) if given is None else given
        return values

    def run(
        self, leaves: Mapping[int, Array], known: Mapping[int, Array] = NOTHING
    ) -> RecordedPass:
        """Record a forward and a backward pass. Overflow and NaN are results, not errors.

        Results that are `known`, by node index, are not computed but taken as they are.
        """
        with np.errstate(all="ignore"):
            values = self._run_forward(leaves, known)
            gradients: list[Any] = [None] * len(self.graph.nodes)
            gradients[self.graph.loss] = self._one
            contributions: list[Array] = []
            value_of, add = values.__getitem__, contributions.append
            for output, operand, first, vjp, operands in self._backward:
                part = vjp(gradients[output], values[output], *map(value_of, operands))
                add(part)
                gradients[operand] = part if first else gradients[operand] + part
        del values[len(self.graph.nodes) :]
        return RecordedPass(self.graph, values, contributions, gradients)


def bound(function: Callable[..., Array], options: Mapping[str, Any]) -> Callable[..., Array]:
    """The function with the node's options filled in; the function itself where it has none."""
    return partial(function, **options) if options else function


def sharing(function: Callable[..., Array]) -> Callable[..., Array]:
    """The function with its last argument given by the name `shared`."""
    return lambda *given: function(*given[:-1], shared=given[-1])


def multiplied(value: Vjp, g: Array, y: Array, *operands: Array, **shared: Array) -> Array:
    """Upstream ⊙ local, for ops that treat each cell alone; upstream itself where local is 1."""
    local = value(y, *operands, **shared)
    return g if local is ONE else g * local


def contracted(
    contract: Callable[[Array, Array], Array], value: Vjp, g: Array, y: Array, *operands: Array
) -> Array:
    """Contract upstream and local derivative over the letters, as the signature says."""
    return contract(g, value(y, *operands))


def derived_vjp(graph: Graph, edge: Edge, g: Array, y: Array, operands: tuple[Array, ...]) -> Array:
    """The vector-Jacobian product from the declaration alone; tests compare fast VJPs with it."""
    node = graph.nodes[edge.output]
    assert node.op is not None
    local = node.op.local(edge.position, y, operands, node.options)
    values = dict(zip(node.operands, operands, strict=True))
    index_map = bound_map(graph.nodes, edge.output, edge.position, values.__getitem__)
    assert index_map is not None
    return index_map.contract(g, local)
