"""Opens the tensor inspector, the terms and the paths, for keys and for typed commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bpdebug.debugger import Command, Debugger, LineKind, Reply
from bpdebug.debugger.commands.printing import node_of_info
from bpdebug.debugger.tensors.named_cells import aspect_now, cell_now, parse_cell, parse_tensor
from bpdebug.errors import BpdebugError
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.overlays.detail_screen import DetailScreen

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen


def open_tensor(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`inspect NAME`: open the inspector. True always: the screen has done the command."""
    from bpdebug.tui.overlays.inspector import Inspector

    def made(debugger: Debugger) -> DetailScreen:
        return Inspector(debugger, *parse_tensor(debugger, argument))

    return open_detail(screen, command, made)


def open_terms(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`terms NAME[CELL]`: open the terms of a cell. True always."""
    from bpdebug.tui.overlays.terms import TermsScreen

    def made(debugger: Debugger) -> DetailScreen:
        return TermsScreen(debugger, *parse_cell(debugger, argument))

    return open_detail(screen, command, made)


def open_paths(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`paths NAME[CELL]`: open the paths from a cell to the loss. True always."""
    from bpdebug.tui.overlays.paths import PathScreen

    def made(debugger: Debugger) -> DetailScreen:
        return PathScreen(debugger, *parse_cell(debugger, argument))

    return open_detail(screen, command, made)


def open_detail(
    screen: DebuggerScreen, command: Command, made: Callable[[Debugger], DetailScreen]
) -> bool:
    """Open the screen that is made, or show the error of a wrong argument; True in both cases."""
    try:
        detail = made(screen.debugger)
    except BpdebugError as error:
        screen.show_reply(command.name, Reply(str(error), ok=False))
    else:
        show(screen, detail)
    return True


def open_node(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`info NAME`: open the inspector; False for an argument that `info` can only print."""
    try:
        node = node_of_info(screen.debugger, argument)
    except BpdebugError as error:
        screen.show_reply(command.name, Reply(str(error), ok=False))
        return True
    if node is None:
        return False
    open_inspector(screen, node)
    return True


def show(screen: DebuggerScreen, detail: DetailScreen) -> None:
    """Open a screen over the panes; if it closes with a tick, go there."""

    def closed(tick: int | None) -> None:
        if tick is not None:
            screen.show_reply("goto", screen.debugger.execute(f"goto {tick}", where=False))

    screen.app.push_screen(detail, closed)


def node_at_cursor(screen: DebuggerScreen) -> int:
    """The node at the focused pane's cursor; in other panes, the node that is being written."""
    if screen.graph.has_focus:
        return screen.graph.node()
    moment = screen.debugger.moment
    line = screen.program.entry() if screen.program.has_focus else None
    if line is not None:
        if group := screen.program.group():
            return moment.graph.groups[group].result
        if line.kind is LineKind.EDGE:
            return moment.graph.edges[line.index].operand
        if line.kind is LineKind.UPDATE:
            return moment.iteration.updates[line.index].parameter
        if line.kind is LineKind.SEED or (line.kind is LineKind.FORWARD and line.index >= 0):
            return line.index
    return moment.node


def open_inspector(screen: DebuggerScreen, node: int | None = None) -> None:
    """`i`, and enter on a node of the graph: inspect a node; None for the node at the cursor."""
    from bpdebug.tui.overlays.inspector import Inspector

    node = node_at_cursor(screen) if node is None else node
    aspect = aspect_now(screen.debugger.moment, node)
    show(screen, Inspector(screen.debugger, node, aspect))


def ask_paths(screen: DebuggerScreen) -> None:
    """`v`: ask for a cell, suggesting the cell at the cursor, then show its paths."""
    moment = screen.debugger.moment
    node, suggestion = node_at_cursor(screen), ""
    if moment.graph.has_gradient(node) and node != moment.graph.loss:
        index = ", ".join(str(i) for i in cell_now(moment, node))
        suggestion = moment.graph.nodes[node].label + (f"[{index}]" if index else "")
    answered = dialogs.unless_blank(partial(screen.run_command, "paths"))
    screen.ask_line("Paths to the loss from", "paths", answered, suggestion)
