"""The panes' titles: each with its key, and with the pane that waits behind it where two share."""

from __future__ import annotations

from collections.abc import Mapping

from textual.geometry import Region

from bpdebug.tui.panes.pane_spec import BY_ID, SPECS
from bpdebug.wording import Script

FULL = {spec.id: f"{spec.key} {spec.name}" for spec in SPECS} | {"timeline": "Timeline"}
SHORT = {spec.id: f"{spec.key} {spec.short}" for spec in SPECS}
"""Those that share a place, and what is between them, fit its narrowest width."""
ROOM = 40
"""From this width on, both names stand in full."""


def title(pane: str, shown: Mapping[str, Region], script: Script, *, stops: int) -> str:
    """A pane's title as Textual's markup; the pane in front is named first.

    `stops` counts watches and breakpoints: without any their pane waits behind no other.
    """
    place = BY_ID[pane].column if pane in BY_ID else ""
    group = [spec.id for spec in SPECS if spec.column == place]
    others = [name for name in group if name != pane and (name != "stops" or stops)]
    if not others or any(name in shown for name in others):
        text = FULL.get(pane, "")
    else:
        full = len(others) == 1 and pane in shown and shown[pane].width >= ROOM
        names = FULL if full else SHORT
        between = " · " if len(others) == 1 else "·"
        waiting = between.join(names[name] for name in others)
        text = f"{names[pane]}[$foreground-muted]{between}{waiting}[/]"
    return text if script.unicode else text.replace("δ", "delta").replace("·", "|")
