"""The pane of the timeline: where the cursor is in the iteration."""

from __future__ import annotations

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.tui.draw.timeline import draw_timeline, position_at
from bpdebug.tui.panes.block_pane import BlockPane


class TimelinePane(BlockPane):
    """The iteration as a line; a click goes to a tick."""

    ALLOW_SELECT = False  # A click selects no text.

    class TickClicked(Message):
        """The user clicked on the tick at `position`."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_timeline(moment, self.script, width)]

    def on_click(self, event: events.Click) -> None:
        """Ask the screen to go to the tick that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        width = self.scrollable_content_region.width
        position = position_at(self.moment, self.script, width, at.x)
        if position is not None:
            self.post_message(self.TickClicked(position))
