"""The terms of an edge whose cells are picked by arrays of whole numbers: `E[tokens]`.

How many terms there are follows from the shapes: a cell of the result is one term. Which cell of
the operand a term adds to, only the numbers say; they change from batch to batch. So the op's
layout has a `PickMap`, which is bound to a batch's numbers before it is asked for terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops.maps.index_map import (
    Array,
    Flat,
    Index,
    IndexMap,
    Shape,
    TermIndices,
    TermRange,
    Terms,
    ravel,
    ravelled,
    summed,
    unravel,
)
from bpdebug.records import record

INDEX_ARRAY = "array"
"""Stands in a key for an index operand: the first for the first of them, and so on."""
Key = tuple[Any, ...]
"""What stands in the brackets: whole numbers, slices, None, and `INDEX_ARRAY`."""


@record
class Picking:
    """Where the axes of an operand and of its index arrays come to lie in the result, as in numpy.

    The index arrays and whole numbers of a key broadcast to one block of axes. It lies where they
    stand in the key, and in front where a slice or None stands between two of them.
    """

    shape: Shape
    """Of the operand."""
    key: Key
    """With as many slices at its end as it takes to name every axis."""
    arrays: tuple[Shape, ...]
    """The shapes of the index arrays."""

    @property
    def block(self) -> Shape:
        """The shape that the index arrays broadcast to. ValueError where they do not."""
        return np.broadcast_shapes(*self.arrays)

    @property
    def block_at(self) -> int:
        """The axis of the result at which the block begins."""
        places = [at for at, part in enumerate(self.key) if isinstance(part, int | str)]
        apart = places[-1] - places[0] + 1 != len(places)
        return 0 if apart else places[0]

    @property
    def axes(self) -> tuple[int | None, ...]:
        """For each axis of the operand its axis of the result; None for an axis in the block."""
        found: list[int | None] = []
        kept, behind = 0, len(self.block)
        for part in self.key:
            if isinstance(part, int | str):
                found.append(None)
                continue
            if part is not None:
                found.append(kept if kept < self.block_at else kept + behind)
            kept += 1
        return tuple(found)

    @property
    def array_axes(self) -> tuple[int, ...]:
        """For each index array, the axis of the operand along which it picks."""
        return tuple(axis for axis, part in self.parts() if isinstance(part, str))

    @property
    def result(self) -> Shape:
        """The shape of the result."""
        kept, at = [], 0
        for part in self.key:
            if part is None:
                kept.append(1)
                continue
            if isinstance(part, slice):
                kept.append(len(range(*part.indices(self.shape[at]))))
            at += 1
        start = self.block_at
        return (*kept[:start], *self.block, *kept[start:])

    def parts(self) -> Iterator[tuple[int, Any]]:
        """Each axis of the operand with what the key says of it."""
        return enumerate(part for part in self.key if part is not None)

    def cells(self, arrays: Sequence[Array]) -> Flat:
        """The flat position, in the operand, of every cell of the result; its shape.

        A negative number counts from the end.
        """
        shape, rank = self.result, len(self.result)
        behind = rank - self.block_at - len(self.block)
        given = iter(arrays)
        places: list[Flat] = []
        for (axis, part), to in zip(self.parts(), self.axes, strict=True):
            extent = self.shape[axis]
            if isinstance(part, slice):
                along = np.arange(*part.indices(extent))
                assert to is not None  # only the block has no axis of its own
                places.append(along.reshape(-1, *[1] * (rank - 1 - to)))
            elif isinstance(part, int):
                places.append(np.asarray(part % extent))
            else:
                array = np.asarray(next(given)).astype(np.int64) % extent
                places.append(array.reshape((*array.shape, *[1] * behind)))
        return np.broadcast_to(ravelled(places, self.shape), shape)

    def array_cell(self, number: int, result: Sequence[Any]) -> tuple[Any, ...]:
        """The cell of an index array, counted from 0, that picks for a cell of the result."""
        block = result[self.block_at : self.block_at + len(self.block)]
        own = self.arrays[number]
        return tuple(
            0 if extent == 1 else at
            for at, extent in zip(block[len(block) - len(own) :], own, strict=True)
        )


class PickMap(IndexMap):
    """The terms of an edge whose cells index arrays pick, before the arrays' numbers are known.

    It has the shapes and the number of terms; which cell a term adds to says the map that `bound`
    returns.
    """

    def __init__(self, picking: Picking) -> None:
        self.picking = picking

    @property
    def cell_shape(self) -> Shape:
        return self.picking.shape

    @property
    def upstream_shape(self) -> Shape:
        return self.picking.result

    @property
    def local_shape(self) -> Shape:
        return ()

    @property
    def terms(self) -> int:
        return prod(self.upstream_shape)

    @property
    def binds(self) -> bool:
        return True

    def bound(self, indices: Sequence[Array]) -> IndexMap:
        return PickedMap(self.picking, self.picking.cells(indices))

    def terms_of(self, cells: Flat) -> Terms:
        raise TypeError("which terms a cell has depends on the indices: bind the map to them first")

    def carried(self, axis: int) -> int | None:
        return self.picking.axes[axis]

    def picked_by(self, number: int, upstream: Sequence[Any]) -> tuple[Any, ...]:
        return self.picking.array_cell(number, upstream)

    def picked_along(self, number: int) -> int:
        return self.picking.array_axes[number]


class PickedMap(PickMap):
    """The terms of an edge whose cells were picked: each cell of the result is one term."""

    def __init__(self, picking: Picking, cells: Flat) -> None:
        """Take the flat position, in the operand, of every cell of the result."""
        super().__init__(picking)
        self._cells = cells.reshape(-1)

    @property
    def binds(self) -> bool:
        return False

    @cached_property
    def _order(self) -> Flat:
        """The cells of the result, flat, in the order of the terms: by the cell that was picked."""
        return np.argsort(self._cells, kind="stable")

    @cached_property
    def _sorted(self) -> Flat:
        """By term: the cell that it adds to."""
        return self._cells[self._order]

    @cached_property
    def _written(self) -> Flat:
        """The cells that have terms, ascending."""
        return np.unique(self._cells)

    def terms_of(self, cells: Flat) -> Terms:
        first, counts = self.first_terms(cells), self.first_terms(cells + 1)
        counts = counts - first
        begin = np.concatenate([[0], np.cumsum(counts)])
        numbers = np.arange(begin[-1]) + np.repeat(first - begin[:-1], counts)
        return Terms(begin, self._order[numbers], np.zeros_like(numbers))

    def first_terms(self, cells: Flat) -> Flat:
        return np.searchsorted(self._sorted, cells)

    def has_terms(self, cells: Flat) -> NDArray[np.bool_]:
        return np.asarray(self.first_terms(cells + 1) > self.first_terms(cells))

    def written_before(self, cell: int) -> int:
        return int(np.searchsorted(self._written, cell))

    def span(self, cell: int) -> tuple[int, int]:
        first, last = np.searchsorted(self._sorted, [cell, cell + 1])
        return int(first), int(last)

    def locate(self, k: int) -> TermIndices:
        flat = int(self._sorted[k])
        upstream = unravel(int(self._order[k]), self.upstream_shape)
        return TermIndices(unravel(flat, self.cell_shape), upstream, (), (k - self.span(flat)[0],))

    def term_range(self, start: int, stop: int) -> TermRange:
        part = slice(start, stop)
        local = np.zeros(stop - start, dtype=np.int64)
        return TermRange(self._sorted[part], self._order[part], local)

    def cells_of(self, upstream: Index) -> Flat:
        return self._cells[[ravel(upstream, self.upstream_shape)]]

    @cached_property
    def cell_ends(self) -> Sequence[int]:
        ends: list[int] = np.searchsorted(self._sorted, self._written, side="right").tolist()
        return ends

    def upstream_slice(self, upstream: Array, cell: Index) -> Array:
        first, last = self.span(ravel(cell, self.cell_shape))
        return np.asarray(upstream).reshape(-1)[self._order[first:last]]

    def local_slice(self, local: Array, cell: Index) -> Array:
        first, last = self.span(ravel(cell, self.cell_shape))
        return np.broadcast_to(local, (last - first,))

    def contract(self, upstream: Array, local: Array) -> Array:
        products = np.asarray(upstream).reshape(-1)[self._order] * np.reshape(local, ())
        return summed(self._sorted, products, prod(self.cell_shape)).reshape(self.cell_shape)
