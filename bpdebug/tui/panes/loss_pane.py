"""The loss so far, as a curve: what is known of it, without running anything for it."""

from __future__ import annotations

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.run.series import EMPTY
from bpdebug.tui.draw.curve import draw_curve, iteration_at
from bpdebug.tui.panes.block_pane import BlockPane
from bpdebug.wording import Script, node_name

POINTS = 512


class LossPane(BlockPane, can_focus=False):
    """There on tall screens, for runs of some length; a click goes to an iteration."""

    class IterationClicked(Message):
        """An iteration was clicked."""

        def __init__(self, iteration: int) -> None:
            super().__init__()
            self.iteration = iteration

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._of: Moment | None = None
        self._known = EMPTY
        self._up_to = 0

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        run, here = moment.source, moment.iteration.number
        if moment is not self._of:
            # Not for a new size alone: work may be under way that adds losses in its thread.
            self._of, self._known = moment, run.losses.curve(1, run.iterations, POINTS)
            self._up_to = run.losses.last
        known = self._known
        name = node_name(moment.graph, moment.graph.loss, self.script)
        last = run.iterations
        self.block = draw_curve(known, last, here, width, height, self.script, log=False)
        told = "l shows all curves"
        if self._up_to < run.iterations and len(known):
            # What was not run yet has no loss; the axis says how far it goes.
            told = f"known up to iteration {self._up_to:,}"
        self.entitle(f"{name} over time", told)

    def on_click(self, event: events.Click) -> None:
        """Go to the iteration that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        last = self.moment.source.iterations
        found = iteration_at(at.x, 1, last, self.scrollable_content_region.width)
        if found is not None:
            self.post_message(self.IterationClicked(found))
