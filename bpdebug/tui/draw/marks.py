"""Where breakpoints show on lines and on the timeline."""

from __future__ import annotations

from bpdebug.debugger import Breakpoint, Moment
from bpdebug.debugger.search import place_ticks


def ticks_of(moment: Moment, point: Breakpoint) -> tuple[int, ...]:
    """The ticks of this iteration on which a breakpoint stands; none for a bare condition."""
    if not point.node:
        return ()
    return tuple(place_ticks(point, moment.timeline, moment.source, moment.iteration.number))


def breakpoint_ticks(moment: Moment) -> tuple[int, ...]:
    """The ticks of this iteration on which enabled breakpoints stand."""
    return tuple(
        tick for point in moment.breakpoints if point.enabled for tick in ticks_of(moment, point)
    )


def mark_between(moment: Moment, start: int, end: int) -> str:
    """`●` for an enabled breakpoint in a stretch of ticks, `◐` with a condition, `○` disabled."""
    mark = " "
    for point in moment.breakpoints:
        if not any(start < tick <= end for tick in ticks_of(moment, point)):
            continue
        if point.enabled:
            return "◐" if point.condition else "●"
        mark = "○"
    return mark
