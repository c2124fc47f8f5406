"""What the screen asks and answers: one line of input, or a box of text.

The widgets are loaded when they are first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import App

if TYPE_CHECKING:
    from bpdebug.tui.dialogs.prompt import Assistance
    from bpdebug.tui.screen import DebuggerScreen


def ask(
    app: App[None],
    label: str,
    answered: Callable[[str | None], None],
    text: str = "",
    *,
    assistance: Assistance | None = None,
) -> None:
    """Ask for a line; `answered` gets None where the user leaves instead."""
    from bpdebug.tui.dialogs.prompt import Prompt

    app.push_screen(Prompt(label, text, assistance), answered)


def unless_blank(use: Callable[[str], object]) -> Callable[[str | None], None]:
    """A callback for `ask` that ignores a blank line, and a user who leaves."""

    def answered(line: str | None) -> None:
        if line and line.strip():
            use(line)

    return answered


def confirm(
    app: App[None], question: str, yes: str, answered: Callable[[bool | None], None]
) -> None:
    """Ask for yes or no; the text `yes` says what y does."""
    from bpdebug.tui.dialogs.confirm import Confirm

    app.push_screen(Confirm(question, yes), answered)


def show_box(app: App[None], title: str, text: str | Text) -> None:
    """Show a text of several lines over the panes."""
    from bpdebug.tui.overlays.text_box import TextBox

    app.push_screen(TextBox(title, text))


def show_beside(screen: DebuggerScreen, title: str, text: str) -> None:
    """Show a text of several lines where it does not cover the panes' current lines."""
    from bpdebug.tui.overlays.text_box import TextBox

    kept = [region for pane in (screen.program, screen.graph) if (region := pane.region_now())]
    screen.app.push_screen(TextBox(title, text, kept, screen.multiplication.region))
