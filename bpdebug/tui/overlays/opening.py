"""From keys and typed commands to the screens that look into tensors, and from those to a tick."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bpdebug.debugger import Command, Debugger, LineKind, Reply
from bpdebug.debugger.commands.looking import node_asked_for
from bpdebug.debugger.tensors.cells import aspect_now, cell_called, cell_now, tensor_called
from bpdebug.errors import BpdebugError
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.overlays.detail_screen import DetailScreen

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen


def open_command(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """Open what `inspect`, `terms` or `paths` asks for; a mistake is told in the footer."""
    makers = {"inspect": inspector, "terms": terms_screen, "paths": paths_screen}
    try:
        look = makers[command.id](screen.debugger, argument)
    except BpdebugError as error:
        screen.show_reply(command.name, Reply(str(error), ok=False))
    else:
        show(screen, look)
    return True


def open_node(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`info NAME`: the inspector, as on the key; False for what `info` can only print."""
    try:
        node = node_asked_for(screen.debugger, argument)
    except BpdebugError as error:
        screen.show_reply(command.name, Reply(str(error), ok=False))
        return True
    if node is None:
        return False
    open_inspector(screen, node)
    return True


def show(screen: DebuggerScreen, look: DetailScreen) -> None:
    """Put a look over the panes; where it ends with a tick, go there."""

    def ended(tick: int | None) -> None:
        if tick is not None:
            screen.show_reply("goto", screen.debugger.execute(f"goto {tick}", place=False))

    screen.app.push_screen(look, ended)


def inspector(debugger: Debugger, argument: str) -> DetailScreen:
    """`inspect NAME`"""
    from bpdebug.tui.overlays.inspector import Inspector

    node, aspect = tensor_called(debugger, argument)
    return Inspector(debugger, node, aspect)


def terms_screen(debugger: Debugger, argument: str) -> DetailScreen:
    """`terms NAME[CELL]`"""
    from bpdebug.tui.overlays.terms import TermsScreen

    return TermsScreen(debugger, *cell_called(debugger, argument))


def paths_screen(debugger: Debugger, argument: str) -> DetailScreen:
    """`paths NAME[CELL]`"""
    from bpdebug.tui.overlays.paths import PathScreen

    return PathScreen(debugger, *cell_called(debugger, argument))


def node_at_cursor(screen: DebuggerScreen) -> int:
    """The node at the focused pane's cursor; else the one that is written now."""
    if screen.graph.has_focus:
        return screen.graph.node()
    moment = screen.debugger.moment
    line = screen.program.entry() if screen.program.has_focus else None
    if line is not None:
        if line.kind is LineKind.EDGE:
            return moment.graph.edges[line.index].operand
        if line.kind is LineKind.UPDATE:
            return moment.iteration.updates[line.index].parameter
        if line.kind is LineKind.SEED or (line.kind is LineKind.FORWARD and line.index >= 0):
            return line.index
    return moment.node


def open_inspector(screen: DebuggerScreen, node: int | None = None) -> None:
    """`i`, and enter on a node of the graph."""
    from bpdebug.tui.overlays.inspector import Inspector

    node = node_at_cursor(screen) if node is None else node
    aspect = aspect_now(screen.debugger.moment, node)
    show(screen, Inspector(screen.debugger, node, aspect))


def ask_paths(screen: DebuggerScreen) -> None:
    """`v`: asks for the cell, and suggests the one at the cursor."""
    moment = screen.debugger.moment
    node, suggestion = node_at_cursor(screen), ""
    if moment.graph.has_gradient(node) and node != moment.graph.loss:
        index = ", ".join(str(i) for i in cell_now(moment, node))
        suggestion = moment.graph.nodes[node].label + (f"[{index}]" if index else "")
    answered = dialogs.unless_blank(partial(screen.run_command, "paths"))
    screen.ask_line("Paths to the loss from", "paths", answered, suggestion)
