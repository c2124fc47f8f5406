"""What a key does on the screen beyond running its command's line: one row for each such command.

A row is all that a new action needs. The function takes the screen, and its module is loaded when
its key is first pressed. A command without a row runs as in line mode; the screen asks for its
argument where it has a `prompt`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from bpdebug.debugger import Command
    from bpdebug.tui.screen import DebuggerScreen

Action = Callable[["DebuggerScreen"], None]
Opener = Callable[["DebuggerScreen", "Command", str], bool]

ACTIONS: dict[str, str] = {
    "help": "overlays.help:show_help",
    "export": "dialogs.export_dialog:ask_export",
    "break": "keys.at_cursor:break_here",
    "break_condition": "dialogs.edit_entries:edit_condition",
    "edit": "dialogs.edit_entries:edit_entry",
    "fold": "keys.at_cursor:fold_here",
    "unfold": "keys.at_cursor:unfold_here",
    "until": "keys.at_cursor:run_to_cursor",
    "where": "keys.at_cursor:reveal",
    "list": "keys.at_cursor:reveal_program",
    "inspect": "overlays.opening:open_inspector",
    "paths": "overlays.opening:ask_paths",
    "curves": "overlays.curves:show_curves",
    "diagnose": "overlays.diagnosis:show_diagnosis",
    "against": "overlays.verdict:ask_or_show",
    "open": "choosing.next_scenario:open_chooser",
    "screen.copy": "clipboard.copy_menu:copy_numbers",
    "screen.copy_menu": "clipboard.copy_menu:open_menu",
    "screen.command": "dialogs.edit_entries:open_line",
    "screen.palette": "choosing.palette:open_palette",
}
"""`module:function` by the id of a command, or of a key of `SCREEN_KEYS`."""


OPENERS: dict[str, str] = {
    "curves": "overlays.curves:open_curves",
    "with": "overlays.curves:run_beside",
    "inspect": "overlays.opening:open_tensor",
    "terms": "overlays.opening:open_terms",
    "paths": "overlays.opening:open_paths",
    "info": "overlays.opening:open_node",
    "delete": "dialogs.edit_entries:delete_all",
    "unwatch": "dialogs.edit_entries:unwatch_all",
    "against": "overlays.verdict:open_verdict",
    "open": "choosing.next_scenario:open_scenario",
    "tour": "choosing.next_scenario:take_tour",
}
"""`module:function` for commands that do more on the screen than in line mode, given an argument.

The function returns False to let the command run as in line mode.
"""


def action(ident: str) -> Action | None:
    """The function of a key's row; None for a command without a row."""
    return cast(Action, function(ACTIONS[ident])) if ident in ACTIONS else None


def opener(ident: str) -> Opener | None:
    """The function that runs a command with its argument; None where it runs as in line mode."""
    return cast(Opener, function(OPENERS[ident])) if ident in OPENERS else None


def function(row: str) -> object:
    """The function that a row names."""
    module, _, name = row.partition(":")
    return getattr(import_module(f"bpdebug.tui.{module}"), name)
