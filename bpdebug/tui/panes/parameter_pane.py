"""The pane of the parameters, which checks their gradients while no key comes."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.timer import Timer

from bpdebug.debugger import Moment
from bpdebug.tui.draw.parameter_plan import ParameterCache
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.panes.block_pane import BEFORE_BACKWARD, BlockPane
from bpdebug.tui.work.agreement import Agreement
from bpdebug.wording import Script


class ParameterPane(BlockPane):
    """Every parameter's value, gradient, change and new value, and the checks of its gradient."""

    IDLE = 0.6
    """Seconds without a key before gradients are checked."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._cache = ParameterCache()
        self._agreement = Agreement(script)
        self._idle: Timer | None = None
        self._span: tuple[int, int] | None = None
        self._followed = False
        """True when a parameter was being written when the pane was scrolled last."""

    def show(self, moment: Moment, roles: Mapping[str, Style]) -> None:
        rate = moment.problem.rate(moment.iteration.number)
        alpha = self.script.text("α")
        self.entitle(self._titles[0], f"{alpha} = {rate:g}" if rate is not None else "no optimizer")
        super().show(moment, roles)
        self._wait(self.IDLE)

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self._agreement.follow(moment)
        self.block, self._span = draw_parameters(
            moment, self.script, width, height, self._cache, self._agreement.checks
        )

    def scroll_along(self) -> None:
        """Scroll to the parameter that is being written; before the backward pass, to the top."""
        if self._span is not None:
            self._followed = True
            self._follow(*self._span)
        elif self._followed and self.moment is not None and self.moment.phase in BEFORE_BACKWARD:
            self._followed = False
            self.scroll_to(y=0, animate=False, immediate=True)

    def _follow(self, top: int, bottom: int) -> None:
        """Bring a parameter into view; of a large one, the cell that is being written."""
        if bottom - top < self.scrollable_content_region.height:
            self.bring_into_view(top, bottom)
            return
        lines = range(top, bottom + 1)
        lit = (y for y in lines if any(role == "lit" for _, role in self.block[y].spans))
        self.bring_into_view(next(lit, top))

    def _wait(self, seconds: float) -> None:
        """Check a gradient after some seconds without a key."""
        if self._idle is not None:
            self._idle.stop()
        self._idle = self.set_timer(seconds, self.check_one)

    def check_one(self) -> bool:
        """Compare the next whole gradient with central differences; False if there is none."""
        if self.moment is None or not self.display:
            return False
        self._agreement.follow(self.moment)
        index = self._agreement.next_unchecked(self.moment)
        if index is None:
            return False
        self._agreement.check(self.moment, index)
        self.redraw()
        self._wait(PAUSE)
        return True


PAUSE = 0.03
"""Seconds between two checks, in which a key may come."""
