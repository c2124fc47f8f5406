"""Windows along one axis: where a kernel or a pool lies on an input, by arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from bpdebug.ops.maps.index_map import Flat
from bpdebug.records import record

Slices = tuple[Any, ...]
"""A key of an array: `...` and a position or a slice for each of the last axes."""


class Steps(NamedTuple):
    """The terms of every index along an axis of an operand, each index's at equal distances.

    Term t of index i takes `upstream[i] + t · upstream_step` and `local[i] + t · local_step`.
    """

    begin: Flat
    """How many terms lie before each index, and their number at the end; shape (indices + 1)."""
    upstream: Flat
    upstream_step: int
    local: Flat
    local_step: int


@record
class Windows:
    """Windows along an axis: of `size` places each, `dilation` cells apart, moved by `stride`.

    Window i has its place a on the cell i · stride + a · dilation − padding. Where that is no cell
    of the axis, it lies on the padding, and makes no term.
    """

    extent: int
    """How many cells the axis has, without its padding."""
    size: int
    stride: int = 1
    padding: int = 0
    """Cells in front of the first, and as many behind the last."""
    dilation: int = 1

    @property
    def span(self) -> int:
        """How many cells a window reaches over, with those that its dilation leaves out."""
        return (self.size - 1) * self.dilation + 1

    @property
    def count(self) -> int:
        """How many windows there are; none or fewer where none fits."""
        return (self.extent + 2 * self.padding - self.span) // self.stride + 1

    def places(self, window: int) -> range:
        """The places of a window that lie on a cell, not on padding."""
        first = window * self.stride - self.padding
        skipped = max(-(first // self.dilation), 0)
        stop = min((self.extent - 1 - first) // self.dilation + 1, self.size)
        return range(skipped, max(stop, skipped))

    def cells(self, window: int) -> range:
        """The cells under a window, without its padding."""
        first, places = window * self.stride - self.padding, self.places(window)
        start, stop = (first + place * self.dilation for place in (places.start, places.stop))
        return range(start, stop, self.dilation)

    def covering(self, place: int) -> range:
        """The windows of which this place lies on a cell."""
        shift = place * self.dilation - self.padding
        first = max(0, -(shift // self.stride))
        return range(
            first, max(min(self.count, (self.extent - 1 - shift) // self.stride + 1), first)
        )

    def slices(self, place: int) -> tuple[slice, slice]:
        """The windows of which this place lies on a cell, and those cells."""
        found = self.covering(place)
        first = found.start * self.stride + place * self.dilation - self.padding
        stop = first + (len(found) - 1) * self.stride + 1 if found else first
        return slice(found.start, found.stop), slice(first, stop, self.stride)

    def padded(self, place: int) -> slice:
        """The cells under this place of all windows, counted from the first cell of padding."""
        first = place * self.dilation
        return slice(first, first + (self.count - 1) * self.stride + 1, self.stride)

    def places_by_cell(self) -> Steps:
        """For every cell the windows over it, with its place in each; places ascend."""
        shared = gcd(self.stride, self.dilation)
        apart = self.stride // shared
        cell = np.arange(self.extent, dtype=np.int64) + self.padding
        lowest = np.maximum(-(((self.count - 1) * self.stride - cell) // self.dilation), 0)
        highest = np.minimum(cell // self.dilation, self.size - 1)
        # Window and place solve window · stride + place · dilation = cell.
        residue = cell // shared % apart * pow(self.dilation // shared, -1, apart) % apart
        first = lowest + (residue - lowest) % apart
        found = np.where(cell % shared == 0, np.maximum((highest - first) // apart + 1, 0), 0)
        window = (cell - first * self.dilation) // self.stride
        return Steps(summed(found), window, -(self.dilation // shared), first, apart)

    def cells_by_place(self) -> Steps:
        """For every place of a window the windows, with the cell under it in each."""
        shift = np.arange(self.size, dtype=np.int64) * self.dilation - self.padding
        first = np.maximum(-(shift // self.stride), 0)
        stop = np.minimum((self.extent - 1 - shift) // self.stride + 1, self.count)
        cell = first * self.stride + shift
        return Steps(summed(np.maximum(stop - first, 0)), first, 1, cell, self.stride)


def lying(windows: Sequence[Windows]) -> Iterator[tuple[Slices, Slices, Slices]]:
    """Every place of a window, the windows in which it lies on a cell, and those cells.

    They are keys of an array's last axes; places come in C order.
    """
    for place in product(*(range(one.size) for one in windows)):
        pairs = [one.slices(at) for one, at in zip(windows, place, strict=True)]
        yield (
            (..., *place),
            (..., *(over for over, _ in pairs)),
            (..., *(cells for _, cells in pairs)),
        )


def summed(counts: Flat) -> Flat:
    """What lies before each of these, and all of it at the end; shape (counts + 1)."""
    return np.concatenate([[0], np.cumsum(counts)])
