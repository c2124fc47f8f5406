"""Asking before every breakpoint, or every watch, is removed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpdebug.tui.dialogs import dialogs

if TYPE_CHECKING:
    from bpdebug.debugger import Command
    from bpdebug.tui.screen import DebuggerScreen


def ask_first(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`delete` and `unwatch` without numbers: ask; False where there is nothing to ask about."""
    debugger = screen.debugger
    many, one, verb = len(debugger.breakpoints), "breakpoint", "delete"
    if command.id == "unwatch":
        many, one, verb = len(debugger.watches), "watch", "remove"
    if argument or not many:
        return False

    def answered(yes: bool | None) -> None:
        if yes:
            screen.perform(command, "all")

    plural = {"breakpoint": "breakpoints", "watch": "watches"}[one]
    what = f"the {one}" if many == 1 else f"all {many} {plural}"
    dialogs.confirm(screen.app, f"{verb.capitalize()} {what}?", f"{verb}s", answered)
    return True
