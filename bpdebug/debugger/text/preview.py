"""Looking before one leaps: where `goto` would land, what a condition is worth here.

Nothing here moves the debugger that is asked.
"""

from __future__ import annotations

from bpdebug.debugger import cursor
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.breakpoints.search import Search
from bpdebug.debugger.breakpoints.targets import destination, distance
from bpdebug.debugger.cursor import Place
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.text.describe import made
from bpdebug.debugger.text.values import NOT_YET, array_text
from bpdebug.trace import Phase, Ruler
from bpdebug.wording import term_formula, update_formula

CHEAP_ITERATIONS, CHEAP_TICKS, CHEAP_LINES = 50, 1_000_000, 1_000
"""Up to here a search through all that is to come is a matter of a keystroke."""
AT_A_KEY = 200_000
"""Multiplications that may be done while someone types."""


def landing(debugger: Debugger, text: str) -> Place:
    """Where `goto TEXT` would land. BpdebugError when there is no such place."""
    ticks = distance(text)
    if ticks is None:
        there = destination(debugger.run, debugger.place, text, debugger.marks)
        return cursor.settled(debugger.run, there)
    by = cursor.forward_by if ticks >= 0 else cursor.back_by
    place, _ = by(debugger.run, debugger.place, Ruler.TERM, abs(ticks))
    return place


def landing_text(debugger: Debugger, text: str) -> str:
    """One line: `tick 12: ∂L/∂W₂[0,1] += δ₂[0] · h₁[1] = …`, the iteration first if another."""
    place = landing(debugger, text)
    elsewhere = place.iteration != debugger.place.iteration
    iteration = f"iteration {place.iteration}, " if elsewhere else ""
    tick = f"{iteration}tick {place.position}"
    # What happens there is told where it costs a keystroke's time at the most.
    passes = debugger.run.passes_to(place.iteration)
    if elsewhere and passes * debugger.run.timeline(place.iteration).total > AT_A_KEY:
        return tick
    return f"{tick}: {happening(debugger.at(place))}"


def happening(debugger: Debugger) -> str:
    """What happens where a debugger stands, in one line with its numbers."""
    moment, script = debugger.moment, debugger.script
    if moment.phase is Phase.START:
        return "start of recorded time"
    if moment.term is not None:
        formula = term_formula(moment.graph, moment.term, script)
        return " ".join(formula)
    if moment.update is not None:
        return update_formula(moment.graph, moment.update, script)[0]
    if moment.phase is Phase.SEED:
        return debugger.listing[1].text
    value = moment.value(moment.node)
    shown = "" if value is None else array_text(value, script)
    told = made(moment.graph, moment.node, script)
    return told if "\n" in shown else f"{told} = {shown}"


def breakpoint_text(debugger: Debugger, text: str) -> str:
    """What a breakpoint that a text would make is worth here, and where it would hit next.

    BpdebugError, with the excerpt of the expression, when the text makes none.
    """
    breakpoint = debugger.try_breakpoint(text)
    parts = []
    if breakpoint.condition:
        holds = debugger.holds(breakpoint.condition)
        parts.append(f"{NOT_YET if holds is None else str(holds).lower()} here")
    if cheap(debugger):
        parts.append(next_hit(debugger, breakpoint))
    return "; ".join(parts)


def cheap(debugger: Debugger) -> bool:
    """True where all recorded time can be searched while someone types."""
    iterations, timeline = debugger.run.iterations, debugger.timeline
    return (
        iterations <= CHEAP_ITERATIONS
        and iterations * timeline.total <= CHEAP_TICKS
        and iterations * timeline.updates <= CHEAP_LINES
    )


def next_hit(debugger: Debugger, breakpoint: Breakpoint) -> str:
    """Where a breakpoint would hit first after where one stands."""
    hit = Search(debugger.run, [breakpoint], debugger.truth).ahead(debugger.place)
    if hit is None or not hit.breakpoints:
        return "no hit from here on"
    iteration, tick = hit.place
    return f"next hit: iteration {iteration}, tick {tick}"
