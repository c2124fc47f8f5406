"""The loss over time as a curve, as far as the run has computed it: drawing it runs nothing."""

from __future__ import annotations

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.run.series import EMPTY
from bpdebug.tui.draw.curve import draw_curve, iteration_at
from bpdebug.tui.panes.block_pane import BlockPane
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
        self._losses = EMPTY
        self._computed = 0

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        run = moment.run
        if moment is not self._read_at:
            # Not for a new size: a thread may be adding losses just then.
            self._read_at, self._losses = moment, run.losses.curve(1, run.iterations, POINTS)
            self._computed = run.losses.last
        name = node_name(moment.graph, moment.graph.loss, self.script)
        now, last = moment.iteration.number, run.iterations
        self.block = draw_curve(self._losses, last, now, width, height, self.script, log=False)
        partial = self._computed < last and len(self._losses)
        subtitle = f"known up to iteration {self._computed:,}" if partial else "l shows all curves"
        self.entitle(f"{name} over time", subtitle)

    def on_click(self, event: events.Click) -> None:
        """Ask the screen to go to the iteration that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        last = self.moment.run.iterations
        iteration = iteration_at(at.x, 1, last, self.scrollable_content_region.width)
        if iteration is not None:
            self.post_message(self.IterationClicked(iteration))
