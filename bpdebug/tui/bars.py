"""The one-line widgets above and below the panes."""

from __future__ import annotations

from collections.abc import Mapping

from bpdebug.debugger import Moment
from bpdebug.tui.draw.bars import draw_footer, draw_header
from bpdebug.tui.draw.line import Look
from bpdebug.tui.panes import BlockPane


class Bar(BlockPane, can_focus=False):
    """A pane of one line without a border."""

    DEFAULT_CSS = """
    Bar {
        border: none; padding: 0; height: 1; background: $panel;
        scrollbar-size: 0 0; scrollbar-gutter: auto; overflow: hidden hidden;
    }
    Bar:focus { border: none; }
    """


class Header(Bar):
    """Title, and where the cursor is."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_header(moment, self.look, width)]


class Footer(Bar):
    """The last answer, or the keys."""

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.message, self.ok = "", True
        self.replaced: Mapping[str, str] = {}
        """What to show for usual keys where others were chosen."""

    def say(self, message: str, *, ok: bool = True) -> None:
        """Show a line until the next command."""
        self.message, self.ok = message, ok
        self.redraw()

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_footer(self.message, self.ok, self.look, width, self.replaced)]
