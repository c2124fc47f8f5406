"""Text that the user selects with the mouse in a `LinePane`."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from bpdebug.wording import width


def marked(strip: Strip, span: tuple[int, int], style: Style) -> Strip:
    """A painted line with the characters of a span in a style; an end of −1 is the line's end."""
    start, end = span
    text = strip.text
    left = width(text[:start])
    right = strip.cell_length if end == -1 else width(text[:end])
    inside = strip.crop(left, right)
    lit = Strip(Segment(part, (own or Style()) + style) for part, own, _ in inside)
    return Strip.join([strip.crop(0, left), lit, strip.crop(right)])


def selected_text(selection: Selection, visible: range, line: Callable[[int], str]) -> str:
    """The selected text; where the selection has no start or no end, from or to a visible line.

    `visible` has the visible lines, `line` gives the text of a line.
    """
    start, end = selection
    first = visible.start if start is None else start.y
    last = visible.stop - 1 if end is None else end.y
    text = "\n".join(line(y).rstrip() for y in range(first, last + 1))
    above = Offset(0, first)
    within = Selection(
        None if start is None else start - above,
        None if end is None else end - above,
    )
    return within.extract(text) if text else ""
