"""The panes' titles: each with its key, and with the pane that waits behind it where two share."""

from __future__ import annotations

from collections.abc import Mapping

from textual.geometry import Region

FULL = {
    "graph": "1 Graph",
    "program": "2 Backward program",
    "multiplication": "3 Multiplication",
    "delta": "4 δ",
    "parameters": "5 Parameters",
    "stops": "6 Watches and breakpoints",
    "timeline": "Timeline",
}
SHORT = {"graph": "1 Graph", "program": "2 Prog", "delta": "4 δ", "parameters": "5 Par"}
SHORT["stops"] = "6 Brk"
"""Those that share a place, and what is between them, fit its narrowest width."""
SHARED = (("graph", "program"), ("delta", "parameters", "stops"))
"""Which panes share a place."""
ROOM = 40
"""From this width on, both names stand in full."""


def title(pane: str, shown: Mapping[str, Region], *, stops: int, unicode: bool) -> str:
    """A pane's title as Textual's markup; the pane in front is named first.

    `stops` counts watches and breakpoints: without any their pane waits behind no other.
    """
    group = next((group for group in SHARED if pane in group), ())
    others = [name for name in group if name != pane and (name != "stops" or stops)]
    if not others or any(name in shown for name in others):
        text = FULL.get(pane, "")
    else:
        full = len(others) == 1 and pane in shown and shown[pane].width >= ROOM
        names = FULL if full else SHORT
        between = " · " if len(others) == 1 else "·"
        waiting = between.join(names[name] for name in others)
        text = f"{names[pane]}[$foreground-muted]{between}{waiting}[/]"
    return text if unicode else text.replace("δ", "delta").replace("·", "|")
