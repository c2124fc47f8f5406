"""The pane of the multiplication under way; outside the backward pass, of the current phase."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.panes.block_pane import BlockPane, escape
from bpdebug.tui.panes.pane_spec import BY_ID

TITLE_ENDS = 3
"""Cells of the content's width that a title cannot use: the ends of the frame."""


class MultiplicationPane(BlockPane):
    """The current vector-Jacobian product with its cells."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_multiplication(moment, self.script, width, height)
        self.name_edge(moment, width)

    def name_edge(self, moment: Moment, width: int) -> None:
        """Set the title for content of this width: with the lines, to paint only once."""
        key = f"{BY_ID['multiplication'].key} "
        room = width - TITLE_ENDS - len(key)
        self.entitle(escape(key + draw_title(moment, self.script, room).plain))
