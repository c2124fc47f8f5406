"""Prompts that write, change and remove breakpoints and watches; `:` for any command."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bpdebug.debugger import look_up
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.commands.breakpoints import BREAKPOINTS, WATCHES
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.keys.at_cursor import breakpoints_at, location_at_cursor

if TYPE_CHECKING:
    from bpdebug.debugger import Command
    from bpdebug.tui.screen import DebuggerScreen


def edit_condition(screen: DebuggerScreen) -> None:
    """`B`: change the conditional breakpoint at the cursor, or write a new one.

    A new breakpoint on a line or a node begins with that, so that only the condition is missing.
    """
    point = conditional_here(screen)
    if point is not None:
        edit_breakpoint(screen, point)
        return
    at = location_at_cursor(screen)
    start = f"{at} if " if at else ""
    answered = dialogs.unless_blank(partial(screen.run_command, "break"))
    screen.ask_line("Stop where", "break_condition", answered, start, strict=True)


def conditional_here(screen: DebuggerScreen) -> Breakpoint | None:
    """The breakpoint with a condition at the focused pane's cursor; None where there is none."""
    if screen.breakpoints.has_focus:
        entry = screen.breakpoints.entry()
        number = entry.number if entry is not None and not entry.is_watch else 0
        points = [p for p in screen.debugger.breakpoints if p.number == number]
    else:
        points = breakpoints_at(screen, location_at_cursor(screen))
    return next((point for point in points if point.condition), None)


def edit_entry(screen: DebuggerScreen) -> None:
    """`e`: change the entry at the cursor; without an entry there, ask for its number."""
    debugger = screen.debugger
    entry = screen.breakpoints.entry() if screen.breakpoints.has_focus else None
    point = conditional_here(screen)
    if entry is None and point is not None:
        edit_breakpoint(screen, point)
    elif entry is None and (debugger.breakpoints or debugger.watches):
        screen.ask(look_up("edit"))
    elif entry is None:
        screen.footer.show_message(
            "No watches and no breakpoints to edit: w and b make some.", ok=False
        )
    elif entry.is_watch:
        old = dict(screen.debugger.watches)[entry.number]
        edit(screen, f"Watch {entry.number}", "watch", f"w{entry.number}", old)
    else:
        points = screen.debugger.breakpoints
        edit_breakpoint(screen, next(p for p in points if p.number == entry.number))


def edit_breakpoint(screen: DebuggerScreen, point: Breakpoint) -> None:
    """Ask for a breakpoint's new location or condition; number, hits and state stay."""
    edit(screen, f"Breakpoint {point.number}", "break_condition", str(point.number), point.text)


def edit(screen: DebuggerScreen, label: str, kind: str, number: str, old: str) -> None:
    """Ask for the new text of an entry."""
    answered = dialogs.unless_blank(lambda text: screen.run_command("edit", f"{number} {text}"))
    screen.ask_line(label, kind, answered, old, strict=True)


def open_line(screen: DebuggerScreen) -> None:
    """`:`: ask for a command and run it."""
    screen.ask_line(":", "", dialogs.unless_blank(lambda line: screen.execute(line.strip())))


def delete_all(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """Ask before `delete` without numbers removes all; False to run the command at once."""
    count = 0 if argument else len(screen.debugger.breakpoints)
    return ask_first(screen, command, count, BREAKPOINTS, "delete")


def unwatch_all(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """Ask before `unwatch` without numbers removes all; False to run the command at once."""
    count = 0 if argument else len(screen.debugger.watches)
    return ask_first(screen, command, count, WATCHES, "remove")


def ask_first(
    screen: DebuggerScreen, command: Command, count: int, words: tuple[str, str], verb: str
) -> bool:
    """Ask whether to remove all of so many entries, called so; False where there are none."""
    singular, plural = words
    if not count:
        return False

    def answered(yes: bool | None) -> None:
        if yes:
            screen.perform(command, "all")

    what = f"the {singular}" if count == 1 else f"all {count} {plural}"
    dialogs.confirm(screen.app, f"{verb.capitalize()} {what}?", f"{verb}s", answered)
    return True
