"""Keys that copy to the terminal's clipboard (OSC 52): `y` the current line, `Y` from a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from bpdebug.debugger.text.describe import where_text
from bpdebug.errors import BpdebugError
from bpdebug.records import replace
from bpdebug.tui.clipboard.copy_offers import Offer, offers, text_of
from bpdebug.wording import Script, cut, term_formula, width

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

NOTICE = 60
"""Cells of the copied text that the footer shows."""


def copy_numbers(screen: DebuggerScreen) -> None:
    """`y`: copy the current multiplication in full precision; where there is none, and of a group
    that was passed as a whole, what `where` says."""
    moment = screen.debugger.moment
    if moment.term is None or moment.passed is not None:
        text = where_text(screen.debugger)
    else:
        formula = term_formula(moment.graph, moment.term, replace(screen.script, digits=17))
        text = " ".join(formula)
    screen.app.copy_to_clipboard(text)
    screen.footer.show_message(f"copied: {text.splitlines()[0]}")


def open_menu(screen: DebuggerScreen) -> None:
    """`Y`: open the menu of what can be copied."""

    def closed(result: tuple[str, bool] | None) -> None:
        if result is not None:
            screen.footer.show_message(result[0], ok=result[1])

    menu = CopyMenu(offers(screen.debugger.moment, screen.script), screen.script)
    screen.app.push_screen(menu, closed)


class CopyMenu(ModalScreen[tuple[str, bool]]):
    """A menu that copies the chosen offer. It closes with a message, and whether that is good."""

    CSS = """
    CopyMenu { align: center middle; background: $background 60%; }
    CopyMenu OptionList {
        max-width: 100%; height: auto; max-height: 90%;
        border: round $accent; background: $surface; padding: 0 1;
        border-title-color: $accent; border-title-style: bold;
        border-subtitle-color: $foreground-muted; scrollbar-size: 1 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,Y", "dismiss", show=False, id="copy.close"),
        Binding("j", "move(1)", show=False, id="copy.down"),
        Binding("k", "move(-1)", show=False, id="copy.up"),
    ]

    def __init__(self, offers: list[Offer], script: Script) -> None:
        super().__init__()
        self._offers = offers
        titles = [script.safe(offer.title) for offer in offers]
        self._list = OptionList(*(Option(Text(title)) for title in titles))
        self._list.styles.width = max(map(width, titles)) + 7
        self._list.border_title = "Copy"
        self._list.border_subtitle = "enter copies   esc closes"

    def compose(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        """Focus the list."""
        self._list.focus()

    def action_move(self, by: int) -> None:
        """Move the cursor an entry down or up."""
        (self._list.action_cursor_down if by > 0 else self._list.action_cursor_up)()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Copy the chosen offer, or close with the reason that it cannot be copied."""
        offer = self._offers[event.option_index]
        try:
            text = text_of(offer)
        except BpdebugError as error:
            self.dismiss((str(error), False))
            return
        self.app.copy_to_clipboard(text)
        self.dismiss((f"copied {offer.title}: {cut(text.splitlines()[0], NOTICE)}", True))
