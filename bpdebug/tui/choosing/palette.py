"""The palette: every command with its keys, in the groups of the help, filtered as you type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from bpdebug.debugger import COMMANDS, Command
from bpdebug.debugger.commands.table import GENERAL, GROUPS
from bpdebug.tui.choosing.picker import Group, Picker, PickerEntry
from bpdebug.tui.keys.actions import ACTIONS
from bpdebug.tui.keys.bindings import SCREEN_KEYS
from bpdebug.tui.overlays.help import keys_text
from bpdebug.tui.theme.palettes import THEMES
from bpdebug.wording import Script, fit

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

NAME_ROOM, KEY_ROOM = 16, 16
"""Cells for the name of a command and for its keys."""
THEME = "theme "


class Palette(Picker):
    """Gives the id of a command or of a screen's key, or `theme NAME`, else None."""

    CSS = """
    Palette { align: center top; background: transparent; }
    Palette Vertical {
        width: 100%; max-width: 100; height: 80%; margin: 1 0; padding: 0 1;
        border: round $accent; background: $surface; border-subtitle-color: $foreground-muted;
    }
    Palette #typed { height: 1; color: $accent; text-style: bold; }
    Palette PickList {
        height: 1fr; border: none; padding: 0; text-wrap: nowrap; text-overflow: ellipsis;
    }
    Palette PickList:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "leave", show=False, id="palette.close"),
    ]

    def __init__(self, groups: Sequence[Group], script: Script) -> None:
        super().__init__(groups)
        self._script = script
        self._typed_line = Static("", id="typed", markup=False)
        self._box = Vertical(self._typed_line, self.list)
        self._box.border_title = "Commands"
        self._box.border_subtitle = "letters filter, enter runs, esc closes"

    def compose(self) -> ComposeResult:
        yield self._box

    def show_matches(self, matches: int) -> None:
        cursor = self._script.either("▏", "_")
        text = f"{self.typed}{cursor}" if self.typed else "Type a part of a name, a key or a word"
        self._typed_line.update(text if matches else f"{text}  nothing matches")


def open_palette(screen: DebuggerScreen) -> None:
    """`ctrl+p`: open the palette, and run the chosen entry."""

    def chosen(ident: str | None) -> None:
        if ident is not None:
            screen.call_later(entry_actions(screen)[ident])

    script = screen.script
    # bpdebug's own themes come first.
    themes = dict.fromkeys([*(theme.name for theme in THEMES), *screen.app.available_themes])
    groups = entries(screen.footer.replaced, list(themes), script)
    screen.app.push_screen(Palette(groups, script), chosen)


def entry_actions(screen: DebuggerScreen) -> dict[str, Callable[[], object]]:
    """The action of each entry, by its id."""
    actions: dict[str, Callable[[], object]] = {}
    for command in COMMANDS:
        # Only the palette asks for the argument of a command without a key.
        own = command.keys or not command.usage or command.id in ACTIONS
        run = partial(screen.action_command, command.id)
        actions[command.id] = run if own else partial(screen.ask, command)
    for action, _, ident, _ in SCREEN_KEYS:
        actions[ident] = partial(screen.app.run_action, action, screen)
    for theme in screen.app.available_themes:
        actions[THEME + theme] = partial(setattr, screen.app, "theme", theme)
    return actions


def entries(replaced: Mapping[str, str], themes: Sequence[str], script: Script) -> list[Group]:
    """Every command and key in the groups of the help, and the themes."""
    rest = [of_command(command, replaced) for command in GENERAL]
    own = [
        (ident, ident.removeprefix("screen.").replace("_", " "), keys_text((key,), replaced), what)
        for _, key, ident, what in SCREEN_KEYS
        if ident != "screen.palette"
    ]
    colours = [(THEME + name, THEME + name, "", "change the colours") for name in themes]
    groups = [
        (heading, [of_command(command, replaced) for command in of]) for heading, of in GROUPS
    ]
    groups += [("The screen", [*rest, *own]), ("Colours", colours)]
    return [
        (script.text(heading), [entry(*row, script) for row in rows]) for heading, rows in groups
    ]


def of_command(command: Command, replaced: Mapping[str, str]) -> tuple[str, str, str, str]:
    """The id, the name, the keys and the summary of a command."""
    name = command.name or command.id.replace("_", " ")
    return command.id, name, keys_text(command.keys, replaced), command.summary


def entry(ident: str, name: str, keys: str, what: str, script: Script) -> PickerEntry:
    """An entry of the list: the name, the keys, and the summary."""
    what = script.text(what)
    lead = fit(name, NAME_ROOM if keys else NAME_ROOM + KEY_ROOM)
    text = Text(lead, no_wrap=True, overflow="ellipsis")
    text.append(fit(keys, KEY_ROOM) if keys else "", "bold").append(f" {what}", "dim")
    return PickerEntry(ident, text, (name, *keys.split(), what))
