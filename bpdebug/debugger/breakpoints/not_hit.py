"""What there is to say where a condition does not stop: it is true already, or it compares NaN."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.breakpoints.evaluation import nan_compared
from bpdebug.debugger.breakpoints.search import Search
from bpdebug.debugger.cursor import Instant
from bpdebug.wording import safe

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger


def already_true(debugger: Debugger, breakpoint: Breakpoint) -> str:
    """`already true here, since tick 8` for a new condition; nothing where it is not.

    Where it compares NaN here, that: then it may never become true.
    """
    if breakpoint.target is not Target.CONDITION:
        return ""
    if not debugger.holds(breakpoint.condition):
        return nan_compared(debugger.moment, breakpoint.condition)
    rise = became_true_at(debugger, breakpoint, debugger.instant)
    if rise == debugger.instant.position:
        return "it becomes true right here"
    return f"already true here, {since(rise, debugger.instant, 'this')}"


def already_true_lines(debugger: Debugger, made: Iterable[Breakpoint]) -> list[str]:
    """A line for each of some new breakpoints that is true already, with its text."""
    notes = [(one, already_true(debugger, one)) for one in made]
    return [f"breakpoint {one.number}: {safe(one.text)} ({note})" for one, note in notes if note]


def why_no_hit(debugger: Debugger, start: Instant, *, back: bool) -> str:
    """Why no condition stopped a motion that began at a place and met no breakpoint at all.

    Nothing for conditions that were false all along.
    """
    told = []
    for one in debugger.breakpoints:
        if not one.enabled or not one.condition:
            continue
        if one.target is Target.CONDITION and debugger.truth(start, one.condition):
            told.append(f"no stop: {safe(one.text)} {truth_text(debugger, one, start, back=back)}")
        elif not debugger.holds(one.condition):
            compared = nan_compared(debugger.moment, one.condition)
            told += [f"no stop: {safe(one.text)}: {compared}"] * bool(compared)
    return "\n".join(told)


def truth_text(debugger: Debugger, breakpoint: Breakpoint, start: Instant, *, back: bool) -> str:
    """Since when a condition is true that does not become true on the way that was searched."""
    rise = became_true_at(debugger, breakpoint, start)
    here = rise == start.position
    if back:
        return "is true for the first time there" if here else "is true from the start on"
    return f"was true already, {since(rise, start, 'that')}, and does not become true again"


def since(rise: int | None, place: Instant, which: str) -> str:
    """When a condition became true: at a tick of an iteration, or, for None, before it."""
    if rise is not None:
        return f"since tick {rise}"
    return f"since before {which} iteration" if place.iteration > 1 else "from the start on"


def became_true_at(debugger: Debugger, breakpoint: Breakpoint, place: Instant) -> int | None:
    """The last tick of a place's iteration, up to it, at which a condition becomes true."""
    search = Search(debugger.run, [breakpoint], debugger.truth)
    return search.last_in(place)
