"""What is known at a position: a pure function of the recorded pass and the tick.

Nothing is stored between calls, so stepping back, jumping and stepping forward cost equally much
and there is nothing to undo. A finished cell is the recorded contribution itself; only the cell
that is being summed is added up term by term.
"""

from __future__ import annotations

from enum import Enum
from math import prod

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph import Edge, RecordedPass
from bpdebug.ops import Array, Index, IndexMap, TermIndices
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import record, replace
from bpdebug.ticks.timeline import Timeline


class Status(Enum):
    """How far a gradient has come."""

    NONE = "has no gradient"
    PENDING = "not computed yet"
    PARTIAL = "partial"
    WHOLE = "whole"


@record
class Term:
    """A scalar multiplication with its numbers: upstream × local, and what it adds to."""

    edge: Edge
    number: int
    """From 0, within the edge."""
    indices: TermIndices
    upstream: float
    local: float
    product: float
    before: float | None
    """The sum in the cell before this term, with earlier contributions; None before the first."""
    after: float
    """The sum in the cell after this term."""
    summand: int
    """The term's number among those that this edge adds to the cell, from 0."""
    summands: int


@record
class GradientState:
    """A node's gradient at a position; ask for a window or a cell, never build what is not shown.

    `whole` are the contributions that have arrived completely, `current` is the contribution under
    way, of which the first `finished` cells stand and `running` is the cell being summed.
    """

    status: Status
    shape: tuple[int, ...]
    whole: tuple[Array, ...] = ()
    current: Array | None = None
    finished: int = 0
    running: tuple[int, float] | None = None
    """Flat index and sum so far of the cell that has some but not all of its terms."""
    arrived: int = 0
    """How many contributions are complete."""
    expected: int = 0
    """How many contributions there will be in all."""
    index_map: IndexMap | None = None
    """The index map of the contribution under way, which says which cells have terms."""
    reached: int = 0
    """How many cells the contribution under way has written."""
    reachable: int = 0
    """How many cells it will have written at its end."""

    def window(self, where: tuple[slice, ...] | None = None) -> tuple[Array, NDArray[np.bool_]]:
        """The accumulated values in a window, and which cells hold anything yet.

        A cell that holds nothing yet is NaN in the values and False in the mask.
        """
        with np.errstate(all="ignore"):
            return self._window(where or tuple(slice(None) for _ in self.shape))

    def _window(self, where: tuple[slice, ...]) -> tuple[Array, NDArray[np.bool_]]:
        if self.whole:
            values = np.asarray(np.asarray(self.whole[0])[where]).view()
            values.flags.writeable = False  # it may be the recorded contribution itself
            for part in self.whole[1:]:
                values = np.asarray(values + np.asarray(part)[where])
        else:
            values = np.full(window_shape(self.shape, where), np.nan)
        known = np.full(values.shape, bool(self.whole))
        if self.current is not None:
            flat = flat_window(self.shape, where)
            done = (flat < self.finished) & self._written(where)
            values = self._add(values, np.asarray(self.current)[where], done)
            known = known | done
            if self.running is not None:
                here = flat == self.running[0]
                # A sum of the run's kind of numbers, which may not widen what it is added to.
                kind = np.asarray(self.current).dtype
                values = self._add(values, np.full(flat.shape, self.running[1], kind), here)
                known = known | here
        return values, known

    def _add(self, values: Array, part: Array, where: NDArray[np.bool_]) -> Array:
        added = values + part if self.whole else part
        return np.where(where, added, values)

    def final(self, where: tuple[slice, ...] | None = None) -> NDArray[np.bool_]:
        """Which cells of a window will not change any more in this pass."""
        where = where or tuple(slice(None) for _ in self.shape)
        if self.current is not None and self.arrived + 1 == self.expected:
            return (flat_window(self.shape, where) < self.finished) & self._written(where)
        return np.full(window_shape(self.shape, where), self.status is Status.WHOLE)

    def _written(self, where: tuple[slice, ...]) -> NDArray[np.bool_]:
        """Which cells of a window have terms; the others hold nothing until the edge ends."""
        assert self.index_map is not None  # there is a contribution under way
        return self.index_map.has_terms(flat_window(self.shape, where))


def window_shape(shape: tuple[int, ...], where: tuple[slice, ...]) -> tuple[int, ...]:
    """The shape of a window."""
    return tuple(
        len(range(*part.indices(extent))) for extent, part in zip(shape, where, strict=True)
    )


def flat_window(shape: tuple[int, ...], where: tuple[slice, ...]) -> NDArray[np.int64]:
    """The flat C-order positions of a window's cells."""
    flat = np.zeros((), dtype=np.int64)
    for extent, part in zip(shape, where, strict=True):
        flat = flat[..., None] * extent + np.arange(*part.indices(extent), dtype=np.int64)
    return flat


@record
class CellSum:
    """What an edge adds to a cell: rows of factors, and the sum after each product."""

    upstream: Array
    local: Array
    sums: Array
    earlier: float | None
    """What earlier contributions left in the cell, in the run's kind of numbers; None for the
    first."""


def cell_sum(recorded: RecordedPass, edge: Edge, cell: Index) -> CellSum:
    """The products that an edge adds to a cell, in their order."""
    gradient = recorded.gradients[edge.output]
    assert gradient is not None
    with np.errstate(all="ignore"):
        upstream = recorded.index_map(edge).upstream_slice(np.asarray(gradient), cell)
        local = recorded.local_row(edge, cell)
        sums = np.add.accumulate(upstream * local)
        return CellSum(upstream, local, sums, earlier_cell(recorded, edge, cell))


def term_at(recorded: RecordedPass, timeline: Timeline, edge: Edge, number: int) -> Term:
    """The number-th multiplication of an edge, with its factors and what it adds to."""
    indices = recorded.index_map(edge).locate(number)
    return term_of(recorded, edge, number, indices, cell_sum(recorded, edge, indices.cell))


def term_of(
    recorded: RecordedPass, edge: Edge, number: int, indices: TermIndices, cell: CellSum
) -> Term:
    """The number-th multiplication of an edge, read from the products of its cell, `cell`."""
    index_map = recorded.index_map(edge)
    first, last = index_map.span(ravel(indices.cell, index_map.cell_shape))
    inner, earlier, sums = number - first, cell.earlier, cell.sums
    own = recorded.contributions[edge.index]
    now = np.asarray(own)[indices.cell] if number + 1 == last else sums[inner]
    with np.errstate(all="ignore"):
        before = add_known(earlier, sums[inner - 1] if inner else None)
        return Term(
            edge,
            number,
            indices,
            float(cell.upstream[inner]),
            float(cell.local[inner]),
            float(cell.upstream[inner] * cell.local[inner]),
            None if before is None else float(before),
            float(now if earlier is None else earlier + now),
            inner,
            last - first,
        )


def add_known(a: float | None, b: float | None) -> float | None:
    """The sum of two numbers, each of which may be missing; None where both are."""
    return b if a is None else a if b is None else a + b


def earlier_cell(recorded: RecordedPass, edge: Edge, cell: Index) -> float | None:
    """What earlier contributions left in a cell; None for the first contribution."""
    total: float | None = None
    for other in recorded.graph.into[edge.operand]:
        if other.index == edge.index:
            break
        part = np.asarray(recorded.contributions[other.index])[cell]
        total = part if total is None else total + part
    return total


def gradient_at(
    recorded: RecordedPass, timeline: Timeline, node: int, position: int
) -> GradientState:
    """A node's gradient at a position of its iteration."""
    graph = recorded.graph
    shape = graph.nodes[node].shape
    if node == graph.loss and node not in graph.into:
        there = position > timeline.forward
        seed = (np.ones((), recorded.dtype),) if there else ()
        status = Status.WHOLE if there else Status.PENDING
        return GradientState(status, shape, seed, arrived=len(seed), expected=1)
    edges = graph.into.get(node)
    if not edges:
        return GradientState(Status.NONE, shape)
    whole = []
    for edge in edges:
        start, end = timeline.edge_span(edge.index)
        if position >= end:
            whole.append(recorded.contributions[edge.index])
            continue
        done = position - start
        status = Status.PARTIAL if whole or done > 0 else Status.PENDING
        state = GradientState(status, shape, tuple(whole), arrived=len(whole), expected=len(edges))
        return state if done <= 0 else under_way(recorded, edge, state, done)
    return GradientState(Status.WHOLE, shape, tuple(whole), arrived=len(whole), expected=len(edges))


def under_way(recorded: RecordedPass, edge: Edge, state: GradientState, done: int) -> GradientState:
    """The state of a gradient whose edge has made `done` of its multiplications."""
    index_map = recorded.index_map(edge)
    indices = index_map.locate(done - 1)
    flat = ravel(indices.cell, index_map.cell_shape)
    first, last = index_map.span(flat)
    running = None
    finished = flat + 1
    if done < last:
        finished = flat
        running = (flat, float(cell_sum(recorded, edge, indices.cell).sums[done - first - 1]))
    return replace(
        state,
        current=recorded.contributions[edge.index],
        finished=finished,
        running=running,
        index_map=index_map,
        reached=index_map.written_before(finished),
        reachable=index_map.written_before(prod(state.shape)),
    )
