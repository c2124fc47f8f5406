"""Actions at the focused pane's own cursor: break there, run there, come back to where time is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bpdebug.debugger.text.describe import where_text
from bpdebug.graph import Kind

if TYPE_CHECKING:
    from bpdebug.tui.panes.breakpoints_pane import BreakpointsPane
    from bpdebug.tui.screen import DebuggerScreen


def place(screen: DebuggerScreen) -> str:
    """The line of the program or the node of the graph at the cursor, as `break` takes it.

    Empty where the focused pane has no such cursor, or stands on a heading.
    """
    if screen.program.has_focus:
        return screen.program.location()
    return label(screen, screen.graph.node()) if screen.graph.has_focus else ""


def label(screen: DebuggerScreen, node: int) -> str:
    """A node as a command's argument; empty for a constant without a name."""
    entry = screen.debugger.moment.graph.nodes[node]
    return entry.label if entry.name or entry.kind is Kind.OP else ""


def break_here(screen: DebuggerScreen) -> None:
    """`b`: on the line or node at the focused pane's cursor; else where time stands.

    Where a breakpoint stands already, it is taken off.
    """
    at = place(screen)
    for point in screen.debugger.breakpoints:
        if at and point.text == at:
            screen.run_command("delete", str(point.number))
            return
    screen.run_command("break", at)


def run_to_cursor(screen: DebuggerScreen) -> None:
    """`t`: on to the next time that the line or node at the cursor is written."""
    screen.run_command("until", place(screen) or label(screen, screen.graph.node()))


def reveal(screen: DebuggerScreen) -> None:
    """`H`: bring every pane's cursor back to where time stands, and say where that is."""
    show_here(screen)
    screen.footer.say(where_text(screen.debugger).splitlines()[0])


def show_here(screen: DebuggerScreen) -> None:
    """Bring every pane's cursor back to where time stands; the footer keeps what it says."""
    screen.graph.show_node(screen.debugger.moment.node)
    screen.program.reveal()


def show_line(screen: DebuggerScreen) -> None:
    """`l`: focus the backward program on the current line, as `list` prints it in line mode."""
    screen.footer.message = ""
    screen.action_focus_pane("program")
    screen.program.reveal()


def visit_stop(screen: DebuggerScreen) -> None:
    """Enter on a breakpoint goes to its next hit, on a watch shows its value in full."""
    entry = screen.breakpoints.entry()
    if entry is None:
        return
    if entry.is_watch:
        screen.run_command("print", dict(screen.debugger.watches)[entry.number])
    else:
        screen.answer("breakpoint", partial(screen.debugger.visit, entry.number), beside=True)


def change_stop(screen: DebuggerScreen, event: BreakpointsPane.Changed) -> None:
    """Delete removes an entry, space enables or disables a breakpoint."""
    entry = event.entry
    if event.how == "remove":
        screen.run_command("unwatch" if entry.is_watch else "delete", str(entry.number))
    elif entry.is_watch:
        screen.footer.say("A watch cannot be switched off; delete removes it.", ok=False)
    else:
        point = next(b for b in screen.debugger.breakpoints if b.number == entry.number)
        screen.run_command("disable" if point.enabled else "enable", str(entry.number))
