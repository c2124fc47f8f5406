"""What a session keeps: breakpoints and watches, and what it has found out about the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint

if TYPE_CHECKING:
    from bpdebug.debugger.cursor import Place
    from bpdebug.diagnosis import Diagnosis


class Found:
    """Breakpoints and watches, each with a number that is never used again, marks, and findings."""

    def __init__(self) -> None:
        self.breakpoints: list[Breakpoint] = []
        self.watches: list[tuple[int, str]] = []
        self._numbers = {"breakpoint": 0, "watch": 0}
        self.marks: dict[str, Place] = {}
        self.diagnosis: Diagnosis | None = None
        """What is wrong with the run; None before it was asked for."""
        self.healthy_through = 0
        """Iterations 1 to this one hold no NaN, and no infinity that does any harm."""
        self.harmless = ""
        """The first infinity in them, in words; empty while none was met."""
        self.sought = ""
        """What `find` looked for last."""
        self.finished = False
        """True after `quit`."""

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

    def keep_mark(self, name: str, place: Place) -> None:
        """Give a place a name."""
        self.marks[name] = place
        self._changed()

    def keep_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Keep what is wrong with the run."""
        self.diagnosis = diagnosis

    def keep_health(self, iteration: int, harmless: str) -> None:
        """Keep that iterations up to this one are healthy, and the first harmless infinity."""
        self.healthy_through = iteration
        self.harmless = self.harmless or harmless

    def seek(self, text: str) -> None:
        """Keep what is searched for, for the next search without a text."""
        self.sought = text

    def leave(self) -> None:
        """The session ends."""
        self.finished = True
