"""Where the cursor stood after each motion, for `back` and `forward`."""

from __future__ import annotations

from bpdebug.debugger.cursor import Instant

LENGTH = 10_000
"""How many instants `back` can return through."""


class History:
    """The instants of a cursor in the order in which it came to them, and which one it is at."""

    def __init__(self, first: Instant) -> None:
        self._instants = [first]
        self._at = 0

    def add(self, instant: Instant) -> None:
        """Add an instant behind the present one; what `forward` could go to is forgotten."""
        del self._instants[self._at + 1 :]
        self._instants.append(instant)
        del self._instants[:-LENGTH]
        self._at = len(self._instants) - 1

    def revisit(self, steps: int) -> tuple[Instant, bool]:
        """Go so many instants on, back where negative; False where there are not so many."""
        wished = self._at + steps
        self._at = min(max(wished, 0), len(self._instants) - 1)
        return self._instants[self._at], self._at == wished

    def copy(self) -> History:
        """A history of its own with the same instants."""
        other = History(self._instants[0])
        other._instants, other._at = self._instants[:], self._at
        return other
