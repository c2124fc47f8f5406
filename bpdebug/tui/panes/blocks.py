"""The panes: thin widgets around the drawings in `draw`."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual import events
from textual.message import Message
from textual.timer import Timer

from bpdebug.debugger import Moment
from bpdebug.trace import Phase
from bpdebug.tui.draw.deltas import delta_block
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.draw.parameter_plan import Memory
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.draw.timeline import draw_timeline, position_at
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.tui.panes.pane_spec import BY_ID
from bpdebug.tui.work.agreement import Agreement
from bpdebug.wording import Script


class BlockPane(LinePane):
    """A pane whose lines are made all at once, since there are only as many as fit."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self.block: list[Line] = []

    def line_count(self) -> int:
        return len(self.block)

    def line(self, y: int, width: int) -> Line:
        return self.block[y]


TITLE_ENDS = 3
"""So many cells fewer than the content has a title: the frame's ends take them."""


class MultiplicationPane(BlockPane):
    """The current vector-Jacobian product with its cells."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_multiplication(moment, self.script, width, height)
        self.name_edge(moment, width)

    def name_edge(self, moment: Moment, width: int) -> None:
        """Have the title for so many cells of content; a title that comes later costs a paint."""
        key = f"{BY_ID['multiplication'].key} "
        room = width - TITLE_ENDS - len(key)
        self.entitle(escape(key + draw_title(moment, self.script, room)[0].plain))


class DeltaPane(BlockPane):
    """Every layer's δ."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._span: tuple[int, int] | None = None

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block, self._span = delta_block(moment, self.script, width, height)

    def scroll_along(self) -> None:
        """Follow the current δ; before the backward pass, begin at the top."""
        if self._span is not None:
            self.bring_into_view(*self._span)
        elif self.moment is not None and self.moment.phase in BEFORE:
            self.scroll_to(y=0, animate=False, immediate=True)


class ParameterPane(BlockPane):
    """Values, gradients, changes and new values, and what central differences say of them."""

    IDLE = 0.6
    """Seconds without a key before gradients are checked."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._memory = Memory()
        self._agreement = Agreement(script)
        self._idle: Timer | None = None
        self._span: tuple[int, int] | None = None
        self._followed = False
        """True when the pane was scrolled along last."""

    def show(self, moment: Moment, roles: Mapping[str, Style]) -> None:
        rate = moment.problem.rate(moment.iteration.number)
        alpha = self.script.say("α")
        self.entitle(self._titles[0], f"{alpha} = {rate:g}" if rate is not None else "no optimizer")
        super().show(moment, roles)
        self._wait(self.IDLE)

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self._agreement.follow(moment)
        self.block, self._span = draw_parameters(
            moment, self.script, width, height, self._memory, self._agreement.checks
        )

    def scroll_along(self) -> None:
        """Follow the parameter that is written; before the backward pass, begin at the top."""
        if self._span is not None:
            self._followed = True
            self._follow(*self._span)
        elif self._followed and self.moment is not None and self.moment.phase in BEFORE:
            self._followed = False
            self.scroll_to(y=0, animate=False, immediate=True)

    def _follow(self, top: int, bottom: int) -> None:
        """All of a parameter is in view; of one too large, the cell that is written."""
        if bottom - top < self.scrollable_content_region.height:
            self.bring_into_view(top, bottom)
            return
        here = range(top, bottom + 1)
        now = (at for at in here if any(role == "lit" for _, role in self.block[at].spans))
        self.bring_into_view(next(now, top))

    def _wait(self, seconds: float) -> None:
        """Check a gradient when no key has come for so long."""
        if self._idle is not None:
            self._idle.stop()
        self._idle = self.set_timer(seconds, self.check_one)

    def check_one(self) -> bool:
        """Compare one whole gradient with central differences; False where none is left."""
        if self.moment is None or not self.display:
            return False
        self._agreement.follow(self.moment)
        index = self._agreement.missing(self.moment)
        if index is None:
            return False
        self._agreement.look_at(self.moment, index)
        self.redraw()
        self._wait(PAUSE)
        return True


BEFORE = (Phase.START, Phase.FORWARD)
"""Phases in which no parameter is written."""
PAUSE = 0.03
"""Seconds between two checks, in which a key comes first."""


class TimelinePane(BlockPane):
    """The iteration as one line."""

    ALLOW_SELECT = False  # a click goes to a place in time

    class TickSought(Message):
        """A place on the line was clicked."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_timeline(moment, self.script, width)]

    def on_click(self, event: events.Click) -> None:
        """Go to the place that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        width = self.scrollable_content_region.width
        position = position_at(self.moment, self.script, width, at.x)
        if position is not None:
            self.post_message(self.TickSought(position))


def escape(text: str) -> str:
    """Text as a border title, where square brackets would be markup."""
    return text.replace("[", r"\[")
