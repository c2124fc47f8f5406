"""What happened while code was recorded, beside its ops: numbers taken out, branches, choices."""

from __future__ import annotations

from collections.abc import Iterable

from bpdebug.errors import BpdebugError
from bpdebug.recording.lines import Line
from bpdebug.recording.value import COUNT, Value
from bpdebug.records import record


@record
class Taken:
    """Numbers of a learned value that left the recording."""

    at: int
    line: Line
    problem: str


class Journal:
    """Events with their places in the order of values: those after the loss do not matter."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []
        self._notes: dict[str, int] = {}

    def took(self, problem: str, line: Line) -> None:
        """Numbers left the recording."""
        self._taken.append(Taken(next(COUNT), line, problem))

    def decided(self, line: Line) -> None:
        """A learned value decided a branch."""
        self._note(f"{line.short} decides by learned values; what was decided there is recorded")

    def chosen(self, name: str, line: Line) -> None:
        """A learned value chose places, which are constants of this pass."""
        self._note(
            f"{name} at {line.short} chooses by learned values; the recording keeps what this pass "
            "chose"
        )

    def _note(self, text: str) -> None:
        self._notes.setdefault(text, next(COUNT))

    def taken_before(self, loss: Value) -> BpdebugError | None:
        """The error about the first numbers that left the recording before the loss was computed.

        None where none did.
        """
        for taken in self._taken:
            if taken.at < loss.at:
                return taken.line.error(taken.problem)
        return None

    def last_taken(self) -> BpdebugError | None:
        """The error about the numbers that left the recording last; None where none did."""
        if not self._taken:
            return None
        taken = self._taken[-1]
        return taken.line.error(taken.problem)

    def notes(self, loss: Value) -> Iterable[str]:
        """What the user should know of what happened before the loss was computed."""
        return [text for text, at in self._notes.items() if at < loss.at]
