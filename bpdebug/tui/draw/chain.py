"""The chain rule from the loss to the current factor, on one line or on several."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.graph.groups import titles
from bpdebug.ticks import Timeline
from bpdebug.tui.draw.line import Line, flow
from bpdebug.wording import Script, chain, node_name, width
from bpdebug.wording.numbers import in_product

FACTORS = 60
"""A chain of more factors is never written with all of them: its middle is left out."""
MOST_LINES = 4
"""Lines that a chain takes in the pane."""


@lru_cache(maxsize=64)
def factors(timeline: Timeline, edge: Edge, script: Script) -> tuple[str, ...]:
    """The chain's factors as texts, the edge's own last."""
    return tuple(chain(timeline.graph, edge, script, limit=FACTORS))


def group_title(moment: Moment, last: str, script: Script, room: int) -> Line:
    """`L · block₂ · attn · [∂p/∂s]`: the groups that the cursor is in, and what it is at.

    In the forward pass it begins with `Forward`, and `last` may be empty. Groups are left out from
    the outermost where there is little room.
    """
    graph, between = moment.graph, script.between
    first = node_name(graph, graph.loss, script) if moment.edge is not None else "Forward"
    passed = [] if moment.passed is None else [moment.passed]
    names = [script.name(one) for one in titles([s.group for s in (*moment.groups, *passed)])]
    del names[len(names) - len(passed) :]  # `last` is its name
    ends = [f"[{last}]"] if last else [names.pop()] if names else []
    now = Line("".join(ends), "now").cut(room)
    for count in range(len(names) + 1):
        dots = [script.dots] if count else []
        before = between.join([first, *dots, *names[count:], ""])
        if width(before) + now.width <= room:
            return Line(before, "quiet").extend(now)
    return now


def draw_chain(moment: Moment, edge: Edge, script: Script, room: int) -> tuple[Line, bool]:
    """The chain on a single line, and whether all its factors are there.

    A long chain loses its middle: the factor at the loss and the current one matter most.
    """
    *before, last = factors(moment.timeline, edge, script)
    times = script.either(" · ", " * ")
    now = Line(f"[{last}]", "now").cut(room)

    def joined(texts: list[str]) -> Line:
        text = "".join(factor + times for factor in texts)
        return Line(text, "quiet").extend(now)

    whole = joined(before)
    if whole.width <= room:
        return whole, True
    # With the factor at the loss where that fits, and as many of the nearest factors as fit.
    for first in (before[:1], []):
        for count in range(min(len(before) - 1, room // len(times)), -1, -1):
            line = joined([*first, script.dots, *before[len(before) - count :]])
            if line.width <= room:
                return line, False
    return now, not before


def chain_lines(moment: Moment, edge: Edge, script: Script, columns: int) -> list[Line]:
    """The chain on several lines, broken between factors; its middle is left out of a long one."""
    *before, last = factors(moment.timeline, edge, script)
    sign = script.either("·", "*")
    pieces = [Line(f"{factor} {sign}", "quiet") for factor in before] + [Line(f"[{last}]", "now")]
    lines = flow((piece.cut(columns) for piece in pieces), columns)
    if len(lines) > MOST_LINES:
        dots = Line(script.dots, "quiet")
        lines = [*lines[: MOST_LINES // 2], dots, *lines[len(lines) - MOST_LINES // 2 + 1 :]]
    return lines


MOST_NUMBERS = 8
"""A product of more numbers than these is not written out."""


def chain_numbers(moment: Moment, edge: Edge, script: Script) -> str:
    """The chain in numbers, `−0.2 × 0.25 × 1 = −0.05`, where each factor is one number.

    Empty where there are two factors, since the current multiplication shows them; where a factor
    is an array; and where several paths lead to the loss: then the gradient is a sum of products.
    """
    numbers = numbers_between(moment, edge)
    if numbers is None or not 2 < len(numbers) <= MOST_NUMBERS:
        return ""
    result = float(np.asarray(moment.recorded.contributions[edge.index]))
    texts = [script.number(value) for value in numbers]
    times = f" {script.times} "
    product = times.join([texts[0], *map(in_product, texts[1:])])
    return f"{product} = {script.number(result)}"


def numbers_between(moment: Moment, edge: Edge) -> list[float] | None:
    """The factors from the loss to an edge as numbers, between results that have names.

    None where several paths lead to the loss, where the path is long, and where a factor is an
    array.
    """
    graph = moment.graph
    path = [edge]
    while path[-1].output != graph.loss:
        above = graph.into[path[-1].output]
        if len(above) != 1 or len(path) > 4 * MOST_NUMBERS:
            return None
        path.append(above[0])
    if any(graph.nodes[node].shape for hop in path for node in (hop.output, hop.operand)):
        return None
    numbers: list[float] = []
    unnamed = False
    # From the loss down; the factor of a result without a name is multiplied with the next.
    for hop in reversed(path):
        local = float(np.asarray(moment.recorded.local(hop)).reshape(()))
        numbers = [*numbers[:-1], numbers[-1] * local] if unnamed else [*numbers, local]
        unnamed = not graph.nodes[hop.operand].name and hop is not edge and hop is not path[1]
    return numbers
