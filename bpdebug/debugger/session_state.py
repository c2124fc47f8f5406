"""What a session holds besides its cursor: breakpoints, watches, marks, and cached findings.

Commands and front ends read these attributes, and change them through methods alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.records import replace

if TYPE_CHECKING:
    from bpdebug.debugger.commands.command import ExportRequest
    from bpdebug.debugger.comparison import Comparison
    from bpdebug.debugger.cursor import Instant
    from bpdebug.debugger.second_run import SecondRun
    from bpdebug.diagnosis import Diagnosis


class SessionState:
    """Breakpoints and watches, each with a number that is never used again, marks, findings."""

    def __init__(self) -> None:
        self.exporter: Callable[[ExportRequest], str] | None = None
        """Writes an export and returns a note on it; None where the front end cannot export."""
        self.breakpoints: list[Breakpoint] = []
        self.watches: list[tuple[int, str]] = []
        self._numbers = {"breakpoint": 0, "watch": 0}
        self.marks: dict[str, Instant] = {}
        self.folded: frozenset[str] = frozenset()
        """The names of the groups that are folded."""
        self.diagnosis: Diagnosis | None = None
        """The diagnosis of the run; None before the first `diagnose`."""
        self.handed_in: Comparison | None = None
        """The numbers that the user handed in beside the right ones; None where there are none."""
        self.second: SecondRun | None = None
        """A run beside this one, whose curves stand beside its curves; None where there is none."""
        self.healthy_through = 0
        """The last iteration up to which `nan` has found no NaN and no harmful infinity."""
        self.harmless = ""
        """The first harmless infinity or NaN up to there, in words; empty for none."""
        self.last_search = ""
        """The text of the last `find`."""
        self.finished = False
        """True after `quit`."""

    def _changed(self) -> None:
        """Drop everything cached from the state, which has changed."""

    def forget_all(self) -> None:
        """Remove what the user has set, and count breakpoints and watches from 1 again.

        Breakpoints, watches, marks, numbers that were handed in and a second run go.
        """
        self.breakpoints, self.watches, self.marks = [], [], {}
        self.last_search = ""
        self.handed_in, self.second = None, None
        self._numbers = {"breakpoint": 0, "watch": 0}
        self._changed()

    def export_with(self, exporter: Callable[[ExportRequest], str] | None) -> None:
        """Set the front end's exporter; None where it cannot export."""
        self.exporter = exporter

    def remove_breakpoints(self, numbers: Collection[int]) -> None:
        """Remove the breakpoints with these numbers."""
        self.breakpoints = [b for b in self.breakpoints if b.number not in numbers]
        self._changed()

    def enable_breakpoints(self, numbers: Collection[int], *, enabled: bool) -> None:
        """Enable or disable the breakpoints with these numbers."""
        self.breakpoints = [
            replace(b, enabled=enabled) if b.number in numbers else b for b in self.breakpoints
        ]
        self._changed()

    def add_watch(self, expression: str) -> int:
        """Watch an expression that the caller has evaluated; returns the watch's number."""
        self._numbers["watch"] += 1
        self.watches.append((self._numbers["watch"], expression))
        self._changed()
        return self._numbers["watch"]

    def edit_watch(self, number: int, expression: str) -> None:
        """Replace a watch's expression by another that the caller has evaluated."""
        self.watches = [(n, expression if n == number else old) for n, old in self.watches]
        self._changed()

    def remove_watches(self, numbers: Collection[int]) -> None:
        """Remove the watches with these numbers."""
        self.watches = [watch for watch in self.watches if watch[0] not in numbers]
        self._changed()

    def fold(self, groups: Collection[str], *, folded: bool) -> None:
        """Fold groups, by their names, or unfold them; the cursor stays where it is."""
        self.folded = self.folded | set(groups) if folded else self.folded - set(groups)
        self._changed()

    def record_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Cache the diagnosis of the run."""
        self.diagnosis = diagnosis

    def compare(self, comparison: Comparison | None) -> None:
        """Show these numbers beside the right ones, in place of others; None for none."""
        self.handed_in = comparison
        self._changed()

    def run_beside(self, second: SecondRun | None) -> None:
        """Show the curves of a second run beside this run's; None for none."""
        self.second = second
        self._changed()

    def record_health(self, iteration: int, harmless: str) -> None:
        """Cache that iterations up to this one are healthy, and the first harmless value."""
        self.healthy_through = iteration
        self.harmless = self.harmless or harmless

    def remember_search(self, text: str) -> None:
        """Remember the text of a search, for the next search without a text."""
        self.last_search = text

    def leave(self) -> None:
        """End the session."""
        self.finished = True
