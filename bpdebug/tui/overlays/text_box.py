"""A box with an answer of several lines: `info`, `breakpoints`, help. Scrolls; escape closes it."""

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
    """The box. The screen has its keys, which scroll at once."""


class TextBox(ModalScreen[None]):
    """Shows text over the panes."""

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
        self, title: str, text: str | Text, kept: Sequence[Region] = (), spared: Region = NOWHERE
    ) -> None:
        """`kept` are the parts of the screen that the text speaks of, which it does not cover.

        `spared` is a part of which it covers no more than it must.
        """
        super().__init__()
        self._kept, self._spared = kept, spared
        self._text = Text(text) if isinstance(text, str) else text
        self._shown = Static(id="answer")
        self._box = TextBoxScroll(self._shown)
        self._box.border_title = title.replace("[", r"\[")

    def compose(self) -> ComposeResult:
        self._first_size = self.app.size
        self._place(self._first_size)
        yield self._box

    def on_mount(self) -> None:
        """Arrow keys scroll at once."""
        self._box.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Lines end where the box does. On another size, what was to be kept free is elsewhere."""
        if event.size != self._first_size:
            self._kept = ()
        self._place(event.size)

    def _place(self, size: Size) -> None:
        text = wrapped(self._text, max(size.width - FRAME, 20))
        self._shown.update(text)
        # The titles on the border need some room too.
        lines = text.plain.split("\n")
        cells = max(width(line) for line in [*lines, " " * 20])
        # The header and the footer stay in sight.
        area = Region(0, 1, size.width, max(size.height - 2, 3))
        wanted = Size(cells + FRAME, len(lines) + 2)
        place = box_region(area, wanted, self._kept, self._spared)
        self._box.styles.offset = place.offset
        self._box.styles.width, self._box.styles.height = place.size
        more = len(lines) + 2 > place.height
        self._box.border_subtitle = "up, down, pgup, pgdn; esc closes" if more else "esc closes"

    def action_line(self, by: int) -> None:
        """Scroll down or up."""
        (self._box.scroll_down if by > 0 else self._box.scroll_up)(animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by what the box shows."""
        self._box.scroll_relative(y=by * max(self._box.size.height - 1, 1), animate=False)

    def action_end(self, by: int) -> None:
        """Scroll to the first line or to the last."""
        (self._box.scroll_home if by < 0 else self._box.scroll_end)(animate=False)
