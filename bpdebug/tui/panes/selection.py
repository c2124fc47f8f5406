"""Text selected with the mouse in lines that are painted one by one."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from bpdebug.wording import width


def marked(strip: Strip, span: tuple[int, int], style: Style) -> Strip:
    """A painted line with the characters of a span in a style; -1 is the line's end."""
    start, end = span
    text = strip.text
    left = width(text[:start])
    right = strip.cell_length if end == -1 else width(text[:end])
    inside = strip.crop(left, right)
    lit = Strip(Segment(part, (own or Style()) + style) for part, own, _ in inside)
    return Strip.join([strip.crop(0, left), lit, strip.crop(right)])


def selected_text(selection: Selection, shown: range, line: Callable[[int], str]) -> str:
    """The selected text; of what has no end in a pane, the lines that are shown."""
    first = shown.start if selection.start is None else selection.start.y
    last = shown.stop - 1 if selection.end is None else selection.end.y
    text = "\n".join(line(at).rstrip() for at in range(first, last + 1))
    above = Offset(0, first)
    within = Selection(
        None if selection.start is None else selection.start - above,
        None if selection.end is None else selection.end - above,
    )
    return within.extract(text) if text else ""
