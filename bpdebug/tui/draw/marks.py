"""Where breakpoints show on lines and on the timeline."""

from __future__ import annotations

from bpdebug.debugger import Moment


def breakpoint_ticks(moment: Moment) -> tuple[int, ...]:
    """The ticks of this iteration on which enabled breakpoints stand."""
    return tuple(
        tick
        for point in moment.breakpoints
        if point.enabled
        for tick in moment.standing[point.number]
    )


def mark_between(moment: Moment, start: int, end: int) -> str:
    """`●` for an enabled breakpoint in a stretch of ticks, `◐` with a condition, `○` disabled."""
    mark = " "
    for point in moment.breakpoints:
        if not any(start < tick <= end for tick in moment.standing[point.number]):
            continue
        if point.enabled:
            return "◐" if point.condition else "●"
        mark = "○"
    return mark
