"""A pane whose lines are drawn all at once."""

from __future__ import annotations

from bpdebug.ticks import Phase
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.wording import Script

BEFORE_BACKWARD = (Phase.START, Phase.FORWARD)
"""Phases in which no gradient and no parameter is written."""


class BlockPane(LinePane):
    """A pane that draws all its lines at once: a subclass sets `block` in `prepare`."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self.block: list[Line] = []

    def line_count(self) -> int:
        return len(self.block)

    def line(self, y: int, width: int) -> Line:
        return self.block[y]


def escape(text: str) -> str:
    """Text for a border title, where Textual would take square brackets for markup."""
    return text.replace("[", r"\[")
