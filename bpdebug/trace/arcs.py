"""The terms of many cells at once, as arrays: which cells they lead to, and by which factor.

Seen from the parameters, a term is an arc: the operand's cell reaches one cell of the output, and
the local derivative is how much of it arrives there.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph import Edge, Pass
from bpdebug.ops import Array, LetterMap, SelectMap, Shape
from bpdebug.ops.index_map import sorted_range, unravel

Flat = NDArray[np.int64]
"""Flat C-order positions of cells."""


class Arcs(NamedTuple):
    """The arcs that leave some cells of an edge's operand; row r belongs to `cells[r]`."""

    cells: Flat
    """The cells that have any; shape (cells)."""
    first: Flat
    """The number of each cell's first term within the edge; shape (cells)."""
    targets: Flat
    """Cells of the output; shape (cells, terms of each)."""


def arcs_of(run: Pass, edge: Edge, cells: Flat) -> Arcs:
    """The arcs of an edge that leave the cells at these flat positions."""
    index_map = run.graph.index_map(edge)
    if isinstance(index_map, LetterMap):
        return letter_arcs(index_map, run.graph.nodes[edge.output].shape, cells)
    assert isinstance(index_map, SelectMap)
    return select_arcs(index_map, cells)


def letter_arcs(index_map: LetterMap, shape: Shape, cells: Flat) -> Arcs:
    """Every cell has as many arcs as the summed letters have places."""
    loop = loop_of(index_map, cells)
    targets = np.zeros((len(cells), index_map.per_cell), dtype=np.int64)
    for axis, extent in zip(index_map.upstream_axes, shape, strict=True):
        targets = targets * extent + loop[axis]
    return Arcs(cells, cells * index_map.per_cell, targets)


def loop_of(index_map: LetterMap, cells: Flat) -> list[Flat]:
    """The place of every letter of the loop, broadcasting to (cells, terms)."""
    own = np.unravel_index(cells, index_map.cell_shape) if index_map.cell_shape else ()
    summed = np.arange(index_map.per_cell)
    inner = np.unravel_index(summed, index_map.sum_shape) if index_map.sum_shape else ()
    return [axis[:, None] for axis in own] + [axis[None, :] for axis in inner]


def select_arcs(index_map: SelectMap, cells: Flat) -> Arcs:
    """A cell that is moved has one arc, any other none."""
    index = np.unravel_index(cells, index_map.cell_shape) if index_map.cell_shape else ()
    inside = np.full(cells.shape, True)
    first = np.zeros(cells.shape, dtype=np.int64)
    places = []
    for at, pick in zip(index, index_map.picks, strict=True):
        ascending = sorted_range(pick)
        steps, rest = np.divmod(at - ascending.start, ascending.step)
        inside &= (rest == 0) & (steps >= 0) & (steps < len(ascending))
        first = first * len(ascending) + steps
        places.append(steps if pick.step > 0 else len(pick) - 1 - steps)
    targets = cells.copy()
    if not index_map.refold:
        targets = np.zeros(cells.shape, dtype=np.int64)
        axes = zip(index_map.kept_axes, index_map.offset, index_map.upstream_shape, strict=True)
        for axis, offset, extent in axes:
            targets = targets * extent + places[axis] + offset
    return Arcs(cells[inside], first[inside], targets[inside][:, None])


class Factors:
    """The local derivatives of a pass, arc by arc; each edge's is computed once."""

    def __init__(self, run: Pass) -> None:
        self._run = run
        self._local: dict[int, Array] = {}

    def of(self, edge: Edge, cells: Flat) -> Array:
        """The local factors of these cells' arcs; shape (cells, terms of each)."""
        run, index_map = self._run, self._run.graph.index_map(edge)
        if isinstance(index_map, SelectMap):
            return np.ones((len(cells), 1))
        assert isinstance(index_map, LetterMap)
        node = run.graph.nodes[edge.output]
        rule = node.op.partial(edge.position) if node.op is not None else None
        if rule is not None and rule.row is not None:
            # Its whole derivative may be far larger than the array itself.
            shape = index_map.cell_shape
            rows = [run.local_row(edge, unravel(int(cell), shape)) for cell in cells]
            return np.array(rows).reshape(len(cells), index_map.per_cell)
        if edge.index not in self._local:
            self._local[edge.index] = np.asarray(run.local(edge))
        local = np.broadcast_to(self._local[edge.index], index_map.local_shape)
        loop = loop_of(index_map, cells)
        picked: Array = local[tuple(loop[axis] for axis in index_map.local_axes)]
        return np.broadcast_to(picked, (len(cells), index_map.per_cell))


def arc_count(run: Pass, edge: Edge, cells: int) -> int:
    """How many arcs at the most leave so many cells of an edge's operand."""
    index_map = run.graph.index_map(edge)
    return cells * (prod(index_map.sum_shape) if isinstance(index_map, LetterMap) else 1)
