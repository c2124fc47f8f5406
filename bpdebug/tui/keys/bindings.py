"""Keys: the command table's, and the few that concern the screen alone."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding

from bpdebug.debugger import COMMANDS, key_text
from bpdebug.tui.panes.pane_spec import SPECS

SCREEN_KEYS: tuple[tuple[str, str, str, str], ...] = (
    *(
        (f"digit('{spec.key}', '{spec.id}')", spec.key, f"screen.{spec.id}", spec.key_does)
        for spec in SPECS
    ),
    (
        "count",
        "plus",
        "screen.count",
        "begin a count: type +12 and a key, and it moves twelve times",
    ),
    ("zoom", "z", "screen.zoom", "give this pane the whole screen, and back"),
    ("command('screen.copy')", "y", "screen.copy", "copy the line with the current numbers"),
    (
        "command('screen.copy_menu')",
        "Y",
        "screen.copy_menu",
        "copy a formula, a number, a tensor or a watch",
    ),
    ("command('screen.command')", "colon", "screen.command", "type a command"),
    ("leave", "escape", "screen.leave", "drop a count, the last answer, or the zoom"),
    ("app.suspend_process", "ctrl+z", "screen.suspend", "back to the shell; fg returns here"),
    ("command('screen.palette')", "ctrl+p", "screen.palette", "the palette: every command by name"),
)
"""Action, key, id and what it does."""
COUNT_KEYS = "".join(
    sorted(set("0123456789") - {spec.key for spec in SPECS}, key="1234567890".index)
)
"""Digits of no pane: they occur in counts only."""


def replaced_keys(keymap: Mapping[str, str]) -> dict[str, str]:
    """The labels of the user's own keys, by the label of the usual key that they replace.

    The first of a binding's usual keys has all of the user's keys, the others have an empty text.
    """
    shown: dict[str, str] = {}
    for binding in bindings():
        if binding.id is not None and binding.id in keymap:
            chosen = " ".join(key_label(key) for key in keymap[binding.id].split(","))
            for at, key in enumerate(binding.key.split(",")):
                shown[key_label(key)] = "" if at else chosen
    return shown


def key_label(key: str) -> str:
    """A key as people write it: `:` for `colon`."""
    return {"colon": ":", "plus": "+"}.get(key) or key_text(key)


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
    made += [
        Binding(key, f"digit('{key}')", "a digit of a count", show=False, id=f"screen.count_{key}")
        for key in COUNT_KEYS
    ]
    return made
