"""Breakpoints and watches are written, changed and removed; `:` types any command."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bpdebug.debugger import look_up
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.commands.breakpoints import BREAKPOINTS, WATCHES
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.keys.at_cursor import place

if TYPE_CHECKING:
    from bpdebug.debugger import Command
    from bpdebug.tui.screen import DebuggerScreen


def edit_condition(screen: DebuggerScreen) -> None:
    """`B`: change the conditional breakpoint at the cursor, or write a new one.

    On a line or a node the new one begins with it, so that only the condition is missing.
    """
    point = conditional_here(screen)
    if point is not None:
        edit_breakpoint(screen, point)
        return
    at = place(screen)
    start = f"{at} if " if at else ""
    answered = dialogs.filled(partial(screen.run_command, "break"))
    screen.ask_line("Stop where", "break_condition", answered, start, strict=True)


def conditional_here(screen: DebuggerScreen) -> Breakpoint | None:
    """The breakpoint with a condition at the focused pane's cursor."""
    points = {point.number: point for point in screen.debugger.breakpoints if point.condition}
    if screen.breakpoints.has_focus:
        entry = screen.breakpoints.entry()
        return points.get(entry.number) if entry is not None and not entry.is_watch else None
    at = place(screen)
    return next((p for p in points.values() if at and p.text.startswith(f"{at} if ")), None)


def edit_entry(screen: DebuggerScreen) -> None:
    """`e`: change the entry at the cursor; where there is none, ask which."""
    debugger = screen.debugger
    entry = screen.breakpoints.entry() if screen.breakpoints.has_focus else None
    point = conditional_here(screen)
    if entry is None and point is not None:
        edit_breakpoint(screen, point)
    elif entry is None and (debugger.breakpoints or debugger.watches):
        screen.ask(look_up("edit"))
    elif entry is None:
        screen.footer.say("No watches and no breakpoints to edit: w and b make some.", ok=False)
    elif entry.is_watch:
        old = dict(screen.debugger.watches)[entry.number]
        edit(screen, f"Watch {entry.number}", "watch", f"w{entry.number}", old)
    else:
        points = screen.debugger.breakpoints
        edit_breakpoint(screen, next(p for p in points if p.number == entry.number))


def edit_breakpoint(screen: DebuggerScreen, point: Breakpoint) -> None:
    """Its place or condition; number, hits and state stay."""
    edit(screen, f"Breakpoint {point.number}", "break_condition", str(point.number), point.text)


def edit(screen: DebuggerScreen, label: str, kind: str, number: str, old: str) -> None:
    """Ask for the new text of an entry."""
    answered = dialogs.filled(lambda text: screen.run_command("edit", f"{number} {text}"))
    screen.ask_line(label, kind, answered, old, strict=True)


def open_line(screen: DebuggerScreen) -> None:
    """`:`: ask for a line and do what it says."""
    screen.ask_line(":", "", dialogs.filled(lambda line: screen.execute(line.strip())))


def ask_first(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`delete` and `unwatch` without numbers: ask; False where there is nothing to ask about."""
    debugger = screen.debugger
    many, (one, several), verb = len(debugger.breakpoints), BREAKPOINTS, "delete"
    if command.id == "unwatch":
        many, (one, several), verb = len(debugger.watches), WATCHES, "remove"
    if argument or not many:
        return False

    def answered(yes: bool | None) -> None:
        if yes:
            screen.perform(command, "all")

    what = f"the {one}" if many == 1 else f"all {many} {several}"
    dialogs.confirm(screen.app, f"{verb.capitalize()} {what}?", f"{verb}s", answered)
    return True
