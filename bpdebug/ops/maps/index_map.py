"""Which scalar multiplications make up a vector-Jacobian product, and in which order.

An edge sends `contribution[cell] = Σ upstream[…] · local[…]` to its operand. An index map says, for
the k-th of those multiplications, which cell it adds to and which two factors it takes. The
operand's cells come in C order, and all terms of a cell before the next cell's, so each cell is
finished before the next begins.

A map has one method of its own, `terms_of`: the terms of some cells as arrays. Everything else
follows from it. `LetterMap` is for all that index letters can say; it overrides what is asked for
often by arithmetic, so that it holds no array. `SelectMap` is for ops that only move cells about
(slices, reshape, concat), where a cell has one term or none. `WindowMap` is for windows that lie on
an input (convolution, pooling). `PickMap` is for cells that an array of whole numbers picks; it is
`bound` to a batch's numbers before it is asked for terms. An op that none of them fits declares a
map of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flat = NDArray[np.int64]
"""Flat C-order positions in an array."""
Index = tuple[int, ...]
Shape = tuple[int, ...]
Contraction = Callable[[Array, Array], Array]
"""What makes a contribution of an upstream gradient and a local derivative."""
ONE: Any = np.float64(1.0)
"""The local derivative of what is passed on as it is: this very object."""
CHUNK = 1 << 20
"""How many terms are computed at a time where all terms of an edge are needed."""


class TermIndices(NamedTuple):
    """The indices of one term: `gradient[cell] += upstream[upstream] · local[local]`."""

    cell: Index
    upstream: Index
    local: Index
    summand: Index
    """Where the term stands in its cell's sum: an index per summed letter, or else its number."""


class Terms(NamedTuple):
    """The multiplications of some cells: those of the first cell, then those of the second, …"""

    begin: Flat
    """Where each cell's terms begin among these, and their number at the end; shape (cells + 1)."""
    upstream: Flat
    """Flat position of each term's upstream factor; shape (terms)."""
    local: Flat
    """Flat position of each term's local factor, in `local_shape`; shape (terms)."""

    @property
    def owner(self) -> Flat:
        """For each term, which of the cells it adds to, counted from 0; shape (terms)."""
        return np.repeat(np.arange(len(self.begin) - 1), np.diff(self.begin))


class Loop(NamedTuple):
    """The loop over a sum of products: for each axis of the three arrays, its position in the loop.

    The axes of the cell come first, then those that are summed over.
    """

    cell: tuple[int, ...]
    upstream: tuple[int, ...]
    local: tuple[int, ...]
    extents: Shape


class Window(NamedTuple):
    """The cells of an operand that one cell of the result was computed from, where they are a
    window that lies on a part of it."""

    operand: int
    """The position of the operand among those of the op."""
    where: tuple[range, ...]
    """The cells under the window, a range for each axis; those on padding are none."""
    kernel: tuple[range, ...] | None = None
    """The cells of the next operand that lie on them, in the same order; None for no kernel."""


class TermRange(NamedTuple):
    """Successive terms of an edge as flat C-order positions; each array has shape (terms)."""

    cell: Flat
    upstream: Flat
    local: Flat


class IndexMap(ABC):
    """The terms of one edge. A subclass defines the three shapes and `terms_of`."""

    @property
    @abstractmethod
    def cell_shape(self) -> Shape:
        """Shape of the operand, whose cells are filled in C order."""

    @property
    @abstractmethod
    def upstream_shape(self) -> Shape:
        """Shape of the upstream gradient."""

    @property
    @abstractmethod
    def local_shape(self) -> Shape:
        """Shape of the local derivative as the terms index it; its value broadcasts to that."""

    @abstractmethod
    def terms_of(self, cells: Flat) -> Terms:
        """The terms of the cells at these flat positions; a cell may have any number, or none."""

    # What follows from that.

    @property
    def binds(self) -> bool:
        """True where the cells that terms add to depend on index operands; see `bound`."""
        return False

    def bound(self, indices: Sequence[Array]) -> IndexMap:
        """The map for these values of the op's index operands: itself, but where it `binds`."""
        return self

    def picked_by(self, number: int, upstream: Sequence[Any]) -> tuple[Any, ...]:
        """The cell of an index operand, counted from 0, that decides which cell the term with this
        upstream cell adds to; only for a map of an op that has index operands."""
        raise TypeError("this op has no index operands")

    def picked_along(self, number: int) -> int:
        """The axis along which an index operand, counted from 0, picks; only for a map of an op
        that has index operands."""
        raise TypeError("this op has no index operands")

    @cached_property
    def _firsts(self) -> Flat:
        """The number of each cell's first term, and that of all terms at the end."""
        cells = prod(self.cell_shape)
        firsts = np.zeros(cells + 1, dtype=np.int64)
        for start in range(0, cells, CHUNK):
            part = np.arange(start, min(start + CHUNK, cells))
            begin = self.terms_of(part).begin
            firsts[start + 1 : start + len(begin)] = firsts[start] + begin[1:]
        return firsts

    @property
    def terms(self) -> int:
        """How many scalar multiplications the edge has."""
        return int(self._firsts[-1])

    @property
    def loop(self) -> Loop | None:
        """The loop that runs through the terms; None where no single loop does."""
        return None

    @property
    def sum_letters(self) -> str:
        """The letters that a cell's terms are summed over; empty for a map without letters."""
        return ""

    @property
    def local_operand(self) -> int | None:
        """The operand whose cells are the local factors, each at its own index; None for others."""
        return None

    @property
    def cell_by_cell(self) -> bool:
        """True where each cell is the product of the upstream and local cells at its own index."""
        return False

    def first_terms(self, cells: Flat) -> Flat:
        """The number, within the edge, of the first term of each of these cells."""
        return self._firsts[cells]

    def has_terms(self, cells: Flat) -> NDArray[np.bool_]:
        """For each of these cells, True where the edge writes it; elsewhere it contributes 0."""
        return self._firsts[cells + 1] > self._firsts[cells]

    def written_before(self, cell: int) -> int:
        """How many of the cells before this flat position the edge writes."""
        return int(np.count_nonzero(np.diff(self._firsts[: cell + 1])))

    def span(self, cell: int) -> tuple[int, int]:
        """The numbers of a cell's first term and of the term after its last; `cell` is flat."""
        return int(self._firsts[cell]), int(self._firsts[cell + 1])

    def locate(self, k: int) -> TermIndices:
        """The indices of the k-th multiplication, 0 ≤ k < terms."""
        flat = int(np.searchsorted(self._firsts, k, side="right")) - 1
        inner = k - int(self._firsts[flat])
        terms = self.terms_of(np.array([flat]))
        return TermIndices(
            unravel(flat, self.cell_shape),
            unravel(int(terms.upstream[inner]), self.upstream_shape),
            unravel(int(terms.local[inner]), self.local_shape),
            (inner,),
        )

    def term_range(self, start: int, stop: int) -> TermRange:
        """The terms numbered `start` to `stop` − 1."""
        first = int(np.searchsorted(self._firsts, start, side="right")) - 1
        last = int(np.searchsorted(self._firsts, stop, side="left"))
        terms = self.terms_of(np.arange(first, last))
        part = slice(start - int(self._firsts[first]), stop - int(self._firsts[first]))
        return TermRange(first + terms.owner[part], terms.upstream[part], terms.local[part])

    def cells_of(self, upstream: Index) -> Flat:
        """The operand's cells, in ascending order, that have a term with this upstream cell."""
        at = ravel(upstream, self.upstream_shape)
        found = []
        for start in range(0, len(self._firsts) - 1, CHUNK):
            terms = self.terms_of(np.arange(start, min(start + CHUNK, len(self._firsts) - 1)))
            found.append(start + np.unique(terms.owner[terms.upstream == at]))
        return np.concatenate(found)

    @property
    def cell_ends(self) -> Sequence[int]:
        """How many terms are done when each cell that has any is complete, ascending."""
        ends: list[int] = np.unique(self._firsts[1:]).tolist()
        return ends if not ends or ends[0] else ends[1:]

    def upstream_slice(self, upstream: Array, cell: Index) -> Array:
        """The upstream factors of a cell's terms, in their order; shape (terms of the cell)."""
        terms = self.terms_of(np.array([ravel(cell, self.cell_shape)]))
        return np.asarray(upstream).reshape(-1)[terms.upstream]

    def local_slice(self, local: Array, cell: Index) -> Array:
        """The local factors of a cell's terms, in their order; shape (terms of the cell)."""
        terms = self.terms_of(np.array([ravel(cell, self.cell_shape)]))
        return picked(local, self.local_shape, terms.local)

    def contract(self, upstream: Array, local: Array) -> Array:
        """The whole contribution, shape `cell_shape`: the derived vector-Jacobian product."""
        above = np.asarray(upstream).reshape(-1)
        total = np.zeros(prod(self.cell_shape), dtype=np.result_type(above, local))
        for start in range(0, len(total), CHUNK):
            cells = np.arange(start, min(start + CHUNK, len(total)))
            terms = self.terms_of(cells)
            factors = above[terms.upstream] * picked(local, self.local_shape, terms.local)
            total[cells] = summed(terms.owner, factors, len(cells))
        return total.reshape(self.cell_shape)

    def contraction(self) -> Contraction:
        """`contract`, prepared for many calls."""
        return self.contract

    def counterpart(self, k: int, other: IndexMap) -> tuple[int | None, bool]:
        """Translate the k-th multiplication to this edge's map for a batch of another size.

        Returns its number there, and whether it had to be replaced by the nearest that exists;
        the number is None where the other map has no term in that cell, or no such cell.
        """
        indices = self.locate(k)
        cell, cut = nearest(indices.cell, other.cell_shape)
        first, last = other.span(ravel(cell, other.cell_shape))
        inner = k - self.span(ravel(indices.cell, self.cell_shape))[0]
        if first == last:
            return None, cut
        return min(first + inner, last - 1), cut or first + inner >= last

    def window(self, upstream: Index) -> Window | None:
        """The window that a cell of the result was computed from; None for an op without."""
        return None

    def carried(self, axis: int) -> int | None:
        """The axis of the result that an axis of the operand becomes; None where axes are mixed."""
        return None


def summed(cells: Flat, values: Array, count: int) -> Array:
    """For each of `count` cells the sum of its values, one after the other, in their own kind."""
    if values.dtype == np.float64:
        return np.bincount(cells, values, count).astype(np.float64, copy=False)
    total = np.zeros(count, dtype=values.dtype)
    np.add.at(total, cells, values)  # bincount would add up in float64
    return total


def picked(array: Array, shape: Shape, at: Flat) -> Array:
    """The cells at these flat positions of an array that broadcasts to a shape."""
    array = np.asarray(array)
    if array.size == 1:
        return np.broadcast_to(array.reshape(-1), at.shape)
    return np.broadcast_to(array, shape).reshape(-1)[at]


def nearest(index: Index, shape: Shape) -> tuple[Index, bool]:
    """The nearest index that exists in a shape, and True where it differs from `index`."""
    found = tuple(min(i, extent - 1) for i, extent in zip(index, shape, strict=True))
    return found, found != index


def unravelled(flat: Flat, shape: Shape) -> list[Flat]:
    """The indices of flat C-order positions, an array for each axis; no array for a scalar."""
    return list(np.unravel_index(flat, shape)) if shape else []


def ravelled(indices: Iterable[Flat], shape: Shape) -> Flat:
    """The flat C-order positions of indices, an array for each axis; the arrays broadcast."""
    flat: Flat = np.zeros((), dtype=np.int64)
    for i, extent in zip(indices, shape, strict=True):
        flat = flat * extent + i
    return flat


def first_where(mask: NDArray[np.bool_]) -> Index:
    """The index of the first cell, in C order, where a mask is true; it must be somewhere."""
    return unravel(int(np.argmax(mask)), mask.shape)


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
