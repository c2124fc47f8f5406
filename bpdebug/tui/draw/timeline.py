"""The iteration as a line, from the forward pass to the update, with the cursor on it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from math import log2

from bpdebug.debugger import Moment
from bpdebug.graph.groups import Origin
from bpdebug.ticks import Stretch, Timeline
from bpdebug.tui.draw.breakpoint_signs import signs_on_ticks
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, node_name, width


def sections(moment: Moment, script: Script, *, short: bool = False) -> list[tuple[str, int, int]]:
    """The sections of an iteration: name, the position before it, the position at its end.

    The backward pass has a section for each outermost group; outside of groups, and in a network,
    one for each layer. `short` shortens the names of layers with several stretches.
    """
    timeline = moment.timeline
    borders = [timeline.forward]
    names = ["forward"]
    for group, first, behind in parts_of_backward(timeline):
        stretch = timeline.stretch_at(first)
        if group:
            names.append(script.cut(script.name(group), LONGEST_NAME))
        else:
            names.append(layer_text(timeline, stretch, short=short) if stretch else "backward")
        borders.append(timeline.starts[behind])
    if timeline.updates:
        names.append("update")
        borders.append(timeline.total)
    starts = [0, *borders[:-1]]
    return [s for s in zip(names, starts, borders, strict=True) if s[2] > s[1]]


LONGEST_NAME = 16
"""Cells of a group's name at the most."""


@lru_cache(maxsize=8)
def parts_of_backward(timeline: Timeline) -> tuple[tuple[str, int, int], ...]:
    """The parts of the backward pass: the group that it is, or empty; its first edge, and the edge
    behind its last.

    Groups that are the layers of a network count as layers.
    """
    edges = len(timeline.graph.edges)
    groups = {
        span.first: span
        for span in timeline.spans.all
        if span.backward and span.parent is None and span.group.origin is not Origin.LAYER
    }
    found: list[tuple[str, int, int]] = []
    cuts = sorted({0, *timeline.borders, *groups, *(s.last + 1 for s in groups.values()), edges})
    behind = 0
    for first, following in pairwise(cuts):
        if first < behind:
            continue  # a layer that begins inside a group
        span = groups.get(first)
        behind = following if span is None else span.last + 1
        found.append(("" if span is None else span.group.name, first, behind))
    return tuple(found)


def layer_text(timeline: Timeline, stretch: Stretch, *, short: bool) -> str:
    """`layer 2`, or `layer 1 (2 of 2)` where a layer has several stretches, as in a recurrent net.

    Stretches are counted in the order of the forward pass.
    """
    same_layer = [other for other in timeline.stretches if other.number == stretch.number]
    if len(same_layer) == 1:
        return f"layer {stretch.number}"
    number = len(same_layer) - same_layer.index(stretch)
    return f"layer {stretch.number} ({number}{'' if short else f' of {len(same_layer)}'})"


def laid_out(moment: Moment, script: Script, room: int) -> list[tuple[str, int, int, int]]:
    """The sections that are drawn: name, position before, position at the end, cells of the bar.

    A bar's length follows the logarithm of its ticks. Where there are too many sections, those
    far from the cursor are drawn as a single section.
    """
    parts = sections(moment, script)
    if room_beside(parts, room) < SHORTEST * len(parts):
        parts = sections(moment, script, short=True)
    fold = script.either("…", "..")
    while True:
        free = room_beside(parts, room)
        if free >= SHORTEST * len(parts) or len(parts) <= 2:
            break
        # Join the two sections that are farthest from the cursor.
        starts = [start for _, start, _ in parts]
        current = bisect_right(starts, max(moment.position - 1, 0)) - 1
        at = 0 if current > len(parts) - 2 - current else len(parts) - 2
        parts[at : at + 2] = [(fold, parts[at][1], parts[at + 1][2])]
    weights = [log2(2 + end - start) for _, start, end in parts]
    cells = [max(SHORTEST, int(free * weight / sum(weights))) for weight in weights]
    while sum(cells) > free and max(cells) > SHORTEST:
        # Short sections have more than their share, so the longest gets less.
        cells[cells.index(max(cells))] -= 1
    return [(*part, length) for part, length in zip(parts, cells, strict=True)]


def room_beside(parts: list[tuple[str, int, int]], room: int) -> int:
    """Cells that the names of sections leave to their bars."""
    return room - sum(width(name) + 4 for name, _, _ in parts)


def behind_text(moment: Moment, script: Script, room: int) -> str:
    """The loss once it is computed, and `start of time` or `end of time` where the cursor is there.

    The width is constant, so that the bars do not move when the loss appears.
    """
    loss = node_name(moment.graph, moment.graph.loss, script)
    text = ""
    if moment.value(moment.graph.loss) is not None:
        text = f"  {loss} = {number_within(moment.iteration.loss, script)}"
    slot = width(f"  {loss} = ") + script.digits + POINT
    end = end_of_time(moment)
    if room >= ROOMY:
        text, slot = text.ljust(slot) if text else "", slot + 2 + width(END)
        text += f"  {end}" if end else ""
    elif end and not text:
        text = f"  {end}"
    return text.ljust(max(slot, width(START) + 2))


def number_within(value: float, script: Script) -> str:
    """A number with as many digits as fit in the cells of a number near 0.001."""
    texts = [script.number(value, digits) for digits in range(script.digits, 2, -1)]
    fitting = (text for text in texts if len(text) <= script.digits + POINT)
    return next(fitting, texts[-1] if texts else script.number(value))


SHORTEST = 3
"""Cells of the shortest bar."""
POINT = 4
"""Cells of a number down to 0.001 besides its digits."""
START, END = "start of time", "end of time"
ROOMY = 98
"""From this width on, both the loss and `end of time` fit behind the bars."""


def end_of_time(moment: Moment) -> str:
    """`start of time` or `end of time` at the ends of the run; empty elsewhere."""
    now = moment.iteration.number, moment.position
    if now == (1, 0):
        return START
    return END if now == (moment.run.iterations, moment.timeline.total) else ""


def draw_timeline(moment: Moment, script: Script, room: int) -> Line:
    """The timeline: bars filled up to the cursor, breakpoints and marks on them, and the loss."""
    behind = behind_text(moment, script, room)
    signs = signs_on_ticks(moment, script)
    line = Line()
    for name, start, end, cells in laid_out(moment, script, room - width(behind)):
        line.add(f" {name} ", "now" if start < moment.position <= end else "quiet")
        line.extend(draw_bar(moment, start, end, cells, script, signs))
    return line.add(behind, "name").cut(room)


def position_at(moment: Moment, script: Script, room: int, x: int) -> int | None:
    """The position at column x of the drawn line; None beside the bars."""
    at = 0
    free = room - width(behind_text(moment, script, room))
    for name, start, end, cells in laid_out(moment, script, free):
        at += width(name) + 3
        if at <= x < at + cells:
            return start + max(1, round((x - at + 1) * (end - start) / cells))
        at += cells + 1
    return None


def draw_bar(
    moment: Moment, start: int, end: int, cells: int, script: Script, signs: Mapping[int, str]
) -> Line:
    """The bar of a section: full up to the cursor, dotted after it, with signs in between.

    `signs` has those of breakpoints and marks, by tick.
    """
    full, now, empty, left, right = "█▶·▕▏" if script.unicode else "#>.||"
    size = end - start
    done = min(max(moment.position - start, 0), size)
    current = start < moment.position <= end
    filled = max(round(done * cells / size), int(current))
    line = Line(left, "quiet")
    sign_at = {
        min(cells - 1, max(tick - start - 1, 0) * cells // size): sign
        for tick, sign in signs.items()
        if start < tick <= end or tick == start == 0
    }
    for at in range(cells):
        if current and at == filled - 1:
            line.add(now, "now")
        elif at in sign_at:
            line.add(sign_at[at], "warning" if sign_at[at] in "●◐○" else "title")
        else:
            line.add(full if at < filled else empty, "quiet")
    return line.add(right, "quiet")
