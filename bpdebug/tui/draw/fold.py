"""The visible lines of the program, whose forward and update sections fold under their headings.

A line's number is its index in the listing. The forward ops are not in the listing: the first op
has the number −1, the second −2, and so on. The current line is visible in a folded section too.
Rows are computed and no list is built, so a graph of thousands of ops costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger.program import Listing
from bpdebug.records import record

FORWARD, UPDATE = "forward", "update"
HEADING = 0
"""The index of the forward section's heading in the listing."""


@record
class Fold(Sequence[int]):
    """The visible lines of a listing, from the top."""

    listing: Listing
    current: int
    """The line of the current tick."""
    folded: frozenset[str] = frozenset({FORWARD})
    """The sections that are folded."""

    @property
    def _ops(self) -> Sequence[int]:
        """The visible forward ops."""
        if FORWARD not in self.folded:
            return range(-1, -self.listing.ops - 1, -1)
        return (self.current,) if self.current < 0 else ()

    @property
    def _updates(self) -> Sequence[int]:
        """The visible lines of the update rule."""
        first = self.listing.update_heading + 1
        if UPDATE not in self.folded:
            return range(first, len(self.listing))
        return (self.current,) if self.current >= first else ()

    @property
    def _middle(self) -> range:
        """The seed, the backward pass with its headings, and the update's heading."""
        last = self.listing.update_heading
        return range(HEADING + 1, last + (last < len(self.listing)))

    @property
    def _parts(self) -> tuple[Sequence[int], ...]:
        """The visible lines from the top, section by section."""
        return (HEADING,), self._ops, self._middle, self._updates

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __getitem__(self, row: int) -> int:  # type: ignore[override]
        """The line at a row. IndexError for a row outside the program."""
        rest = row
        for part in self._parts:
            if 0 <= rest < len(part):
                return part[rest]
            rest -= len(part)
        raise IndexError("row outside the program")

    def row_of(self, line: int) -> int:
        """The row of a line; for a hidden line, the row of its section's heading."""
        row = 0
        for part in self._parts:
            if line in part:
                return row + part.index(line)
            row += len(part)
        return 0 if line <= HEADING else row - len(self._updates) - 1

    def section(self, line: int) -> str:
        """The section whose heading a line is; empty for any other line."""
        if line == HEADING:
            return FORWARD
        is_update = line == self.listing.update_heading and line < len(self.listing)
        return UPDATE if is_update else ""
