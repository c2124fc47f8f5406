"""A question with two answers: y for yes; n or escape for no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static


class Confirm(ModalScreen[bool]):
    """Asks at the bottom of the screen; its result is True for yes."""

    CSS = """
    Confirm { align: left bottom; background: transparent; }
    Confirm Static {
        width: 100%; height: auto; max-height: 6; padding: 0 1;
        background: $panel; color: $accent; text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "dismiss(True)", show=False, id="confirm.yes"),
        Binding("n,N,escape", "dismiss(False)", show=False, id="confirm.no"),
    ]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._text = f"{question}  y {yes}, n or esc does not"

    def compose(self) -> ComposeResult:
        yield Static(self._text, markup=False)
