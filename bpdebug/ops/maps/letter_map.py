"""The terms of an edge that index letters describe: a loop over the operand's cells and a sum."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops.maps.index_map import (
    ONE,
    Array,
    Contraction,
    Flat,
    Index,
    IndexMap,
    Loop,
    Shape,
    TermIndices,
    TermRange,
    Terms,
    nearest,
    ravel,
    ravelled,
    unravel,
    unravelled,
)
from bpdebug.records import record


@record
class LetterMap(IndexMap):
    """A sum over letters, as `numpy.einsum` means it.

    The loop runs over the operand's axes and then over the summed letters; `upstream_axes` and
    `local_axes` name, for each axis of those arrays, the position of its letter in the loop.
    """

    cell_shape: Shape
    sum_shape: Shape
    upstream_axes: tuple[int, ...]
    local_axes: tuple[int, ...]
    sum_letters: str = ""

    @property
    def loop(self) -> Loop:
        cell = tuple(range(len(self.cell_shape)))
        extents = self.cell_shape + self.sum_shape
        return Loop(cell, self.upstream_axes, self.local_axes, extents)

    @property
    def per_cell(self) -> int:
        """How many terms each cell has: the product of the summed letters' extents."""
        return prod(self.sum_shape)

    @property
    def terms(self) -> int:
        return prod(self.cell_shape) * self.per_cell

    @property
    def upstream_shape(self) -> Shape:
        return self._extents(self.upstream_axes)

    @property
    def local_shape(self) -> Shape:
        return self._extents(self.local_axes)

    def _extents(self, axes: tuple[int, ...]) -> Shape:
        loop = self.cell_shape + self.sum_shape
        return tuple(loop[axis] for axis in axes)

    @property
    def cell_by_cell(self) -> bool:
        same = tuple(range(len(self.cell_shape)))
        return self.upstream_axes == self.local_axes == same and not self.sum_shape

    def terms_of(self, cells: Flat) -> Terms:
        own = [axis[:, None] for axis in unravelled(cells, self.cell_shape)]
        inner = unravelled(np.arange(self.per_cell), self.sum_shape)
        loop = [*own, *(axis[None, :] for axis in inner)]
        begin = np.arange(len(cells) + 1) * self.per_cell
        size = (len(cells), self.per_cell)
        return Terms(
            begin,
            np.broadcast_to(self._positions(loop, self.upstream_axes), size).reshape(-1),
            np.broadcast_to(self._positions(loop, self.local_axes), size).reshape(-1),
        )

    def _positions(self, loop: list[Flat], axes: tuple[int, ...]) -> Flat:
        """The flat position, in an array with these axes, of every position of the loop."""
        return ravelled((loop[axis] for axis in axes), self._extents(axes))

    def term_range(self, start: int, stop: int) -> TermRange:
        loop = self.cell_shape + self.sum_shape
        numbers = np.arange(start, stop)
        columns = unravelled(numbers, loop)
        found = []
        for axes in (tuple(range(len(self.cell_shape))), self.upstream_axes, self.local_axes):
            at = self._positions(columns, axes)
            found.append(at if at.ndim else np.zeros(len(numbers), dtype=np.int64))
        return TermRange(*found)

    def first_terms(self, cells: Flat) -> Flat:
        return cells * self.per_cell

    def has_terms(self, cells: Flat) -> NDArray[np.bool_]:
        return np.full(np.shape(cells), True)

    def written_before(self, cell: int) -> int:
        return cell

    def locate(self, k: int) -> TermIndices:
        flat, inner = divmod(k, self.per_cell)
        cell, summand = unravel(flat, self.cell_shape), unravel(inner, self.sum_shape)
        loop = cell + summand
        return TermIndices(
            cell,
            tuple(loop[axis] for axis in self.upstream_axes),
            tuple(loop[axis] for axis in self.local_axes),
            summand,
        )

    def span(self, cell: int) -> tuple[int, int]:
        return cell * self.per_cell, (cell + 1) * self.per_cell

    def cells_of(self, upstream: Index) -> Flat:
        fixed = dict(zip(self.upstream_axes, upstream, strict=True))
        axes = [
            np.arange(extent) if axis not in fixed else np.array([fixed[axis]])
            for axis, extent in enumerate(self.cell_shape)
        ]
        return ravelled(np.ix_(*axes), self.cell_shape).reshape(-1)

    @property
    def cell_ends(self) -> range:
        each = self.per_cell
        return range(each, self.terms + 1, each) if each else range(0)

    def upstream_slice(self, upstream: Array, cell: Index) -> Array:
        return self._slice(upstream, self.upstream_axes, cell)

    def local_slice(self, local: Array, cell: Index) -> Array:
        return self._slice(np.broadcast_to(local, self.local_shape), self.local_axes, cell)

    def _slice(self, array: Array, axes: tuple[int, ...], cell: Index) -> Array:
        """Fix the cell's letters, line the rest up with the summed letters, and spread it out."""
        rank = len(self.cell_shape)
        part = np.asarray(array)[tuple(cell[a] if a < rank else slice(None) for a in axes)]
        summed = [a - rank for a in axes if a >= rank]
        part = np.transpose(part, np.argsort(summed)) if len(summed) > 1 else part
        shape = tuple(n if i in summed else 1 for i, n in enumerate(self.sum_shape))
        return np.broadcast_to(np.reshape(part, shape), self.sum_shape).reshape(-1)

    def contract(self, upstream: Array, local: Array) -> Array:
        return self.summation()(upstream, local)

    def contraction(self) -> Contraction:
        """`contract`, or what gives the same bits sooner: where a cell has a single term and the
        local derivative is a number, and where it is 1 and the sums run over the first axes."""
        if not self.local_axes and self.per_cell == 1:
            return moved(self.upstream_axes, self.cell_shape)
        cells = tuple(range(len(self.cell_shape)))
        first = tuple(range(len(cells), len(cells) + len(self.sum_shape)))
        if self.upstream_axes == first + cells:
            return partial(summed_first, self.summation(), self.per_cell, self.cell_shape)
        return self.summation()

    def summation(self) -> Contraction:
        """`contract`, with all that does not hang on numbers worked out beforehand."""
        present = set(self.upstream_axes) | set(self.local_axes)
        kept = [axis for axis in range(len(self.cell_shape)) if axis in present]
        shape = tuple(n if i in present else 1 for i, n in enumerate(self.cell_shape))
        upstream_axes, local_axes = list(self.upstream_axes), list(self.local_axes)
        local_shape, cell_shape = self.local_shape, self.cell_shape
        spread, covered = shape != cell_shape, present == set(upstream_axes)

        def contract(upstream: Array, local: Array) -> Array:
            axes = local_axes
            if covered and not np.shape(local):
                axes = []
            elif np.shape(local) != local_shape:
                local = np.broadcast_to(local, local_shape)
            total = np.einsum(np.asarray(upstream), upstream_axes, local, axes, kept)
            found = np.reshape(total, shape)
            return np.array(np.broadcast_to(found, cell_shape)) if spread else found

        return contract

    def carried(self, axis: int) -> int | None:
        return self.upstream_axes.index(axis) if axis in self.upstream_axes else None

    def counterpart(self, k: int, other: IndexMap) -> tuple[int | None, bool]:
        assert isinstance(other, LetterMap)  # the same op's, at other sizes
        indices = self.locate(k)
        cell, cut = nearest(indices.cell, other.cell_shape)
        summand, shortened = nearest(indices.summand, other.sum_shape)
        number = ravel(cell, other.cell_shape) * other.per_cell + ravel(summand, other.sum_shape)
        return number, cut or shortened


def moved(upstream_axes: tuple[int, ...], shape: Shape) -> Contraction:
    """Upstream times a number, in another order of axes and repeated along those that it lacks."""
    order = tuple(sorted(range(len(upstream_axes)), key=upstream_axes.__getitem__))
    present = tuple(n if axis in upstream_axes else 1 for axis, n in enumerate(shape))
    turned, spread = order != tuple(range(len(order))), present != shape

    def contract(upstream: Array, local: Array) -> Array:
        found = np.asarray(upstream)
        if turned:
            found = found.transpose(order)
        # As a sum of a single term, it has no −0.
        found = found + 0.0 if local is ONE else found * local + 0.0
        if spread:
            return np.broadcast_to(found.reshape(present), shape)
        return found.reshape(shape)

    return contract


def summed_first(
    contract: Contraction, count: int, shape: Shape, upstream: Array, local: Array
) -> Array:
    """Upstream times a number, summed over its first axes; `contract` for any other layout."""
    found = np.asarray(upstream)
    if local is not ONE or not found.flags.c_contiguous or prod(shape) < 2:
        return contract(upstream, local)
    total: Array = np.add.reduce(found.reshape(count, *shape), axis=0)
    return total + 0.0
