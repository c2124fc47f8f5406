"""The chain rule from the loss to the current factor, on one line or on several."""

from __future__ import annotations

from functools import lru_cache

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.trace import Timeline
from bpdebug.tui.draw.line import Line, Look
from bpdebug.wording import chain, width

FACTORS = 60
"""A chain of more factors loses its middle wherever it is shown."""
MOST_LINES = 4
"""Lines that a chain takes in the pane."""


def factors(moment: Moment, edge: Edge, look: Look) -> list[str]:
    """The factors as texts, the edge's own last."""
    return list(texts(moment.timeline, edge, look.unicode))


@lru_cache(maxsize=64)
def texts(timeline: Timeline, edge: Edge, unicode: bool) -> tuple[str, ...]:
    """The factors of an edge, which are the same at every tick of every iteration."""
    return tuple(chain(timeline.graph, timeline.layers, edge, unicode=unicode, limit=FACTORS))


def draw_chain(moment: Moment, edge: Edge, look: Look, room: int) -> tuple[Line, bool]:
    """The chain on one line, and whether it is whole.

    Where it is too long its middle is left out: where it begins and what is multiplied now matter.
    """
    *before, last = factors(moment, edge, look)
    times = " · " if look.unicode else " * "
    dots = "…" if look.unicode else "..."
    now = Line(f"[{last}]", "now").cut(room)

    def joined(shown: list[str]) -> Line:
        text = "".join(factor + times for factor in shown)
        return Line(text, "quiet").extend(now)

    whole = joined(before)
    if whole.width <= room:
        return whole, True
    # The nearest factors first, then the one at the loss.
    for first in (before[:1], []):
        for kept in range(min(len(before) - 1, room // len(times)), -1, -1):
            nearest = before[len(before) - kept :]
            line = joined([*first, dots, *nearest])
            if line.width <= room:
                return line, False
    return now, not before


def chain_lines(moment: Moment, edge: Edge, look: Look, columns: int) -> list[Line]:
    """The chain on as many lines as it needs, broken between factors; its middle goes first."""
    *before, last = factors(moment, edge, look)
    sign = "·" if look.unicode else "*"
    pieces = [(f"{factor} {sign}", "quiet") for factor in before] + [(f"[{last}]", "now")]
    lines = [Line()]
    for text, role in pieces:
        if lines[-1].spans and lines[-1].width + 1 + width(text) > columns:
            lines.append(Line())
        lines[-1].add(" " if lines[-1].spans else "").extend(Line(text, role).cut(columns))
    if len(lines) > MOST_LINES:
        dots = Line("…" if look.unicode else "...", "quiet")
        lines = [*lines[: MOST_LINES // 2], dots, *lines[len(lines) - MOST_LINES // 2 + 1 :]]
    return lines
