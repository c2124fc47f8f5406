"""What a person keeps at hand: breakpoints, watches, and their numbers. Data, no run."""

from __future__ import annotations

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint


class Lists:
    """Breakpoints and watches, each with a number that is never used again."""

    def __init__(self) -> None:
        self.breakpoints: list[Breakpoint] = []
        self.watches: list[tuple[int, str]] = []
        self._numbers = {"breakpoint": 0, "watch": 0}

    def _changed(self) -> None:
        """Something is different now."""

    def replace_breakpoints(self, breakpoints: list[Breakpoint]) -> None:
        """Put the breakpoints as they shall be: some removed, enabled or disabled."""
        self.breakpoints = breakpoints
        self._changed()

    def add_watch(self, expression: str) -> int:
        """Watch an expression that has been found good; returns its number."""
        self._numbers["watch"] += 1
        self.watches.append((self._numbers["watch"], expression))
        self._changed()
        return self._numbers["watch"]

    def edit_watch(self, number: int, expression: str) -> None:
        """Watch another expression, that has been found good, under the same number."""
        self.watches = [(n, expression if n == number else old) for n, old in self.watches]
        self._changed()

    def remove_watches(self, numbers: list[int]) -> None:
        """Watch these no more."""
        self.watches = [watch for watch in self.watches if watch[0] not in numbers]
        self._changed()
