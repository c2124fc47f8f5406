"""A box of text, for answers of several lines, such as those of `info`, and for help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.tui.overlays.box_region import box_region
from bpdebug.tui.overlays.wrapping import wrapped
from bpdebug.wording import width

FRAME = 7
"""Cells beside the text: border, padding and the scrollbar."""
NOWHERE = Region()
"""A region without a cell."""


class TextBoxScroll(VerticalScroll, inherit_bindings=False):
    """The frame of the box; the screen has its keys, since they scroll without an animation."""


class TextBox(ModalScreen[bool | None]):
    """A box of text over the panes, which scrolls and closes."""

    CSS = """
    TextBox { background: transparent; }
    TextBox VerticalScroll {
        border: round $accent; background: $surface; padding: 0 2;
        border-subtitle-color: $foreground-muted;
        scrollbar-size: 1 1; scrollbar-gutter: stable; overflow-x: hidden;
    }
    TextBox Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss(None)", show=False, id="box.close"),
        Binding("down,j", "line(1)", show=False, id="box.down"),
        Binding("up,k", "line(-1)", show=False, id="box.up"),
        Binding("pagedown,space", "page(1)", show=False, id="box.page_down"),
        Binding("pageup", "page(-1)", show=False, id="box.page_up"),
        Binding("home", "end(-1)", show=False, id="box.first"),
        Binding("end", "end(1)", show=False, id="box.last"),
    ]

    def __init__(
        self, title: str, text: str | Text, free: Sequence[Region] = (), spared: Region = NOWHERE
    ) -> None:
        """The box covers none of the regions in `free`, and as little as possible of `spared`."""
        super().__init__()
        self._free, self._spared = free, spared
        self._text = Text(text) if isinstance(text, str) else text
        self._static = Static(id="answer")
        self._box = TextBoxScroll(self._static)
        self._box.border_title = title.replace("[", r"\[")

    def compose(self) -> ComposeResult:
        self._first_size = self.app.size
        self._arrange(self._first_size)
        yield self._box

    def on_mount(self) -> None:
        """Focus the box, so that arrow keys scroll at once."""
        self._box.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew. On another size the regions to keep free are elsewhere."""
        if event.size != self._first_size:
            self._free = ()
        self._arrange(event.size)

    def _arrange(self, size: Size) -> None:
        """Break the lines, and put the box where it covers as little as possible."""
        text = wrapped(self._text, max(size.width - FRAME, 20))
        self._static.update(text)
        lines = text.plain.split("\n")
        # At least as wide as the titles on its border.
        cells = max(width(line) for line in [*lines, " " * 20])
        # The header and the footer stay visible.
        area = Region(0, 1, size.width, max(size.height - 2, 3))
        box = Size(cells + FRAME, len(lines) + 2)
        region = box_region(area, box, self._free, self._spared)
        self._box.styles.offset = region.offset
        self._box.styles.width, self._box.styles.height = region.size
        self._box.border_subtitle = self.closing(more=box.height > region.height)

    def closing(self, *, more: bool) -> str:
        """What the lower edge says of the keys; `more` where there is text to scroll to."""
        return "up, down, pgup, pgdn; esc closes" if more else "esc closes"

    def action_line(self, by: int) -> None:
        """Scroll a line down or up."""
        (self._box.scroll_down if by > 0 else self._box.scroll_up)(animate=False)

    def action_page(self, by: int) -> None:
        """Scroll a page down or up."""
        self._box.scroll_relative(y=by * max(self._box.size.height - 1, 1), animate=False)

    def action_end(self, by: int) -> None:
        """Scroll to the first line or to the last."""
        (self._box.scroll_home if by < 0 else self._box.scroll_end)(animate=False)
