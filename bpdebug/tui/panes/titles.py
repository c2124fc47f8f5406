"""The panes' titles: each with its key, and with the panes behind it that share its region."""

from __future__ import annotations

from collections.abc import Mapping

from textual.geometry import Region

from bpdebug.tui.panes.pane_spec import BY_ID, SPECS
from bpdebug.wording import Script, to_ascii

FULL = {spec.id: f"{spec.key} {spec.name}" for spec in SPECS} | {"timeline": "Timeline"}
SHORT = {spec.id: f"{spec.key} {spec.short}" for spec in SPECS}
"""Titles so short that those of a column fit its narrowest width, beside one another."""
ROOM = 40
"""From this width on, two titles stand in full."""


def title(pane: str, visible: Mapping[str, Region], script: Script, *, entries: int) -> str:
    """A pane's title as Textual's markup; those of hidden panes in the same column follow it.

    `entries` counts watches and breakpoints: without any, their pane is not named.
    """
    column = BY_ID[pane].column if pane in BY_ID else ""
    group = [spec.id for spec in SPECS if spec.column == column]
    others = [
        name for name in group if name != pane and (entries or not BY_ID[name].without_entries)
    ]
    if not others or any(name in visible for name in others):
        text = FULL.get(pane, "")
    else:
        full = len(others) == 1 and pane in visible and visible[pane].width >= ROOM
        names = FULL if full else SHORT
        between = " · " if len(others) == 1 else "·"
        hidden = between.join(names[name] for name in others)
        text = f"{names[pane]}[$foreground-muted]{between}{hidden}[/]"
    return text if script.unicode else to_ascii(text, dot="|")
