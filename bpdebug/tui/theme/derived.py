"""Roles for themes that are not ours: their own colours, moved as far as it takes to be legible.

Contrast is WCAG 2's (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio); its level AA asks for 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import dist

from rich.style import Style
from textual.color import Color, rgb_to_lab
from textual.theme import Theme

from bpdebug.records import record
from bpdebug.tui.theme.palettes import BLUES, DARK, HEAT_ROLES, LIGHT, PALETTES, with_marks

LEAST_CONTRAST = 4.5
STEPS = 20
"""In how many steps a colour that is not legible goes to black or white."""


def luminance(color: Color) -> float:
    """WCAG's relative luminance, from 0 for black to 1 for white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: Color, second: Color) -> float:
    """WCAG's contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def legible(color: Color, backs: Sequence[Color], least: float = LEAST_CONTRAST) -> str:
    """The colour, moved towards black or white until it is legible on every background."""
    ends = [Color(0, 0, 0), Color(255, 255, 255)]
    end = max(ends, key=lambda end: min(contrast(end, back) for back in backs))
    for step in range(STEPS + 1):
        tried = color.blend(end, step / STEPS, alpha=1.0)
        if min(contrast(tried, back) for back in backs) >= least:
            return tried.hex6
    return end.hex6


@record
class Ground:
    """What the roles of a theme are drawn on."""

    plain: tuple[Color, ...]
    """Panes, bars, and the band under a pane's cursor."""
    lit: Color


def derived_styles(theme: Theme) -> Mapping[str, Style]:
    """Every role's style under any theme, each with `+lit` and with `+changed`."""
    made = {name: Color.parse(text) for name, text in theme_colors(theme).items()}
    if any(made[name].ansi is not None for name in ("surface", "foreground", "accent")):
        return ansi_styles(theme)
    surface, accent = made["surface"], made["accent"]
    band = surface.blend(made["primary"], 0.18, alpha=1.0)
    ground = Ground((surface, made["panel"], band), surface.blend(accent, 0.2, alpha=1.0))
    heats = scale_beside((accent, made["warning"]), dark=theme.dark)
    colors = {
        "text": made["foreground"],
        "quiet": made["foreground"].blend(surface, 0.45, alpha=1.0),
        "title": made["primary"],
        "name": made["foreground"],
        "now": accent,
        "pending": made["foreground"].blend(surface, 0.45, alpha=1.0),
        "warning": made["warning"],
        "good": made["foreground"],
        **{role: Color.parse(heat) for role, heat in zip(HEAT_ROLES, heats, strict=True)},
    }
    bold = {"title", "name", "now", "warning"}
    roles = {
        role: Style(color=legible(color, ground.plain), bold=role in bold or None)
        for role, color in colors.items()
    }
    lit = Style(bgcolor=ground.lit.hex6, bold=True)
    lighted = {
        f"{role}+lit": Style(color=legible(color, (ground.lit,))) + lit
        for role, color in colors.items()
    }
    now = legible(accent, (ground.lit,))
    roles["lit"] = Style(color=now, bgcolor=ground.lit.hex6, bold=True)
    roles["cursor"] = Style(bgcolor=band.hex6)
    return with_marks(roles, lit) | lighted


def scale_beside(taken: Sequence[Color], *, dark: bool) -> tuple[str, ...]:
    """The scale of signed numbers that is farthest from colours which mean something else."""
    usual = PALETTES[(DARK if dark else LIGHT).name].heats
    scales = (usual, BLUES[dark] + usual[3:])
    return max(
        scales,
        key=lambda scale: min(
            color_distance(Color.parse(end), color)
            for end in (scale[0], scale[-1])
            for color in taken
        ),
    )


def color_distance(first: Color, second: Color) -> float:
    """How far apart two colours are to the eye: CIE76, where 2 is just noticeable."""
    a, b = rgb_to_lab(first), rgb_to_lab(second)
    return dist((a.L, a.a, a.b), (b.L, b.a, b.b))


def theme_colors(theme: Theme) -> dict[str, str]:
    """The theme's colours by name, those that it leaves out as Textual fills them in."""
    names = ("surface", "panel", "foreground", "accent", "primary", "warning", "success")
    made = theme.to_color_system().generate()
    return {name: made[name] for name in names}


def ansi_styles(theme: Theme) -> Mapping[str, Style]:
    """Roles in the terminal's own sixteen colours, whose shades are unknown here: words and weight.

    Bright colours stand out from a dark screen, plain ones from a light one.
    """
    now, title = ("bright_yellow", "bright_cyan") if theme.dark else ("blue", None)
    minus, plus = ("bright_magenta", "bright_green") if theme.dark else ("magenta", "green")
    base = {
        "text": Style(),
        "quiet": Style(),
        "title": Style(color=title, bold=True),
        "name": Style(bold=True),
        "now": Style(color=now, bold=True),
        "lit": Style(color=now, bold=True),
        "pending": Style(),
        "warning": Style(color="bright_red" if theme.dark else "red", bold=True),
        "good": Style(),
        "cursor": Style(reverse=True),
        **{role: Style(color=minus if "-" in role else plus) for role in HEAT_ROLES},
    }
    return with_marks(base, Style(bold=True))
