"""Which lines of the program are shown: its forward and update sections fold under their headings.

A shown line is named by its place in the listing; a forward op, which the listing counts under one
heading, by −1 for the first op, −2 for the second, and so on. Of a folded section the line where
time stands is shown all the same. Nothing is listed: rows are counted, so a graph of thousands of
ops costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger.program import Listing
from bpdebug.record import record

FORWARD, UPDATE = "forward", "update"
HEADING = 0
"""The forward section's heading, as a line of the listing."""


@record
class Fold(Sequence[int]):
    """The shown lines of a listing, from the top."""

    listing: Listing
    current: int
    """The line where time stands."""
    folded: frozenset[str] = frozenset({FORWARD})

    @property
    def _ops(self) -> Sequence[int]:
        """The forward ops that are shown."""
        if FORWARD not in self.folded:
            return range(-1, -self.listing.ops - 1, -1)
        return (self.current,) if self.current < 0 else ()

    @property
    def _updates(self) -> Sequence[int]:
        """The lines of the update rule that are shown."""
        first = self.listing.update_heading + 1
        if UPDATE not in self.folded:
            return range(first, len(self.listing))
        return (self.current,) if self.current >= first else ()

    @property
    def _middle(self) -> range:
        """The seed, the backward pass with its headings, and the update's heading."""
        last = self.listing.update_heading
        return range(HEADING + 1, last + (last < len(self.listing)))

    def __len__(self) -> int:
        return 1 + len(self._ops) + len(self._middle) + len(self._updates)

    def __getitem__(self, row: int) -> int:  # type: ignore[override]
        """The line at a row."""
        if not 0 <= row < len(self):
            raise IndexError("row outside the program")
        at = row - 1
        for part in (self._ops, self._middle, self._updates):
            if at < len(part):
                return part[at] if at >= 0 else HEADING
            at -= len(part)
        raise IndexError("row outside the program")

    def row_of(self, line: int) -> int:
        """The row of a line; where it is folded away, that of its heading."""
        ops, middle = self._ops, self._middle
        if line <= HEADING:
            return 1 + ops.index(line) if line in ops else 0
        if line in middle:
            return 1 + len(ops) + line - middle.start
        below = 1 + len(ops) + len(middle)
        return below + self._updates.index(line) if line in self._updates else below - 1

    def section(self, line: int) -> str:
        """The section that a line is the heading of; empty for any other line."""
        if line == HEADING:
            return FORWARD
        is_update = line == self.listing.update_heading and line < len(self.listing)
        return UPDATE if is_update else ""
