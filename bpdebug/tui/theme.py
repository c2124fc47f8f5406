"""Roles to styles: the only place that knows colours.

One accent says "now", one diverging scale colours signed numbers, one colour warns. What a colour
says is also said by weight, underline, brackets or a word, so nothing is lost without colour.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme

DARK = Theme(
    name="bpdebug-dark",
    primary="#7aa2f7",
    secondary="#9aa5ce",
    accent="#ffc66d",
    warning="#ff7a5c",
    error="#ff5c6c",
    success="#8fce84",
    foreground="#d5d9e6",
    background="#12141c",
    surface="#171a24",
    panel="#1f2330",
    dark=True,
    variables={
        "border": "#39415a",
        "border-blurred": "#2c3246",
        "footer-key-foreground": "#ffc66d",
    },
)
LIGHT = Theme(
    name="bpdebug-light",
    primary="#2456b8",
    secondary="#4c5a7a",
    accent="#a35200",
    warning="#b3261e",
    error="#b3261e",
    success="#1f7a33",
    foreground="#1c2030",
    background="#fbfaf7",
    surface="#ffffff",
    panel="#eef0f4",
    dark=False,
    variables={"border": "#a9b0c2", "border-blurred": "#c9cedb"},
)

HEAT_DARK = {
    "heat-3": "#7cc0ff",
    "heat-2": "#92c4ee",
    "heat-1": "#a9c4dc",
    "heat+1": "#dcc3ac",
    "heat+2": "#eeb88c",
    "heat+3": "#ffa866",
}
HEAT_LIGHT = {
    "heat-3": "#004a9e",
    "heat-2": "#2a5f9e",
    "heat-1": "#47648c",
    "heat+1": "#7c5a3c",
    "heat+2": "#94501c",
    "heat+3": "#9e3d00",
}


def styles(theme: Theme) -> Mapping[str, Style]:
    """Every role's style under a theme; each with `+lit`, and with `+changed`, an underline."""
    heats = HEAT_DARK if theme.dark else HEAT_LIGHT
    quiet = "#7f879e" if theme.dark else "#666d80"
    lit_back = "#4a3a14" if theme.dark else "#ffe2b0"
    base = {
        "text": Style(),
        "quiet": Style(color=quiet),
        "title": Style(color=theme.primary, bold=True),
        "name": Style(color=theme.foreground, bold=True),
        "now": Style(color=theme.accent, bold=True),
        "lit": Style(color=theme.accent, bgcolor=lit_back, bold=True),
        "pending": Style(color=quiet),
        "warning": Style(color=theme.warning, bold=True),
        "good": Style(color=theme.success),
        "cursor": Style(bgcolor="#2a3146" if theme.dark else "#dfe6f5"),
        **{role: Style(color=color) for role, color in heats.items()},
    }
    lit = Style(bgcolor=lit_back, bold=True)
    changed = Style(underline=True)
    for role in list(base):
        base[f"{role}+lit"] = base[role] + lit
        base[f"{role}+changed"] = base[role] + changed
    return base
