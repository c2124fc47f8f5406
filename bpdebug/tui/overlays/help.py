"""The help: the focused pane with its own keys first, then every key, in groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from bpdebug.debugger import COMMANDS
from bpdebug.debugger.commands.command import Command
from bpdebug.debugger.commands.table import GENERAL, GROUPS
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.keys.bindings import SCREEN_KEYS, key_label
from bpdebug.tui.panes.pane_spec import BY_ID, Row
from bpdebug.tui.theme.styles import styles
from bpdebug.wording import Script, to_ascii
from bpdebug.wording.ascii import HELP, one_cell_ascii
from bpdebug.wording.glossary import CHAPTERS

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

ELSEWHERE: tuple[Row, ...] = (
    ("+12n", "a count: run the key's command twelve times; escape drops the count"),
    (
        "tab",
        "in a prompt: complete, and again for the next completion; ↑ ↓ bring back earlier lines",
    ),
    ("click", "on the timeline: go there; on a key in the footer: press it; on a pane: focus it"),
)
KEY_ROOM = 20
"""Cells for the keys of a row; longer keys move their sentence to the right."""


def show_help(screen: DebuggerScreen) -> None:
    """`?`: show the help in a box."""
    focused = screen.focused.id if screen.focused is not None else None
    roles = styles(screen.app.current_theme)
    replaced = screen.footer.replaced
    text = help_text(focused, roles, screen.script, replaced=replaced)
    dialogs.show_box(screen.app, "Help", text)


def help_text(
    pane: str | None,
    roles: Mapping[str, Style],
    script: Script,
    *,
    replaced: Mapping[str, str] = MappingProxyType({}),
) -> Text:
    """The help for the focused pane, then every key and the glossary.

    `pane` is None, or no pane's id, where no pane is focused. `replaced` gives the user's own keys
    for the usual ones.
    """
    text = Text()
    if pane in BY_ID:
        name, shows, keys = BY_ID[pane].name, BY_ID[pane].shows, BY_ID[pane].keys
        text.append(f"{name}\n", roles["title"]).append(f"{shows}\n")
        rows(text, keys, roles)
    for heading, commands in GROUPS:
        section(text, heading, key_rows(commands, replaced), roles)
    own = [(replaced.get(key_label(k), key_label(k)), summary) for _, k, _, summary in SCREEN_KEYS]
    section(text, "The screen", [*key_rows(GENERAL, replaced), *own, *ELSEWHERE], roles)
    text.append("\nType : and a command for the rest: ", roles["quiet"])
    text.append(", ".join(c.name for c in COMMANDS if c.name and not c.keys), roles["quiet"])
    text.append("\n")
    for chapter in CHAPTERS:
        entries = [(entry.word, entry.meaning) for entry in chapter.entries]
        section(text, chapter.title, entries, roles)
    text.append("\n\nNew to backpropagation? :tour walks through it.", roles["quiet"])
    return text if script.unicode else in_ascii(text)


def in_ascii(text: Text) -> Text:
    """A styled text in ASCII."""
    result = Text()
    for piece in text.split("\n", include_separator=True):
        for part in piece.divide(sorted({at for span in piece.spans for at in span[:2]})):
            plain = one_cell_ascii(to_ascii(part.plain.translate(HELP)))
            result.append(plain, part.spans[0].style if part.spans else "")
    return result


def key_rows(commands: Iterable[Command], replaced: Mapping[str, str]) -> list[Row]:
    """A row for each command that has a key: its keys and its summary."""
    return [
        (keys_text(command.keys, replaced), command.summary) for command in commands if command.keys
    ]


def keys_text(keys: Sequence[str], replaced: Mapping[str, str]) -> str:
    """Keys as the screen writes them, with the user's own keys in place of the usual ones."""
    return " ".join(filter(None, (replaced.get(key_label(key), key_label(key)) for key in keys)))


def section(text: Text, heading: str, lines: Sequence[Row], roles: Mapping[str, Style]) -> None:
    """Append a heading and its rows."""
    text.append(f"\n{heading}\n", roles["title"])
    rows(text, lines, roles)


def rows(text: Text, lines: Sequence[Row], roles: Mapping[str, Style]) -> None:
    """Append rows of keys and what they do."""
    for keys, summary in lines:
        text.append(f"{keys:<{KEY_ROOM}}  ", roles["now"]).append(f"{summary}\n")
