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
    "timeline": "Timeline",
}
SHORT = {"graph": "1 Graph", "program": "2 Prog", "delta": "4 δ", "parameters": "5 Par"}
"""Two of them and what is between them fit the narrowest pane that two share."""
SHARED = {"graph": "program", "program": "graph", "delta": "parameters", "parameters": "delta"}
"""Which pane waits behind which."""
ROOM = 40
"""From this width on, both names stand in full."""


def title(pane: str, shown: Mapping[str, Region], *, unicode: bool) -> str:
    """A pane's title as Textual's markup; the pane in front is named first."""
    other = SHARED.get(pane)
    if other is None or other in shown:
        text = FULL.get(pane, "")
    else:
        names = FULL if pane in shown and shown[pane].width >= ROOM else SHORT
        text = f"{names[pane]} [$foreground-muted]· {names[other]}[/]"
    return text if unicode else text.replace("δ", "delta").replace("·", "|")
