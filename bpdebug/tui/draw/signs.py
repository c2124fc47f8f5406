"""Where breakpoints show on lines and on the timeline."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.wording import Script, width


def signs_on_ticks(moment: Moment, script: Script) -> dict[int, str]:
    """What stands on the timeline by tick: breakpoints by their state, over them marks by name.

    A mark whose name is no single letter is a lozenge.
    """
    signs: dict[int, str] = {}
    for point in moment.breakpoints:
        for tick in moment.standing[point.number]:
            if signs.get(tick, "○") == "○":
                signs[tick] = sign_of(point)
    for name, (iteration, position) in moment.marks.items():
        if iteration == moment.iteration.number:
            letter = script.safe(name)
            fits = len(letter) == width(letter) == 1 and (script.unicode or letter.isascii())
            signs[position] = letter if fits else script.either("◇", "^")
    return signs


def sign_of(point: Breakpoint) -> str:
    """`●` for a breakpoint that is on, `◐` with a condition, `○` where it is disabled."""
    return "○" if not point.enabled else "◐" if point.condition else "●"


def mark_between(moment: Moment, start: int, end: int) -> str:
    """`●` for an enabled breakpoint in a stretch of ticks, `◐` with a condition, `○` disabled."""
    mark = " "
    for point in moment.breakpoints:
        if any(start < tick <= end for tick in moment.standing[point.number]):
            mark = sign_of(point)
            if point.enabled:
                break
    return mark
