"""Numbering what cells have, where each has a product of what its indices have along the axes.

`begins` gives, for each of the last axes of an array, how much lies before every index, and all of
it at the end. The axes before them are one flat leading index, and do not matter to the products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, overload

import numpy as np

from bpdebug.ops.maps.index_map import Flat, Shape


def parted(cells: Any, begins: Sequence[Flat]) -> tuple[Any, list[Any]]:
    """The flat leading indices of cells, and their indices along the other axes."""
    indices = []
    for begin in reversed(begins):
        cells, at = divmod(cells, len(begin) - 1)
        indices.append(at)
    return cells, indices[::-1]


def joined(lead: Any, indices: Sequence[Any], extents: Shape) -> Any:
    """The flat positions of leading indices and of indices along axes of these extents."""
    for at, extent in zip(indices, extents, strict=True):
        lead = lead * extent + at
    return lead


def counted(begins: Sequence[Flat], indices: Sequence[Any]) -> list[Any]:
    """How much the indices of some cells have along each axis."""
    return [begin[at + 1] - begin[at] for begin, at in zip(begins, indices, strict=True)]


def before(cells: Any, begins: Sequence[Flat]) -> Any:
    """How much lies before each of these cells, of which a cell has a product along its axes.

    `begins` gives it along each axis, as in `Steps`. The cells may include the one after the last.
    """
    lead, indices = parted(cells, begins)
    totals = [int(begin[-1]) for begin in begins]
    found, each = lead * prod(totals), 1
    for axis, (begin, at) in enumerate(zip(begins, indices, strict=True)):
        found = found + each * begin[at] * prod(totals[axis + 1 :])
        each = each * (begin[at + 1] - begin[at])
    return found


def found_at(numbers: Any, begins: Sequence[Flat], unit: int) -> tuple[Any, list[Any], Any]:
    """The inverse of `before`, for cells that have `unit` times as much.

    Returns the leading indices, the indices along the axes, and the numbers within the cells.
    """
    totals = [int(begin[-1]) for begin in begins]
    lead, rest = divmod(numbers, unit * prod(totals))
    indices: list[Any] = []
    each: Any = unit
    for axis, begin in enumerate(begins):
        behind = prod(totals[axis + 1 :])
        at = np.searchsorted(begin, rest // (each * behind), side="right") - 1
        rest = rest - each * begin[at] * behind
        each = each * (begin[at + 1] - begin[at])
        indices.append(at)
    return lead, indices, rest


class CellEnds(Sequence[int]):
    """How many terms are done when each cell that has any is complete, computed when asked."""

    def __init__(self, length: int, end_of: Callable[[int], int]) -> None:
        self._length = length
        self._end_of = end_of

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(self._length))]
        at = at + self._length if at < 0 else at
        if not 0 <= at < self._length:
            raise IndexError("the edge writes fewer cells")
        return self._end_of(at)
