"""What a session has found out about a run, and keeps: it costs nothing to be asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpdebug.debugger.lists import Lists

if TYPE_CHECKING:
    from bpdebug.debugger.cursor import Place
    from bpdebug.diagnosis import Diagnosis


class Found(Lists):
    """Marks, the last text that was searched for, a diagnosis, and how far the run is healthy."""

    def __init__(self) -> None:
        super().__init__()
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
