"""Which axes of a graph must have one size, and which may change by themselves.

Axes that an op ties, as the inner ones of a matrix product, are one class; axes that have one size
by chance are not. Only what the ops say counts: their index letters, and for an op without letters
what its shapes do when an axis grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph, Kind, Node
from bpdebug.ops import Shape

Axis = tuple[int, int]
"""A node, and one of its axes."""
FEW = 10
"""Of so many axes any three are grown together."""


class Ties:
    """The classes of a graph's axes.

    Arrays that stand in the graph as constants keep their shapes, unless `constants` may change.
    """

    def __init__(self, graph: Graph, *, constants: bool = False) -> None:
        self.graph = graph
        self._above: dict[Axis, Axis] = {}
        self._fixed: set[Axis] = set()
        self._made: set[Axis] = set()
        """The axes of the result under way that are as long as one of an operand: of others that
        would make it as long, as reshape may have them, the shape keeps its size."""
        self.sums: list[tuple[Axis, tuple[Axis, ...]]] = []
        """Axes whose size is the sum of those of others, as `concat` makes them."""
        for node in graph.nodes:
            if node.value is not None:
                if not constants:
                    self.fix(*axes_of(node))
            elif node.op is not None and node.layout is not None:
                if node.layout.signature is not None:
                    self._by_letters(node)
                else:
                    self._by_growing(node)
        self._fixed |= {
            axis for node in graph.nodes for axis in axes_of(node) if self.size(axis) < 2
        }

    def size(self, axis: Axis) -> int:
        """How many entries an axis has."""
        node, at = axis
        return self.graph.nodes[node].shape[at]

    def root(self, axis: Axis) -> Axis:
        """The axis that stands for a class."""
        while axis in self._above:
            axis = self._above[axis]
        return axis

    def tie(self, *axes: Axis) -> None:
        """Make axes one class."""
        first = self.root(axes[0])
        for other in axes[1:]:
            root = self.root(other)
            if root != first:
                self._above[root] = first

    def fix(self, *axes: Axis) -> None:
        """Keep axes at the size that they have."""
        self._fixed.update(axes)

    def free(self) -> list[tuple[Axis, ...]]:
        """The classes that may change, each by the axes of the inputs and parameters in it.

        A class whose size follows from others is none of them.
        """
        fixed = {self.root(axis) for axis in self._fixed}
        for result, parts in self.sums:
            if self.root(result) in fixed:
                fixed |= {self.root(part) for part in parts}
        follows = {self.root(result) for result, _ in self.sums}
        found: dict[Axis, list[Axis]] = {}
        for node in self.graph.nodes:
            if node.kind in (Kind.INPUT, Kind.PARAMETER):
                for axis in axes_of(node):
                    found.setdefault(self.root(axis), []).append(axis)
        return [tuple(axes) for root, axes in found.items() if root not in fixed | follows]

    def sized(self, sizes: dict[Axis, int]) -> dict[str, Shape]:
        """The shapes of all inputs and parameters, with new sizes for some classes, by root."""
        known = dict(sizes)
        for result, parts in self.sums:
            root = self.root(result)
            total = sum(known.get(self.root(part), self.size(part)) for part in parts)
            if total != self.size(result):
                known[root] = total
        return {
            node.name: tuple(known.get(self.root(axis), self.size(axis)) for axis in axes_of(node))
            for node in self.graph.nodes
            if node.kind in (Kind.INPUT, Kind.PARAMETER)
        }

    # What ties them.

    def _by_letters(self, node: Node) -> None:
        """Tie the axes that share a letter."""
        assert node.layout is not None and node.layout.signature is not None
        signature = node.layout.signature
        members: dict[str, list[Axis]] = {}
        for operand, letters in zip(node.operands, signature.operands, strict=True):
            for at, letter in enumerate(letters):
                members.setdefault(letter, []).append((operand, at))
        for at, letter in enumerate(signature.output):
            members.setdefault(letter, []).append((node.index, at))
        for letter, twin in signature.repeats:
            members[twin] = [*members.get(twin, ()), *members.pop(letter, ())]
        fixed = {letter for letter, _ in signature.sizes}
        for letter, axes in members.items():
            if letter in fixed:
                self.fix(*axes)
            # A single entry is broadcast, so that it need not grow with what stands beside it.
            several = [axis for axis in axes if self.size(axis) > 1]
            if several and not letter.isupper():
                self.tie(*several)

    def _by_growing(self, node: Node) -> None:
        """Tie an op's axes by what its shapes do when an axis, or two of one size, grow."""
        shapes = [self.graph.nodes[operand].shape for operand in node.operands]
        places = [(p, at) for p, shape in enumerate(shapes) for at in range(len(shape))]
        known: set[tuple[int, int]] = set()
        self._made = set()
        for group in groups(places):
            if known.intersection(group) or len({shapes[p][at] for p, at in group}) > 1:
                continue
            grown = self._grown(node, shapes, group)
            if grown is not None:
                known.update(group)
                self._tie_grown(node, [(node.operands[p], at) for p, at in group], grown)
        for p, at in places:
            if (p, at) not in known:
                self.fix((node.operands[p], at))
        tied = {self.root(axis) for i in node.operands for axis in axes_of(self.graph.nodes[i])}
        joined = {result for result, _ in self.sums}
        for axis in axes_of(node):
            if self.root(axis) not in tied and axis not in joined:
                self.fix(axis)

    def _grown(
        self, node: Node, shapes: Sequence[Shape], group: Sequence[tuple[int, int]]
    ) -> Shape | None:
        """The result's shape with axes of operands longer by one; None where that is an error."""
        grown = [list(shape) for shape in shapes]
        for p, at in group:
            grown[p][at] += 1
        assert node.op is not None
        try:
            return node.op.layout(tuple(map(tuple, grown)), node.options).shape
        except (BpdebugError, ValueError):
            return None

    def _tie_grown(self, node: Node, axes: list[Axis], grown: Shape) -> None:
        """Take in what the result's shape did when some axes of operands grew together."""
        if len(grown) != len(node.shape):
            self.fix(*axes)
            return
        changed = [at for at, (n, m) in enumerate(zip(grown, node.shape, strict=True)) if n != m]
        if not changed:
            assert node.op is not None
            # Summed over by both; or picked from: else some of it is cut away.
            if len(axes) > 1 or (
                node.op.indices_from is not None and axes[0][0] == node.operands[0]
            ):
                self.tie(*axes)
            else:
                self.fix(*axes)
            return
        result = (node.index, changed[0])
        one_longer = len(changed) == 1 and grown[changed[0]] == node.shape[changed[0]] + 1
        same = node.shape[changed[0]] == self.size(axes[0])
        if one_longer and same and result not in self._made:
            self._made.add(result)
            self.tie(result, *axes)
        elif one_longer and len(axes) == 1 and self._joins(node, axes[0], result):
            parts = tuple((operand, axes[0][1]) for operand in node.operands)
            if (result, parts) not in self.sums:
                self.sums.append((result, parts))
        else:
            self.fix(*axes)

    def _joins(self, node: Node, axis: Axis, result: Axis) -> bool:
        """Whether a result's axis is those of all operands one behind the other."""
        at = axis[1]
        shapes = [self.graph.nodes[operand].shape for operand in node.operands]
        return (
            len(shapes) > 1
            and all(len(shape) > at for shape in shapes)
            and sum(shape[at] for shape in shapes) == self.size(result)
        )


def axes_of(node: Node) -> Iterator[Axis]:
    """All axes of a node."""
    return ((node.index, at) for at in range(len(node.shape)))


def groups(places: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], ...]]:
    """The axes of operands that may have to grow together, the fewest first.

    A place is the position of an operand, and one of its axes.
    """
    yield from ((place,) for place in places)
    yield from combinations(places, 2)
    for at in dict.fromkeys(at for _, at in places):
        yield tuple(place for place in places if place[1] == at)
    if len(places) <= FEW:
        yield from combinations(places, 3)
