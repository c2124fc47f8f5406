"""Roles to styles: with `palettes` and `derived_styles`, the only module that has colours."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme

from bpdebug.tui.theme.palettes import HEAT_ROLES, PALETTES, with_marks


def styles(theme: Theme) -> Mapping[str, Style]:
    """Every role's style under a theme; each with `+lit`, and with `+changed`, an underline."""
    palette = PALETTES.get(theme.name)
    if palette is None:
        from bpdebug.tui.theme.derived import derived_styles

        return derived_styles(theme)
    base = {
        "text": Style(),
        "quiet": Style(color=palette.quiet),
        "title": Style(color=theme.primary, bold=True),
        "name": Style(color=theme.foreground, bold=True),
        "now": Style(color=theme.accent, bold=True),
        "lit": Style(color=theme.accent, bgcolor=palette.lit, bold=True),
        "pending": Style(color=palette.quiet),
        "warning": Style(color=theme.warning, bold=True),
        "good": Style(),
        "cursor": Style(bgcolor=palette.cursor),
        **{role: Style(color=heat) for role, heat in zip(HEAT_ROLES, palette.heats, strict=True)},
    }
    return with_marks(base, Style(bgcolor=palette.lit, bold=True))
