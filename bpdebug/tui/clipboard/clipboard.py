"""The keys that copy: the line with the current numbers, and the menu of what there is to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpdebug.debugger.text.describe import where
from bpdebug.wording import term_formula

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen


def copy_numbers(screen: DebuggerScreen) -> None:
    """`y`: the current multiplication in full precision, or where one stands."""
    moment = screen.debugger.moment
    if moment.term is None:
        text = where(screen.debugger)
    else:
        formula = term_formula(
            moment.graph, moment.layers, moment.term, digits=17, unicode=screen.look.unicode
        )
        text = " ".join(formula)
    screen.app.copy_to_clipboard(text)
    screen.footer.say(f"copied: {text.splitlines()[0]}")


def open_menu(screen: DebuggerScreen) -> None:
    """`Y`: choose what to copy."""
    from bpdebug.tui.clipboard.copy_menu import CopyMenu
    from bpdebug.tui.clipboard.copying import offers

    def copied(answer: tuple[str, bool] | None) -> None:
        if answer is not None:
            screen.footer.say(answer[0], ok=answer[1])

    unicode = screen.look.unicode
    offered = offers(screen.debugger.moment, unicode=unicode)
    screen.app.push_screen(CopyMenu(offered, unicode=unicode), copied)
