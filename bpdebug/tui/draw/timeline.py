"""Where the cursor is in the pass: one line from the forward pass to the update."""

from __future__ import annotations

from bisect import bisect_right
from math import log2

from bpdebug.debugger import Moment
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.marks import breakpoint_ticks
from bpdebug.wording import node_name, number, width


def sections(moment: Moment, look: Look) -> list[tuple[str, int, int]]:
    """The stretches of an iteration: name, position before, position after."""
    timeline = moment.timeline
    borders = [timeline.forward]
    names = ["forward"]
    for edge in [*timeline.borders[1:], None]:
        start = timeline.starts[edge] if edge is not None else timeline.backward_end
        layer = timeline.layer_at(edge - 1 if edge is not None else len(timeline.graph.edges) - 1)
        names.append(f"layer {layer.number}" if layer else "backward")
        borders.append(start)
    if timeline.updates:
        names.append("update")
        borders.append(timeline.total)
    starts = [0, *borders[:-1]]
    return [s for s in zip(names, starts, borders, strict=True) if s[2] > s[1]]


Part = tuple[str, int, int, int]
"""A section as drawn: name, position before, position after, cells of its bar."""


def laid_out(moment: Moment, look: Look, room: int) -> list[Part]:
    """Sections with their share of the room, by the logarithm of their ticks."""
    parts = sections(moment, look)
    fold = "…" if look.unicode else ".."
    while True:
        free = room - sum(width(name) + 4 for name, _, _ in parts)
        if free >= 3 * len(parts) or len(parts) <= 2:
            break
        # Too many layers for the room: the far ones fold into one stretch.
        at = farthest_pair(parts, moment.position)
        parts[at : at + 2] = [(fold, parts[at][1], parts[at + 1][2])]
    weights = [log2(2 + end - start) for _, start, end in parts]
    return [
        (name, start, end, max(3, int(free * weight / sum(weights))))
        for (name, start, end), weight in zip(parts, weights, strict=True)
    ]


def loss_text(moment: Moment, look: Look) -> str:
    """The loss of this iteration, once it is computed."""
    loss = moment.graph.nodes[moment.graph.loss]
    if moment.value(loss.index) is None:
        return ""
    name = node_name(moment.graph, loss.index, unicode=look.unicode)
    return f"  {name} = {number(moment.iteration.loss, look.digits, unicode=look.unicode)}"


def draw_timeline(moment: Moment, look: Look, room: int) -> Line:
    """Sections filled up to the cursor, breakpoints and marks on them, and the loss."""
    loss = loss_text(moment, look)
    stops = breakpoint_ticks(moment)
    line = Line()
    for name, start, end, cells in laid_out(moment, look, room - len(loss)):
        here = start < moment.position <= end
        line.add(f" {name} ", "now" if here else "quiet")
        line.extend(stretch(moment, start, end, cells, look, stops))
    return line.add(loss, "name").cut(room)


def position_at(moment: Moment, look: Look, room: int, x: int) -> int | None:
    """The position that a column of the drawn line stands for; None beside the bars."""
    at = 0
    for name, start, end, cells in laid_out(moment, look, room - len(loss_text(moment, look))):
        at += width(name) + 3
        if at <= x < at + cells:
            return start + max(1, round((x - at + 1) * (end - start) / cells))
        at += cells + 1
    return None


def farthest_pair(parts: list[tuple[str, int, int]], position: int) -> int:
    """Where two neighbours are folded: the pair that is farthest from the cursor."""
    here = bisect_right([start for _, start, _ in parts], max(position - 1, 0)) - 1
    return 0 if here > len(parts) - 2 - here else len(parts) - 2


def stretch(
    moment: Moment, start: int, end: int, cells: int, look: Look, stops: tuple[int, ...]
) -> Line:
    """One section: full blocks behind the cursor, the cursor's mark, dots before it."""
    full, now, empty, left, right = "█▶·▕▏" if look.unicode else "#>.||"
    size = end - start
    done = min(max(moment.position - start, 0), size)
    filled = round(done * cells / size)
    here = done > 0 and start < moment.position <= end
    filled = max(filled, 1) if here else filled
    line = Line(left, "quiet")
    marked = {
        min(cells - 1, (stop - start - 1) * cells // size) for stop in stops if start < stop <= end
    }
    for at in range(cells):
        if here and at == filled - 1:
            line.add(now, "now")
        elif at in marked:
            line.add("●" if look.unicode else "*", "warning")
        else:
            line.add(full if at < filled else empty, "quiet")
    return line.add(right, "quiet")
