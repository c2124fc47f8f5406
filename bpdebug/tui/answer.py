"""A box with an answer of several lines: `info`, `breakpoints`, help. Scrolls; escape closes it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class Answer(ModalScreen[None]):
    """Shows text over the panes."""

    CSS = """
    Answer { align: center middle; background: $background 60%; }
    Answer VerticalScroll {
        width: auto; max-width: 90%; height: auto; max-height: 85%;
        border: round $accent; background: $surface; padding: 0 2;
        border-subtitle-color: $foreground-muted;
        scrollbar-size: 1 1;
    }
    Answer Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss(None)", show=False),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, title: str, text: str | Text) -> None:
        super().__init__()
        self._title = title
        self._text = Text(text) if isinstance(text, str) else text

    def compose(self) -> ComposeResult:
        box = VerticalScroll(Static(self._text))
        box.border_title = self._title.replace("[", r"\[")
        box.border_subtitle = "esc closes"
        yield box

    def on_mount(self) -> None:
        """Arrow keys scroll at once."""
        self.query_one(VerticalScroll).focus()

    def action_down(self) -> None:
        """Scroll down."""
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll up."""
        self.query_one(VerticalScroll).scroll_up(animate=False)
