"""Notes on why a condition does not hit: it is true already, or it compares NaN."""

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
    """`already true here, since tick 8` for a new condition; empty where it is not.

    Where the condition compares NaN here, the note says so: it may never become true.
    """
    if breakpoint.target is not Target.CONDITION:
        return ""
    if not debugger.holds(breakpoint.condition):
        return nan_compared(debugger.moment, breakpoint.condition)
    tick = became_true_at(debugger, breakpoint, debugger.instant)
    if tick == debugger.instant.position:
        return "it becomes true right here"
    return f"already true here, {since(tick, debugger.instant, 'this')}"


def already_true_lines(debugger: Debugger, made: Iterable[Breakpoint]) -> list[str]:
    """A line for each new breakpoint whose condition is true already; none for the others."""
    return [
        f"breakpoint {b.number}: {safe(b.text)} ({note})"
        for b in made
        if (note := already_true(debugger, b))
    ]


def why_no_hit(debugger: Debugger, start: Instant, *, back: bool) -> str:
    """Why no condition stopped a motion from `start` that hit no breakpoint, a line for each.

    Conditions that were false all along have no line.
    """
    lines = []
    for b in debugger.breakpoints:
        if not b.enabled or not b.condition:
            continue
        if b.target is Target.CONDITION and debugger.truth(start, b.condition):
            lines.append(f"not hit: {safe(b.text)} {already_text(debugger, b, start, back=back)}")
        elif not debugger.holds(b.condition):
            compared = nan_compared(debugger.moment, b.condition)
            lines += [f"not hit: {safe(b.text)}: {compared}"] * bool(compared)
    return "\n".join(lines)


def already_text(debugger: Debugger, breakpoint: Breakpoint, start: Instant, *, back: bool) -> str:
    """Since when a condition is true that does not become true in the time searched."""
    tick = became_true_at(debugger, breakpoint, start)
    if back:
        first = tick == start.position
        return "is true for the first time there" if first else "is true from the start on"
    return f"was true already, {since(tick, start, 'that')}, and does not become true again"


def since(tick: int | None, instant: Instant, which: str) -> str:
    """When a condition became true: at a tick of an instant's iteration; for None, before it."""
    if tick is not None:
        return f"since tick {tick}"
    return f"since before {which} iteration" if instant.iteration > 1 else "from the start on"


def became_true_at(debugger: Debugger, breakpoint: Breakpoint, instant: Instant) -> int | None:
    """The last tick of an instant's iteration, up to it, at which a condition becomes true.

    None where it does not become true there.
    """
    return Search(debugger.run, [breakpoint], debugger.truth).last_in(instant)
