"""The loss over time as a curve, as far as the run has computed it: drawing it runs nothing.

That of a second run is drawn beside it.
"""

from __future__ import annotations

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.debugger.plot.plot import PlotCurve
from bpdebug.debugger.plot.scale import needs_log
from bpdebug.run.series import EMPTY
from bpdebug.tui.draw.curve import draw_curves, iteration_at
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.block_pane import BlockPane, escape
from bpdebug.wording import Script, node_name

POINTS = 512
"""Points of the curve at the most."""


class LossPane(BlockPane, can_focus=False):
    """The curve of the loss, on tall screens; a click goes to an iteration."""

    class IterationClicked(Message):
        """The user clicked on an iteration."""

        def __init__(self, iteration: int) -> None:
            super().__init__()
            self.iteration = iteration

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._read_at: Moment | None = None
        """The moment at which the losses were read."""
        self._losses, self._beside = EMPTY, EMPTY
        """The losses of the run, and those of the second run."""
        self._computed = 0

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        run = moment.run
        if moment is not self._read_at:
            # Not for a new size: a thread may be adding losses just then.
            self._read_at, self._losses = moment, run.losses.curve(1, run.iterations, POINTS)
            self._computed = run.losses.last
            second = moment.second
            self._beside = (
                second.run.losses.curve(1, second.run.iterations, POINTS) if second else EMPTY
            )
        name = node_name(moment.graph, moment.graph.loss, self.script)
        now = moment.iteration.number
        curves = [PlotCurve(self._losses)]
        if len(self._beside):
            curves = [PlotCurve(self._losses, "a"), PlotCurve(self._beside, "A")]
        log = needs_log([one.points for one in curves])
        self.block = draw_curves(curves, axis_end(moment), now, width, height, self.script, log=log)
        partial = self._computed < run.iterations and len(self._losses)
        subtitle = f"known up to iteration {self._computed:,}" if partial else "L shows all curves"
        if moment.second is not None and len(self._beside):
            beside = Line(f"A {self.script.safe(moment.second.label)}")
            subtitle = escape(beside.cut(max(width - 4, 1)).plain)
        self.entitle(f"{name} over time", subtitle)

    def on_click(self, event: events.Click) -> None:
        """Ask the screen to go to the iteration that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        end = axis_end(self.moment)
        iteration = iteration_at(at.x, 1, end, self.scrollable_content_region.width)
        if iteration is not None:
            # A longer second run goes on where this one has ended.
            self.post_message(self.IterationClicked(min(iteration, self.moment.run.iterations)))


def axis_end(moment: Moment) -> int:
    """The last iteration of the longer run."""
    second = moment.second
    return max(moment.run.iterations, second.run.iterations if second is not None else 1)
