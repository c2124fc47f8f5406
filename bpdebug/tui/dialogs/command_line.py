"""`:` types any command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen


def open_line(screen: DebuggerScreen) -> None:
    """Ask for a line and do what it says."""

    def answered(line: str | None) -> None:
        if line and line.strip():
            screen.execute(line.strip())

    screen.ask_line(":", "", answered)
