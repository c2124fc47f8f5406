"""Counts typed before a key: `12n`. A digit also focuses its pane, so a count undoes that.

Both work without waiting: the digit does what it does alone, and where a command that takes a
count follows, the focus and the panes in front go back to where they were before the digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from bpdebug.debugger import COMMANDS
from bpdebug.record import record
from bpdebug.tui.layout import Choice

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

COUNTED = frozenset(command.id for command in COMMANDS if "[COUNT]" in command.usage)
"""Commands that a count may stand before."""
DIGITS_KEPT = 20
"""One more than any count has, so that a longer one is refused and not cut short."""


@record
class Before:
    """What the digits changed: the focus, and which panes were in front."""

    focused: Widget | None
    choice: Choice


class Count:
    """The digits typed since the last other key."""

    def __init__(self) -> None:
        self.digits = ""
        self._before: Before | None = None

    def add(self, screen: DebuggerScreen, digit: str) -> None:
        """One more digit; the first remembers how things stood."""
        if not self.digits:
            self._before = Before(screen.focused, screen.area.choice)
        self.digits = (self.digits + digit)[:DIGITS_KEPT]

    def drop(self) -> None:
        """Count no more; the pane that a digit focused keeps the focus."""
        self.digits, self._before = "", None

    def take(self, screen: DebuggerScreen, ident: str) -> str:
        """The count for a command, or nothing where it takes none; no count is pending after it."""
        digits, before = self.digits, self._before
        self.drop()
        if not digits or ident not in COUNTED:
            return ""
        if before is not None:
            if screen.area.choice != before.choice:
                screen.area.choose(before.choice)
            screen.set_focus(before.focused)
        return digits
