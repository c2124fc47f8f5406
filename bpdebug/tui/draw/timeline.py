"""Where the cursor is in the pass: one line from the forward pass to the update."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from math import log2

from bpdebug.debugger import Moment
from bpdebug.trace import Stretch, Timeline
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.signs import signs_on_ticks
from bpdebug.wording import Script, node_name, width


def sections(moment: Moment, *, short: bool = False) -> list[tuple[str, int, int]]:
    """The stretches of an iteration: name, position before, position after."""
    timeline = moment.timeline
    borders = [timeline.forward]
    names = ["forward"]
    for edge in [*timeline.borders[1:], None]:
        start = timeline.starts[edge] if edge is not None else timeline.backward_end
        last = edge - 1 if edge is not None else len(timeline.graph.edges) - 1
        stretch = timeline.stretch_at(last)
        names.append(layer_text(timeline, stretch, short=short) if stretch else "backward")
        borders.append(start)
    if timeline.updates:
        names.append("update")
        borders.append(timeline.total)
    starts = [0, *borders[:-1]]
    return [s for s in zip(names, starts, borders, strict=True) if s[2] > s[1]]


def layer_text(timeline: Timeline, stretch: Stretch, *, short: bool) -> str:
    """`layer 2`, or `layer 1 (2 of 2)` where a layer has several stretches, as steps in time have.

    They are counted as the forward pass meets them.
    """
    alike = [one for one in timeline.stretches if one.number == stretch.number]
    if len(alike) == 1:
        return f"layer {stretch.number}"
    which = len(alike) - alike.index(stretch)
    return f"layer {stretch.number} ({which}{'' if short else f' of {len(alike)}'})"


Part = tuple[str, int, int, int]
"""A section as drawn: name, position before, position after, cells of its bar."""


def laid_out(moment: Moment, script: Script, room: int) -> list[Part]:
    """Sections with their share of the room, by the logarithm of their ticks."""
    parts = sections(moment)
    if room_beside(parts, room) < SHORTEST * len(parts):
        parts = sections(moment, short=True)
    fold = script.either("…", "..")
    while True:
        free = room_beside(parts, room)
        if free >= SHORTEST * len(parts) or len(parts) <= 2:
            break
        # Too many layers for the room: the two neighbours farthest from the cursor fold into one.
        starts = [start for _, start, _ in parts]
        here = bisect_right(starts, max(moment.position - 1, 0)) - 1
        at = 0 if here > len(parts) - 2 - here else len(parts) - 2
        parts[at : at + 2] = [(fold, parts[at][1], parts[at + 1][2])]
    weights = [log2(2 + end - start) for _, start, end in parts]
    cells = [max(SHORTEST, int(free * weight / sum(weights))) for weight in weights]
    while sum(cells) > free and max(cells) > SHORTEST:
        # What a short section has beyond its share, the longest gives.
        cells[cells.index(max(cells))] -= 1
    return [(*part, many) for part, many in zip(parts, cells, strict=True)]


def room_beside(parts: list[tuple[str, int, int]], room: int) -> int:
    """Cells that the names of sections leave to their bars."""
    return room - sum(width(name) + 4 for name, _, _ in parts)


def behind_text(moment: Moment, script: Script, room: int) -> str:
    """The loss of this iteration once it is computed, and at both ends of time that it ends.

    It always has the same width, so that nothing before it moves when the loss appears.
    """
    loss = node_name(moment.graph, moment.graph.loss, script)
    told = ""
    if moment.value(moment.graph.loss) is not None:
        told = f"  {loss} = {number_within(moment.iteration.loss, script)}"
    slot = width(f"  {loss} = ") + script.digits + POINT
    end = end_of_time(moment)
    if room >= ROOMY:
        told, slot = told.ljust(slot) if told else "", slot + 2 + width(END)
        told += f"  {end}" if end else ""
    elif end and not told:
        told = f"  {end}"
    return told.ljust(max(slot, width(START) + 2))


def number_within(value: float, script: Script) -> str:
    """A number in as many cells as one near 0.001 takes, with fewer digits where it needs them."""
    texts = [script.number(value, digits) for digits in range(script.digits, 2, -1)]
    fitting = (text for text in texts if len(text) <= script.digits + POINT)
    return next(fitting, texts[-1] if texts else script.number(value))


SHORTEST = 3
"""Cells of the shortest section."""
POINT = 4
"""Cells of a number down to 0.001 besides its digits."""
START, END = "start of time", "end of time"
ROOMY = 98
"""From here on the timeline has room for the loss and for the words that time ends."""


def end_of_time(moment: Moment) -> str:
    """Says so where there is nothing before, or nothing behind."""
    here = moment.iteration.number, moment.position
    if here == (1, 0):
        return START
    return END if here == (moment.source.iterations, moment.timeline.total) else ""


def draw_timeline(moment: Moment, script: Script, room: int) -> Line:
    """Sections filled up to the cursor, breakpoints and marks on them, and the loss."""
    behind = behind_text(moment, script, room)
    signs = signs_on_ticks(moment, script)
    line = Line()
    for name, start, end, cells in laid_out(moment, script, room - width(behind)):
        here = start < moment.position <= end
        line.add(f" {name} ", "now" if here else "quiet")
        line.extend(stretch(moment, start, end, cells, script, signs))
    return line.add(behind, "name").cut(room)


def position_at(moment: Moment, script: Script, room: int, x: int) -> int | None:
    """The position that a column of the drawn line stands for; None beside the bars."""
    at = 0
    free = room - width(behind_text(moment, script, room))
    for name, start, end, cells in laid_out(moment, script, free):
        at += width(name) + 3
        if at <= x < at + cells:
            return start + max(1, round((x - at + 1) * (end - start) / cells))
        at += cells + 1
    return None


def stretch(
    moment: Moment, start: int, end: int, cells: int, script: Script, signs: Mapping[int, str]
) -> Line:
    """One section: full blocks behind the cursor, the cursor's sign, dots before it.

    Over them stand the signs of breakpoints and marks.
    """
    full, now, empty, left, right = "█▶·▕▏" if script.unicode else "#>.||"
    size = end - start
    done = min(max(moment.position - start, 0), size)
    here = start < moment.position <= end
    filled = max(round(done * cells / size), int(here))
    line = Line(left, "quiet")
    shown = {
        min(cells - 1, max(tick - start - 1, 0) * cells // size): sign
        for tick, sign in signs.items()
        if start < tick <= end or tick == start == 0
    }
    for at in range(cells):
        if here and at == filled - 1:
            line.add(now, "now")
        elif at in shown:
            line.add(shown[at], "warning" if shown[at] in "●◐○" else "title")
        else:
            line.add(full if at < filled else empty, "quiet")
    return line.add(right, "quiet")
