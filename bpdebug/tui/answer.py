"""A box with an answer of several lines: `info`, `breakpoints`, help. Scrolls; escape closes it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.tui.wrapping import wrapped
from bpdebug.wording import width

FRAME = 7
"""Cells beside the text: border, padding and the scrollbar."""


class Answer(ModalScreen[None]):
    """Shows text over the panes."""

    CSS = """
    Answer { align: center middle; background: $background 60%; }
    Answer VerticalScroll {
        max-width: 100%; height: auto; max-height: 90%;
        border: round $accent; background: $surface; padding: 0 2;
        border-subtitle-color: $foreground-muted;
        scrollbar-size: 1 1; scrollbar-gutter: stable; overflow-x: hidden;
    }
    Answer Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss(None)", show=False, id="box.close"),
        Binding("j", "down", show=False, id="box.down"),
        Binding("k", "up", show=False, id="box.up"),
    ]

    def __init__(self, title: str, text: str | Text) -> None:
        super().__init__()
        self._text = Text(text) if isinstance(text, str) else text
        self._shown = Static(id="answer")
        self._box = VerticalScroll(self._shown)
        self._box.border_title = title.replace("[", r"\[")
        self._box.border_subtitle = "esc closes"

    def compose(self) -> ComposeResult:
        self._wrap(self.app.size.width)
        yield self._box

    def on_mount(self) -> None:
        """Arrow keys scroll at once."""
        self._box.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Lines end where the box does."""
        self._wrap(event.size.width)

    def _wrap(self, columns: int) -> None:
        text = wrapped(self._text, max(columns - FRAME, 20))
        self._shown.update(text)
        # The titles on the border need some room too.
        cells = max(width(line) for line in [*text.plain.split("\n"), " " * 20])
        self._box.styles.width = cells + FRAME

    def action_down(self) -> None:
        """Scroll down."""
        self._box.scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll up."""
        self._box.scroll_up(animate=False)
