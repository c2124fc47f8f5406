"""Our own themes and their palettes.

One colour, one meaning: an accent says "now", another warns, and signed numbers have a scale of
their own from violet to green, which also differ to eyes that cannot separate red from green.
Weight, underline, brackets, a sign or a word repeat what a colour means, so that nothing is lost
without colour.
"""

from __future__ import annotations

from rich.style import Style
from textual.theme import Theme

from bpdebug.records import record

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
    accent="#8f4700",
    warning="#b3261e",
    error="#b3261e",
    success="#1d6b2e",
    foreground="#1c2030",
    background="#fbfaf7",
    surface="#ffffff",
    panel="#eef0f4",
    dark=False,
    variables={"border": "#a9b0c2", "border-blurred": "#c9cedb"},
)
CONTRAST = Theme(
    name="bpdebug-contrast",
    primary="#8cc8ff",
    secondary="#ffffff",
    accent="#ffe14d",
    warning="#ffa08f",
    error="#ffa08f",
    success="#8dff9a",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#141414",
    dark=True,
    variables={
        "border": "#ffffff",
        "border-blurred": "#9a9a9a",
        "foreground-muted": "#e0e0e0",
        "footer-key-foreground": "#ffe14d",
    },
)
THEMES = (DARK, LIGHT, CONTRAST)
"""The themes that are drawn for this program. Textual's others get their roles from `derived`."""


@record
class RoleColours:
    """The colours of roles beside a theme's own."""

    quiet: str
    lit: str
    """Behind the cells of the current multiplication."""
    cursor: str
    """Behind the line of a pane's own cursor."""
    heats: tuple[str, str, str, str, str, str]
    """From the most negative numbers to the most positive: violet to green."""


BLUES = {
    True: ("#7cc0ff", "#92c4ee", "#a9c4dc"),
    False: ("#004a9e", "#2a5f9e", "#47648c"),
}
"""For negative numbers where a theme's own accent or warning is violet; by whether it is dark."""
HEAT_ROLES = ("heat-3", "heat-2", "heat-1", "heat+1", "heat+2", "heat+3")
PALETTES = {
    DARK.name: RoleColours(
        quiet="#959db4",
        lit="#403210",
        cursor="#2a3146",
        heats=("#c79bff", "#cbaef5", "#cfc1e8", "#bcd6bf", "#9dd6a7", "#7dd78d"),
    ),
    LIGHT.name: RoleColours(
        quiet="#5a6173",
        lit="#ffe2b0",
        cursor="#dfe6f5",
        heats=("#7a1fb8", "#73409e", "#685680", "#466350", "#2f6a3c", "#136b26"),
    ),
    CONTRAST.name: RoleColours(
        quiet="#c8c8c8",
        lit="#2e2400",
        cursor="#26264a",
        heats=("#d3a8ff", "#dfc2ff", "#ecdcff", "#d3f7da", "#a8f7b6", "#7dff95"),
    ),
}


def with_marks(base: dict[str, Style], lit: Style) -> dict[str, Style]:
    """The roles, each of them lit, and each of them changed."""
    changed = Style(underline=True)
    return (
        base
        | {f"{role}+lit": style + lit for role, style in base.items()}
        | {f"{role}+changed": style + changed for role, style in base.items()}
    )
