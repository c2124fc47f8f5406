"""Keys: the command table's, and the few that concern the screen alone."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding

from bpdebug.debugger import COMMANDS, key_text

SCREEN_KEYS = (
    ("focus_pane('graph')", "1", "screen.graph", "to the graph"),
    ("focus_pane('program')", "2", "screen.program", "to the backward program"),
    ("focus_pane('multiplication')", "3", "screen.multiplication", "to the multiplication"),
    ("focus_pane('delta')", "4", "screen.delta", "to δ"),
    ("focus_pane('parameters')", "5", "screen.parameters", "to the parameters"),
    ("focus_pane('stops')", "6", "screen.stops", "to the watches and breakpoints"),
    ("zoom", "z", "screen.zoom", "give this pane the whole screen, and back"),
    ("copy", "y", "screen.copy", "copy the line with the current numbers"),
    ("copy_menu", "Y", "screen.copy_menu", "copy a formula, a number, a tensor or a watch"),
    ("command_line", "colon", "screen.command", "type a command"),
    ("app.suspend_process", "ctrl+z", "screen.suspend", "back to the shell; fg returns here"),
    ("app.command_palette", "ctrl+p", "screen.palette", "the palette: every command by name"),
)
"""Action, key, id and what it does."""


def replaced(keymap: Mapping[str, str]) -> dict[str, str]:
    """What to show for a usual key where a person chose others, by the usual key as it is shown.

    The first of a binding's usual keys stands for all that were chosen, the others for nothing.
    """
    shown: dict[str, str] = {}
    for binding in bindings():
        if binding.id is not None and binding.id in keymap:
            chosen = " ".join(sign(key) for key in keymap[binding.id].split(","))
            for at, key in enumerate(binding.key.split(",")):
                shown[sign(key)] = "" if at else chosen
    return shown


def sign(key: str) -> str:
    """A key as people write it."""
    return {"colon": ":"}.get(key) or key_text(key)


def bindings() -> list[Binding]:
    """Every key of the debugger's screen, each with an id that a keymap can change."""
    made = [
        Binding(
            ",".join(command.keys),
            f"command('{command.id}')",
            command.summary,
            show=False,
            id=command.id,
        )
        for command in COMMANDS
        if command.keys
    ]
    made += [
        Binding(key, action, summary, show=False, id=ident)
        for action, key, ident, summary in SCREEN_KEYS
    ]
    return made
