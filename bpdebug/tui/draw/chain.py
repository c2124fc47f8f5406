"""The chain rule from the loss to the current factor, on one line or on several."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.trace import Timeline
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, chain, width
from bpdebug.wording.numbers import in_product

FACTORS = 60
"""A chain of more factors loses its middle wherever it is shown."""
MOST_LINES = 4
"""Lines that a chain takes in the pane."""


@lru_cache(maxsize=64)
def factors(timeline: Timeline, edge: Edge, script: Script) -> tuple[str, ...]:
    """The factors as texts, the edge's own last; they are the same at every tick."""
    return tuple(chain(timeline.graph, edge, script, limit=FACTORS))


def draw_chain(moment: Moment, edge: Edge, script: Script, room: int) -> tuple[Line, bool]:
    """The chain on one line, and whether it is whole.

    Where it is too long its middle is left out: where it begins and what is multiplied now matter.
    """
    *before, last = factors(moment.timeline, edge, script)
    times = script.either(" · ", " * ")
    dots = script.dots
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


def chain_lines(moment: Moment, edge: Edge, script: Script, columns: int) -> list[Line]:
    """The chain on as many lines as it needs, broken between factors; its middle goes first."""
    *before, last = factors(moment.timeline, edge, script)
    sign = script.either("·", "*")
    pieces = [(f"{factor} {sign}", "quiet") for factor in before] + [(f"[{last}]", "now")]
    lines = [Line()]
    for text, role in pieces:
        if lines[-1].spans and lines[-1].width + 1 + width(text) > columns:
            lines.append(Line())
        lines[-1].add(" " if lines[-1].spans else "").extend(Line(text, role).cut(columns))
    if len(lines) > MOST_LINES:
        dots = Line(script.dots, "quiet")
        lines = [*lines[: MOST_LINES // 2], dots, *lines[len(lines) - MOST_LINES // 2 + 1 :]]
    return lines


MOST_NUMBERS = 8
"""A product of more numbers is not written out."""


def chain_numbers(moment: Moment, edge: Edge, script: Script) -> str:
    """The chain in numbers, `−0.2 × 0.25 × 1 = −0.05`, where each factor is one number.

    Empty where there are two of them, which is the current multiplication; where a factor is an
    array; and where the gradient came by more ways than one: then it is
    no product of these alone.
    """
    found = numbers_between(moment, edge)
    if found is None or not 2 < len(found) <= MOST_NUMBERS:
        return ""
    result = float(np.asarray(moment.recorded.contributions[edge.index]))
    texts = [script.number(value) for value in found]
    times = f" {script.times} "
    product = times.join([texts[0], *map(in_product, texts[1:])])
    return f"{product} = {script.number(result)}"


def numbers_between(moment: Moment, edge: Edge) -> list[float] | None:
    """The factors from the loss to an edge as numbers, between results that have names."""
    graph = moment.graph
    way = [edge]
    while way[-1].output != graph.loss:
        above = graph.into[way[-1].output]
        if len(above) != 1 or len(way) > 4 * MOST_NUMBERS:
            return None
        way.append(above[0])
    if any(graph.nodes[node].shape for hop in way for node in (hop.output, hop.operand)):
        return None
    found: list[float] = []
    grown = False
    # From the loss down; a result without a name has its factor joined to the one below it.
    for hop in reversed(way):
        local = float(np.asarray(moment.recorded.local(hop)).reshape(()))
        found = [*found[:-1], found[-1] * local] if grown else [*found, local]
        grown = not graph.nodes[hop.operand].name and hop is not edge and hop is not way[1]
    return found
