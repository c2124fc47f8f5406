"""Actions at the focused pane's own cursor: break there, run there, return to the present tick."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bpdebug.debugger.text.describe import where_text
from bpdebug.errors import BpdebugError
from bpdebug.graph import Kind
from bpdebug.graph.groups import around

if TYPE_CHECKING:
    from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
    from bpdebug.tui.panes.breakpoints_pane import BreakpointsPane
    from bpdebug.tui.screen import DebuggerScreen


def location_at_cursor(screen: DebuggerScreen) -> str:
    """The line of the program or the node of the graph at the pane's cursor, as `break` takes it.

    Empty where the focused pane has no such cursor, or its cursor is on a heading.
    """
    if screen.program.has_focus:
        return screen.program.location()
    if not screen.graph.has_focus:
        return ""
    return screen.graph.location() or node_argument(screen, screen.graph.node())


def node_argument(screen: DebuggerScreen, node: int) -> str:
    """A node as a command's argument; empty for a constant without a name."""
    entry = screen.debugger.moment.graph.nodes[node]
    return entry.label if entry.name or entry.kind is Kind.OP else ""


def break_here(screen: DebuggerScreen) -> None:
    """`b`: set a breakpoint at the focused pane's cursor, or delete the breakpoint that is there.

    In a pane without a cursor, set it at the present tick.
    """
    at = location_at_cursor(screen)
    point = next((p for p in breakpoints_at(screen, at) if not p.condition), None)
    if point is not None:
        screen.run_command("delete", str(point.number))
    else:
        screen.run_command("break", at)


def breakpoints_at(screen: DebuggerScreen, at: str) -> list[Breakpoint]:
    """The breakpoints at a location, with a condition or without, in the order of their numbers.

    Empty for a text at which no breakpoint can stand.
    """
    try:
        location = screen.debugger.try_breakpoint(at).location
    except BpdebugError:
        return []
    return [p for p in screen.debugger.breakpoints if location and p.location == location]


def run_to_cursor(screen: DebuggerScreen) -> None:
    """`t`: run until the line or node at the pane's cursor is written."""
    screen.run_command(
        "until", location_at_cursor(screen) or node_argument(screen, screen.graph.node())
    )


def fold_here(screen: DebuggerScreen, *, shut: bool = True) -> None:
    """`-`: fold the group at the focused pane's cursor, else that at the present tick.

    Where that group is folded already, fold the group around it.
    """
    command = "fold" if shut else "unfold"
    groups = screen.debugger.moment.graph.groups
    at = group_at_cursor(screen)
    names = [name for name in around(at) if name in groups]
    names = [name for name in names if (name in screen.debugger.folded) != shut]
    # Of the groups around the cursor, the innermost is folded, and the outermost is unfolded.
    screen.run_command(command, names[-1 if shut else 0] if names else "")


def unfold_here(screen: DebuggerScreen) -> None:
    """`=`: unfold the group at the focused pane's cursor, else that at the present tick."""
    fold_here(screen, shut=False)


def group_at_cursor(screen: DebuggerScreen) -> str:
    """The group that the line or node at the focused pane's cursor is or belongs to, else empty.

    Empty, too, where the pane's cursor is at the present tick: there the command knows better.
    """
    for pane in (screen.program, screen.graph):
        if pane.has_focus and pane.cursor != pane.entry_now():
            return pane.innermost_group()
    return ""


def reveal(screen: DebuggerScreen) -> None:
    """`H`: move every pane's cursor to the present tick, and show in the footer which that is."""
    reveal_panes(screen)
    screen.footer.show_message(where_text(screen.debugger).splitlines()[0])


def reveal_panes(screen: DebuggerScreen) -> None:
    """Move every pane's cursor to the present tick."""
    screen.graph.show_node(screen.debugger.moment.node)
    screen.program.reveal()


def reveal_program(screen: DebuggerScreen) -> None:
    """`l`: focus the backward program on the current line, as `list` prints it in line mode."""
    screen.footer.message = ""
    screen.action_focus_pane("program")
    screen.program.reveal()


def visit_entry(screen: DebuggerScreen) -> None:
    """Go to the next hit of the breakpoint at the cursor; print the watch at the cursor in full."""
    entry = screen.breakpoints.entry()
    if entry is None:
        return
    if entry.is_watch:
        screen.run_command("print", dict(screen.debugger.watches)[entry.number])
    else:
        screen.answer(
            "breakpoint", partial(screen.debugger.visit, entry.number), in_background=True
        )


def change_entry(screen: DebuggerScreen, event: BreakpointsPane.Changed) -> None:
    """Remove an entry, or enable or disable a breakpoint."""
    entry = event.entry
    if event.how == "remove":
        screen.run_command("unwatch" if entry.is_watch else "delete", str(entry.number))
    elif entry.is_watch:
        screen.footer.show_message("A watch cannot be switched off; delete removes it.", ok=False)
    else:
        point = next(b for b in screen.debugger.breakpoints if b.number == entry.number)
        screen.run_command("disable" if point.enabled else "enable", str(entry.number))
