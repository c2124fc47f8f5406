"""The panes: thin widgets around the drawings in `draw`."""

from __future__ import annotations

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.tui.cursor_pane import CursorPane
from bpdebug.tui.draw.deltas import draw_deltas
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.draw.parameters import Drawn, draw_parameters
from bpdebug.tui.draw.timeline import draw_timeline, position_at
from bpdebug.tui.graph_pane import GraphPane
from bpdebug.tui.line_pane import LinePane
from bpdebug.tui.program_pane import ProgramPane

__all__ = [
    "BlockPane",
    "CursorPane",
    "DeltaPane",
    "GraphPane",
    "MultiplicationPane",
    "ParameterPane",
    "ProgramPane",
    "TimelinePane",
]


class BlockPane(LinePane):
    """A pane whose lines are made all at once, since there are only as many as fit."""

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.block: list[Line] = []

    def line_count(self) -> int:
        return len(self.block)

    def line(self, y: int, width: int) -> Line:
        return self.block[y]


class MultiplicationPane(BlockPane):
    """The current vector-Jacobian product with its cells."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_multiplication(moment, self.look, width, height)
        self.entitle(escape(draw_title(moment, self.look, width - 2)[0].plain))


class DeltaPane(BlockPane):
    """Every layer's δ."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_deltas(moment, self.look, width)


class ParameterPane(BlockPane):
    """Values, gradients, changes and new values."""

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self._drawn: Drawn = {}
        self._span: tuple[int, int] | None = None

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block, span = draw_parameters(moment, self.look, width, height, self._drawn)
        rate = moment.problem.rate(moment.iteration.number)
        alpha = "α" if self.look.unicode else "alpha"
        self.entitle(self._titles[0], f"{alpha} = {rate:g}" if rate is not None else "no optimizer")
        self._span = span

    def scroll_along(self) -> None:
        if self._span is not None:
            self.bring_into_view(*self._span)


class TimelinePane(BlockPane):
    """The iteration as one line."""

    class Sought(Message):
        """A place on the line was clicked."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_timeline(moment, self.look, width)]

    def on_click(self, event: events.Click) -> None:
        """Go to the place that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        width = self.scrollable_content_region.width
        position = position_at(self.moment, self.look, width, at.x)
        if position is not None:
            self.post_message(self.Sought(position))


def escape(text: str) -> str:
    """Text as a border title, where square brackets would be markup."""
    return text.replace("[", r"\[")
