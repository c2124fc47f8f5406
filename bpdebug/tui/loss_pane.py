"""The loss so far, as a curve: what is known of it, without running anything for it."""

from __future__ import annotations

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.tui.draw.curve import Points, draw_curve, iteration_at
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes import BlockPane
from bpdebug.wording import node_name


class LossPane(BlockPane, can_focus=False):
    """There on tall screens, for runs of some length; a click goes to an iteration."""

    class Sought(Message):
        """An iteration was clicked."""

        def __init__(self, iteration: int) -> None:
            super().__init__()
            self.iteration = iteration

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        run, here = moment.source, moment.iteration.number
        known = run.losses.curve(1, run.iterations, 4 * max(width, 1))
        points = Points(run.iterations, known.iterations, known.values, known.low, known.high)
        name = node_name(moment.graph, moment.graph.loss, unicode=self.look.unicode)
        self.block = draw_curve(points, here, width, height, self.look, log=False)
        if run.losses.known < run.iterations and len(known):
            # What was not run yet has no loss; the axis says how far it goes.
            told = f"known up to iteration {run.losses.known:,}"
            self.entitle(f"{name} over time", told)
        else:
            self.entitle(f"{name} over time", "l shows all curves")
        if not self.block:
            self.block = [Line()]

    def on_click(self, event: events.Click) -> None:
        """Go to the iteration that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        last = self.moment.source.iterations
        found = iteration_at(at.x, 1, last, self.scrollable_content_region.width)
        if found is not None:
            self.post_message(self.Sought(found))
