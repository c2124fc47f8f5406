"""Other sizes for a scenario: every axis that may change by itself gets a size of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from bpdebug.graph import Graph, Kind
from bpdebug.graph.indices import sources
from bpdebug.mistakes.fresh.draws import targets_of, unused_by
from bpdebug.mistakes.fresh.ties import Axis, Ties
from bpdebug.ops import Array, Shape
from bpdebug.records import record

SIZES = (5, 3, 7, 4, 6, 9, 8, 11, 10, 13, 12, *range(14, 200))
"""What axes are given, the rows of a batch first. 2 is none of them, since it is a factor of many
formulas."""


Class = tuple[Axis, ...]
"""Axes of inputs and parameters that have one size."""
Shapes = Mapping[str, Shape]
"""The shapes of inputs and parameters, by name."""


@record
class Resizing:
    """Which classes of axes may change: `Ties.sized` makes shapes of sizes for them."""

    ties: Ties
    batch: Class
    """The axes of the examples; empty where there are none, or where their number is fixed."""
    others: tuple[Class, ...]
    rows: tuple[Axis, ...] = ()
    """The first axes of inputs where no op says that they are one, and the forward pass may take
    another number of examples still: those of a single example, or of a pass that is run anew."""

    def shapes(
        self, number: int, *, rows: int | None = None, others: Sequence[Class] | None = None
    ) -> Shapes:
        """The shapes of all inputs and parameters for the draw of this number.

        `rows` is the number of examples where that is given. `others` are the classes that change
        beside the examples, all of them if not given.
        """
        ties = self.ties
        classes = [self.batch] * bool(self.batch)
        classes += self.others if others is None else others
        taken = {
            ties.size(axis)
            for node in ties.graph.nodes
            for axis in ((node.index, at) for at in range(len(node.shape)))
            if ties.size(axis) < SIZES[-1]
        }
        fit = [size for size in SIZES if size not in taken] or list(SIZES)
        # Another draw has each axis at the size that its neighbour had before.
        chosen = fit[: max(len(classes), 2)]
        turned = chosen[number % len(chosen) :] + chosen[: number % len(chosen)]
        sizes = {ties.root(one[0]): size for one, size in zip(classes, turned, strict=False)}
        if rows is not None and self.batch:
            sizes[ties.root(self.batch[0])] = rows
        found = ties.sized(sizes)
        if self.rows:
            several = next(size for size in fit[number:] if size not in sizes.values())
            many = several if rows is None else rows
            for node, _ in self.rows:
                name = ties.graph.nodes[node].name
                found[name] = (many, *found[name][1:])
        return found


def resizing(graph: Graph, data: Mapping[str, Array], *, anew: bool = False) -> Resizing:
    """What may change in a graph; an input whose numbers fit its shape alone stays as it is.

    With `anew`, the forward pass is run anew, and makes its own constants of other sizes.
    """
    ties = Ties(graph, constants=anew)
    nodes = graph.nodes
    for operand, axis in picks(graph):
        for at in sources(nodes, operand):
            name = nodes[at].name
            if nodes[at].shape == (ties.size(axis),) and name in data and counts(data[name]):
                ties.tie((at, 0), axis)  # the number of each row, as in p[rows, labels]
    unused = unused_by(graph)
    kept = {name for name, values in data.items() if not np.isfinite(values).all()} | unused
    if unused:
        kept |= targets_of(graph)
    for name in kept:
        ties.fix(*((graph.names[name], at) for at in range(len(graph.node(name).shape))))
    free = ties.free()
    batch = next(iter(sorted(filter(lambda one: examples(graph, one), free), key=len)[-1:]), ())
    others = tuple(one for one in free if one is not batch)
    inputs = [n for n in nodes if n.kind is Kind.INPUT and n.shape and n.name not in kept]
    first = tuple((n.index, 0) for n in inputs) if inputs and not batch else ()
    extents = {ties.size(axis) for axis in first}
    alike = extents == {1} or (anew and len(extents) == 1)
    stacked = any(len(nodes[node].shape) > 1 for node, _ in first)
    return Resizing(ties, batch, others, first if alike and stacked else ())


def examples(graph: Graph, axes: Sequence[Axis]) -> bool:
    """Whether a class of axes counts examples: first or last axes of inputs, and no parameter's."""
    at_ends = {0: True, -1: True}
    for node, at in axes:
        if graph.nodes[node].kind is not Kind.INPUT:
            return False
        at_ends[0] &= at == 0
        at_ends[-1] &= at == len(graph.nodes[node].shape) - 1
    return any(at_ends.values())


def classes_of(graph: Graph, sized: Callable[[Axis], int] | None = None) -> dict[str, int]:
    """By input that has labels or indices: how many classes, or entries, these may name.

    `sized` says the size of an axis, where that is not the graph's own.
    """
    found: dict[str, int] = {}
    for operand, (picked, axis) in picks(graph):
        classes = sized((picked, axis)) if sized else graph.nodes[picked].shape[axis]
        for at in sources(graph.nodes, operand):
            if graph.nodes[at].kind is Kind.INPUT:
                name = graph.nodes[at].name
                found[name] = min(classes, found.get(name, classes))
    return found


def picks(graph: Graph) -> Iterator[tuple[int, Axis]]:
    """Each operand that is labels or indices, and the axis along which these choose."""
    for node in graph.nodes:
        if node.op is None or node.layout is None:
            continue
        if node.op.indices_from is not None:
            index_map = node.layout.maps[0]
            for number, operand in enumerate(node.operands[node.op.indices_from :]):
                if index_map is not None:
                    yield operand, (node.operands[0], index_map.picked_along(number))
        elif node.op.loss and node.layout.signature is not None:
            prediction, target = node.layout.signature.operands[:2]
            missing = [at for at, letter in enumerate(prediction) if letter not in target]
            if len(missing) == 1:
                yield node.operands[1], (node.operands[0], missing[0])


def counts(values: Array) -> bool:
    """Whether an array is 0 to n − 1, in order."""
    return np.array_equal(np.reshape(values, -1), np.arange(np.size(values)))
