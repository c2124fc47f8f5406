"""Which scalar multiplications make up one vector-Jacobian product, and in which order.

An edge sends `contribution[cell] = Σ upstream[…] · local[…]` to its operand. An index map says, for
the k-th of those multiplications, which cell it adds to and which two factors it takes. It is
arithmetic on k: the multiplications are never listed. The operand's cells come in C order, and
all terms of a cell before the next cell's, so each cell is finished before the next begins.

Two kinds are enough: `LetterMap` for everything that index letters can say, and `SelectMap` for
ops that only move cells about (slices, reshape, concat), where a cell has one term or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bpdebug.record import record

Array = NDArray[np.float64]
Index = tuple[int, ...]
Shape = tuple[int, ...]


class Place(NamedTuple):
    """One multiplication: `gradient[cell] += upstream[upstream] · local[local]`."""

    cell: Index
    upstream: Index
    local: Index
    summand: Index
    """The place inside the cell's own sum: one number per summed letter."""


class IndexMap(Protocol):
    """What the debugger needs to know about the terms of one edge."""

    @property
    def cell_shape(self) -> Shape:
        """Shape of the operand, whose cells are filled in C order."""

    @property
    def local_shape(self) -> Shape:
        """Shape of the local derivative as the terms index it."""

    @property
    def terms(self) -> int:
        """How many scalar multiplications the edge has."""

    def locate(self, k: int) -> Place:
        """The k-th multiplication, 0 ≤ k < terms."""

    def span(self, cell: int) -> tuple[int, int]:
        """First term of the operand's cell with this flat index, and one past its last."""

    @property
    def cell_ends(self) -> Sequence[int]:
        """How many terms are done when each cell that has any is complete, ascending."""

    def upstream_slice(self, upstream: Array, cell: Index) -> Array:
        """The upstream factors of a cell's terms, in their order, as one row."""

    def local_slice(self, local: Array, cell: Index) -> Array:
        """The local factors of a cell's terms, in their order, as one row."""

    def contract(self, upstream: Array, local: Array) -> Array:
        """The whole contribution, shape `cell_shape`: the derived vector-Jacobian product."""

    def carried(self, axis: int) -> int | None:
        """The result's axis that an operand's axis becomes; None where it is summed or refolded."""


@record
class LetterMap:
    """A sum over letters, as `numpy.einsum` means it.

    The loop runs over the operand's axes and then over the summed letters; `upstream_axes` and
    `local_axes` name, for each axis of those arrays, the place of its letter in the loop.
    """

    cell_shape: Shape
    sum_shape: Shape
    upstream_axes: tuple[int, ...]
    local_axes: tuple[int, ...]
    sum_letters: str = ""

    @property
    def per_cell(self) -> int:
        """Terms of each cell: the product of the summed letters' extents."""
        return prod(self.sum_shape)

    @property
    def terms(self) -> int:
        return prod(self.cell_shape) * self.per_cell

    @property
    def local_shape(self) -> Shape:
        loop = self.cell_shape + self.sum_shape
        return tuple(loop[axis] for axis in self.local_axes)

    def locate(self, k: int) -> Place:
        flat, inner = divmod(k, self.per_cell)
        cell, summand = unravel(flat, self.cell_shape), unravel(inner, self.sum_shape)
        loop = cell + summand
        return Place(
            cell,
            tuple(loop[axis] for axis in self.upstream_axes),
            tuple(loop[axis] for axis in self.local_axes),
            summand,
        )

    def span(self, cell: int) -> tuple[int, int]:
        return cell * self.per_cell, (cell + 1) * self.per_cell

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
        picked = np.asarray(array)[tuple(cell[a] if a < rank else slice(None) for a in axes)]
        summed = [a - rank for a in axes if a >= rank]
        picked = np.transpose(picked, np.argsort(summed)) if len(summed) > 1 else picked
        shape = tuple(n if i in summed else 1 for i, n in enumerate(self.sum_shape))
        return np.broadcast_to(np.reshape(picked, shape), self.sum_shape).reshape(-1)

    def contract(self, upstream: Array, local: Array) -> Array:
        rank = len(self.cell_shape)
        local = np.broadcast_to(local, self.local_shape)
        present = set(self.upstream_axes) | set(self.local_axes)
        kept = [axis for axis in range(rank) if axis in present]
        total = np.einsum(
            np.asarray(upstream), list(self.upstream_axes), local, list(self.local_axes), kept
        )
        shape = tuple(n if i in present else 1 for i, n in enumerate(self.cell_shape))
        return np.array(np.broadcast_to(np.reshape(total, shape), self.cell_shape))

    def carried(self, axis: int) -> int | None:
        return self.upstream_axes.index(axis) if axis in self.upstream_axes else None


@record
class SelectMap:
    """Cells that are moved, not mixed: term k takes `upstream` cell k' and multiplies it by 1.

    `picks` holds, per operand axis, the range of positions that reach the output; a cell outside
    has no term and its gradient is 0. `offset` and `kept_axes` place the picked block in the
    upstream gradient; with `upstream_shape` the block is refolded in C order (reshape).
    """

    cell_shape: Shape
    picks: tuple[range, ...]
    upstream_shape: Shape
    kept_axes: tuple[int, ...] = ()
    offset: Index = ()
    refold: bool = False

    @property
    def terms(self) -> int:
        return prod(len(pick) for pick in self.picks)

    @property
    def local_shape(self) -> Shape:
        return ()

    def locate(self, k: int) -> Place:
        # Cells in C order means ascending positions, also where the slice runs backwards.
        steps = unravel(k, tuple(len(pick) for pick in self.picks))
        ascending = [sorted_range(pick) for pick in self.picks]
        cell = tuple(pick[i] for pick, i in zip(ascending, steps, strict=True))
        return Place(cell, self._upstream_index(cell), (), ())

    def _upstream_index(self, cell: Index) -> Index:
        if self.refold:
            return unravel(ravel(cell, self.cell_shape), self.upstream_shape)
        where = [self.picks[axis].index(cell[axis]) for axis in self.kept_axes]
        return tuple(i + o for i, o in zip(where, self.offset, strict=True))

    def source(self, upstream: Index) -> Index | None:
        """The operand's cell that stands in a cell of the result; None where none of them does."""
        if self.refold:
            return unravel(ravel(upstream, self.upstream_shape), self.cell_shape)
        cell = [pick[0] for pick in self.picks]
        for axis, at, start in zip(self.kept_axes, upstream, self.offset, strict=True):
            if not 0 <= at - start < len(self.picks[axis]):
                return None
            cell[axis] = self.picks[axis][at - start]
        return tuple(cell)

    def span(self, cell: int) -> tuple[int, int]:
        index = unravel(cell, self.cell_shape)
        first, inside = 0, True
        for at, (i, pick) in enumerate(zip(index, self.picks, strict=True)):
            ascending = sorted_range(pick)
            below = sum_below(ascending, i)
            first += below * prod(len(p) for p in self.picks[at + 1 :])
            if i not in pick:
                inside = False
                break
        return first, first + inside

    @property
    def cell_ends(self) -> range:
        return range(1, self.terms + 1)

    def upstream_slice(self, upstream: Array, cell: Index) -> Array:
        if not all(i in pick for i, pick in zip(cell, self.picks, strict=True)):
            return np.empty(0)
        factor: Array = np.asarray(upstream)[self._upstream_index(cell)].reshape(1)
        return factor

    def local_slice(self, local: Array, cell: Index) -> Array:
        inside = all(i in pick for i, pick in zip(cell, self.picks, strict=True))
        return np.ones(int(inside))

    def contract(self, upstream: Array, local: Array) -> Array:
        upstream = np.asarray(upstream)
        if self.refold:
            return upstream.reshape(self.cell_shape)
        into = np.zeros(self.cell_shape)
        block = upstream[
            tuple(
                slice(o, o + len(self.picks[axis]))
                for o, axis in zip(self.offset, self.kept_axes, strict=True)
            )
        ]
        # Axes that an integer index removed come back with one position each.
        shape = tuple(len(pick) for pick in self.picks)
        into[np.ix_(*self.picks)] = np.reshape(block, shape)
        return into

    def carried(self, axis: int) -> int | None:
        if not self.refold:
            return self.kept_axes.index(axis) if axis in self.kept_axes else None
        # Refolding leaves an axis alone where as many cells lie before it as before, each time.
        for at, extent in enumerate(self.upstream_shape):
            before = prod(self.upstream_shape[:at])
            if before == prod(self.cell_shape[:axis]) and extent == self.cell_shape[axis]:
                return at
        return None


def unravel(flat: int, shape: Shape) -> Index:
    """The index tuple of a flat C-order position (plain integers, any rank, faster than numpy)."""
    index = []
    for extent in reversed(shape):
        flat, i = divmod(flat, extent)
        index.append(i)
    return tuple(reversed(index))


def ravel(index: Index, shape: Shape) -> int:
    """The flat C-order position of an index tuple."""
    flat = 0
    for i, extent in zip(index, shape, strict=True):
        flat = flat * extent + i
    return flat


def sorted_range(pick: range) -> range:
    """The same positions in ascending order."""
    return pick if pick.step > 0 else pick[::-1]


def sum_below(ascending: range, position: int) -> int:
    """How many positions of an ascending range lie below `position`."""
    if position <= ascending.start:
        return 0
    return min(len(ascending), -(-(position - ascending.start) // ascending.step))
