"""The signs of breakpoints and of the user's marks, on lines and on the timeline."""

from __future__ import annotations

from collections.abc import Iterable

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.wording import Script, width


def signs_on_ticks(moment: Moment, script: Script) -> dict[int, str]:
    """The sign at each tick of the timeline that has any: a breakpoint's, or above it a mark's.

    A mark is shown by its name where that is a single letter, else as `◇`.
    """
    signs: dict[int, str] = {}
    for point in moment.breakpoints:
        for tick in moment.breakpoint_ticks[point.number]:
            if signs.get(tick, "○") == "○":
                signs[tick] = sign_of(point)
    for name, (iteration, position) in moment.marks.items():
        if iteration == moment.iteration.number:
            letter = script.safe(name)
            fits = len(letter) == width(letter) == 1 and (script.unicode or letter.isascii())
            signs[position] = letter if fits else script.either("◇", "^")
    return signs


def sign_of(point: Breakpoint) -> str:
    """`●` for an enabled breakpoint, `◐` if it has a condition, `○` for a disabled breakpoint."""
    return "○" if not point.enabled else "◐" if point.condition else "●"


def sign_between(
    moment: Moment, start: int, end: int, points: Iterable[Breakpoint] | None = None
) -> str:
    """The sign of the breakpoints after `start` and up to `end`; a blank where there is none.

    `points` are those that count; None for all.
    """
    lines = moment.breakpoint_lines
    return best_sign(
        point
        for point in (moment.breakpoints if points is None else points)
        if any(start < tick <= end for tick in lines[point.number])
    )


def best_sign(points: Iterable[Breakpoint]) -> str:
    """The sign of some breakpoints, an enabled one before disabled ones; a blank for none."""
    found = [*points]
    enabled = (sign_of(point) for point in found if point.enabled)
    return next(enabled, "○" if found else " ")
