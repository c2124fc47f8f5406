"""The loss as a function of one leaf: only what depends on the leaf is computed again."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from bpdebug.graph import Graph, Node, RecordedPass
from bpdebug.ops import Array, Index
from bpdebug.records import record


@record
class ProbedLoss:
    """The loss at a moved point."""

    loss: float
    crossed: Node | None
    """The first result with a kink between this point and the one where the gradient was
    computed; None when there is none."""


class Probe:
    """Moves one entry of a leaf and computes the loss; a pass is never changed."""

    def __init__(self, recorded: RecordedPass, leaf: int) -> None:
        self.recorded = recorded
        self.leaf = leaf
        self.calls = dependents(recorded.graph, leaf)
        """The results between the leaf and the loss, in the order of computation."""
        self._sides = {
            node.index: side
            for node in self.calls
            if (side := sides(node, recorded.operands(node.index))) is not None
        }
        self._broken = {
            node.index: mask
            for node in self.calls
            if node.index not in self._sides
            and (mask := recorded.on_kink(node.index)) is not None
            and mask.any()
        }

    @property
    def cost(self) -> int:
        """About how many scalar operations one sample takes, a call counted as some thousand."""
        return sum(CALL_COST + scalar_operations(node) for node in self.calls)

    def at(self, cell: Index, value: float) -> ProbedLoss:
        """The loss with one entry of the leaf changed to `value`."""
        moved = np.array(self.recorded.values[self.leaf], dtype=np.float64)
        moved[cell] = value
        values: dict[int, Array] = {self.leaf: moved}
        crossed: Node | None = None
        with np.errstate(all="ignore"):
            for node in self.calls:
                operands = tuple(
                    values[i] if i in values else np.asarray(self.recorded.values[i])
                    for i in node.operands
                )
                assert node.op is not None
                values[node.index] = np.asarray(node.op.forward(*operands, **node.options))
                if crossed is None and self._crossed(node, operands, values[node.index]):
                    crossed = node
        return ProbedLoss(float(values.get(self.recorded.graph.loss, np.asarray(np.nan))), crossed)

    def _crossed(self, node: Node, operands: tuple[Array, ...], result: Array) -> bool:
        """Has an entry changed its smooth piece, or left the kink that it stood on?"""
        before = self._sides.get(node.index)
        if before is not None:
            return not np.array_equal(sides(node, operands), before, equal_nan=True)
        broken = self._broken.get(node.index)
        if broken is None:
            return False
        left = [
            new != old
            for new, old in zip(operands, self.recorded.operands(node.index), strict=True)
        ]
        changed = np.logical_or.reduce(np.broadcast_arrays(*left))
        if changed.shape != broken.shape:
            # A cell of a reduction has left its kink when it is another number.
            changed = result != np.asarray(self.recorded.values[node.index])
        return bool(np.any(changed & broken))


CALL_COST = 5000


def dependents(graph: Graph, leaf: int) -> list[Node]:
    """The results that the leaf reaches and that reach the loss."""
    reached = {leaf}
    for node in graph.nodes:
        if not reached.isdisjoint(node.operands):
            reached.add(node.index)
    needed = {graph.loss}
    for node in reversed(graph.nodes):
        if node.index in needed:
            needed.update(node.operands)
    between = reached & needed
    return [node for node in graph.nodes if node.op and node.index in between]


def scalar_operations(node: Node) -> int:
    """The multiplications of the largest product behind a result, or its size."""
    maps = node.layout.maps if node.layout is not None else ()
    return max([prod(node.shape), *(found.terms for found in maps if found is not None)])


def sides(node: Node, operands: tuple[Array, ...]) -> Any:
    """Which smooth piece each entry is on; None for an op without pieces."""
    if node.op is None or node.op.side is None:
        return None
    with np.errstate(all="ignore"):
        return np.asarray(node.op.side(*operands, **node.options))
