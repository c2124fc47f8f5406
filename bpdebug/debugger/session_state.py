"""What a session holds beside its cursor: breakpoints, watches, marks, and what it has found out.

Commands and front ends read these attributes, and change them through methods alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.record import replace

if TYPE_CHECKING:
    from bpdebug.debugger.commands.command import ExportRequest
    from bpdebug.debugger.cursor import Instant
    from bpdebug.diagnosis import Diagnosis


class SessionState:
    """Breakpoints and watches, each with a number that is never used again, marks, and findings."""

    def __init__(self) -> None:
        self.exporter: Callable[[ExportRequest], str] | None = None
        """Writes an export and says what it did; None where the front end cannot write any."""
        self.breakpoints: list[Breakpoint] = []
        self.watches: list[tuple[int, str]] = []
        self._numbers = {"breakpoint": 0, "watch": 0}
        self.marks: dict[str, Instant] = {}
        self.diagnosis: Diagnosis | None = None
        """What is wrong with the run; None before it was asked for."""
        self.healthy_through = 0
        """Iterations 1 to this one hold no NaN, and no infinity that does any harm."""
        self.harmless = ""
        """The first infinity in them, in words; empty while none was met."""
        self.last_search = ""
        """What `find` looked for last."""
        self.finished = False
        """True after `quit`."""

    def _changed(self) -> None:
        """Something is different now."""

    def export_with(self, exporter: Callable[[ExportRequest], str] | None) -> None:
        """Let a front end write the exports that are asked for; None where it cannot."""
        self.exporter = exporter

    def remove_breakpoints(self, numbers: Collection[int]) -> None:
        """Remove the breakpoints with these numbers."""
        self.breakpoints = [point for point in self.breakpoints if point.number not in numbers]
        self._changed()

    def enable_breakpoints(self, numbers: Collection[int], *, enabled: bool) -> None:
        """Enable or disable the breakpoints with these numbers."""
        self.breakpoints = [
            replace(point, enabled=enabled) if point.number in numbers else point
            for point in self.breakpoints
        ]
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

    def remove_watches(self, numbers: Collection[int]) -> None:
        """Remove the watches with these numbers."""
        self.watches = [watch for watch in self.watches if watch[0] not in numbers]
        self._changed()

    def record_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Remember what is wrong with the run."""
        self.diagnosis = diagnosis

    def record_health(self, iteration: int, harmless: str) -> None:
        """Remember that iterations up to this one are healthy, and the first harmless infinity."""
        self.healthy_through = iteration
        self.harmless = self.harmless or harmless

    def remember_search(self, text: str) -> None:
        """Remember what is searched for, for the next search without a text."""
        self.last_search = text

    def leave(self) -> None:
        """End the session."""
        self.finished = True
