"""Stops of a ruler that are too many to list, as rows that follow each other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import overload


class Stops(Sequence[int]):
    """Ascending positions, given as rows; each row is shifted by a position of its own.

    Rows may be ranges, so that a row of millions takes no room; to look one up is a bisection.
    """

    def __init__(self, rows: Iterable[tuple[int, Sequence[int]]]) -> None:
        self._rows = [(shift, row) for shift, row in rows if len(row)]
        self._begin = list(accumulate((len(row) for _, row in self._rows), initial=0))

    def __len__(self) -> int:
        return self._begin[-1]

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError("there are not so many stops")
        row = bisect_right(self._begin, at) - 1
        shift, stops = self._rows[row]
        return shift + stops[at - self._begin[row]]
