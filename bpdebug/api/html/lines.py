"""Lines of text with roles as HTML that can be read on a light and on a dark page.

A colour is mixed with the page's own text colour, so that it is darker on a light page and lighter
on a dark page. Every text is escaped: a scenario may come from a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from bpdebug.tui.draw.line import Line

SPACING = 1.4
"""Of lines, in heights of the type."""
BOX = (
    "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
    f"font-size:13px;line-height:{SPACING};max-width:100%"
)
ROWS = 42
"""The most lines of a block that are seen at once; the rest is reached by scrolling."""
BLOCK = (
    f"font:inherit;overflow:auto;max-height:{ROWS * SPACING:.1f}em;margin:0 0 .6em 0;"
    "background:none;border:0;padding:0"
)


def mixed(color: str) -> str:
    """A colour between this and the page's own text colour; this alone in an old browser."""
    return f"color:{color};color:color-mix(in srgb,{color} 68%,currentColor)"


BLUE, RED, GREEN, AMBER = "#2f6fe0", "#dd3b2f", "#1f9243", "#b56a00"
STYLES = {
    "text": "",
    "quiet": "opacity:.66",
    "pending": "opacity:.66",
    "title": f"font-weight:bold;{mixed(BLUE)}",
    "name": "font-weight:bold",
    "now": f"font-weight:bold;{mixed(AMBER)}",
    "lit": f"font-weight:bold;{mixed(AMBER)}",
    "warning": f"font-weight:bold;{mixed(RED)}",
    "good": mixed(GREEN),
}
"""By role: its style. The numbers of a heat scale are plain text."""


def box(*parts: str) -> str:
    """Parts of HTML below one another, in the type of a program."""
    return f'<div class="bpdebug" style="{escape(BOX)}">{"".join(parts)}</div>'


def block(lines: Iterable[Line], *, wrapped: bool = False) -> str:
    """Lines as a block, which scrolls where there are many; empty for no lines.

    Sentences may be `wrapped`; drawings may not.
    """
    text = "\n".join(map(line_html, lines))
    space = "pre-wrap" if wrapped else "pre"
    return f'<pre style="white-space:{space};{BLOCK}">{text}</pre>' if text else ""


def columns(*parts: str) -> str:
    """Parts beside one another, where the page is wide enough."""
    cells = "".join(f'<div style="min-width:0;max-width:100%">{part}</div>' for part in parts)
    return f'<div style="display:flex;flex-wrap:wrap;gap:0 2.5em">{cells}</div>'


def line_html(line: Line) -> str:
    """The spans of a line, each with the style of its role."""
    return "".join(span(text, role) for text, role in line.spans).rstrip()


def span(text: str, role: str) -> str:
    """A text with the style of a role."""
    style = STYLES.get(role.partition("+")[0], "")
    shown = escape(text)
    return f'<span style="{style}">{shown}</span>' if style and text.strip() else shown
