"""Previews while the user types: where `goto` would land, whether a condition is true here.

No function here moves the debugger.
"""

from __future__ import annotations

from bpdebug.debugger import cursor
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.breakpoints.locations import destination, parse_distance
from bpdebug.debugger.breakpoints.search import Search
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.text.describe import definition
from bpdebug.debugger.text.values import NOT_YET, array_text
from bpdebug.ticks import Phase, Ruler
from bpdebug.wording import term_formula, update_formula

CHEAP_ITERATIONS, CHEAP_TICKS, CHEAP_LINES = 50, 1_000_000, 1_000
"""In a run up to this size, all recorded time can be searched at every key typed."""
KEY_BUDGET = 200_000
"""Multiplications that a preview may cost at every key typed."""


def landing(debugger: Debugger, text: str) -> Instant:
    """Where `goto TEXT` would land; BpdebugError when there is no such instant."""
    ticks = parse_distance(text)
    if ticks is not None:
        return cursor.moved(debugger.run, debugger.instant, Ruler.TERM, ticks)[0]
    instant = destination(debugger.run, debugger.instant, text, debugger.marks)
    return cursor.normalized(debugger.run, instant)


def landing_text(debugger: Debugger, text: str) -> str:
    """One line: `tick 12: ∂L/∂W₂[0,1] += δ₂[0] · h₁[1] = …`, the iteration first if another."""
    iteration, position = instant = landing(debugger, text)
    elsewhere = iteration != debugger.instant.iteration
    tick = f"iteration {iteration}, tick {position}" if elsewhere else f"tick {position}"
    cost = debugger.run.passes_to(iteration) * debugger.run.timeline(iteration).total
    if elsewhere and cost > KEY_BUDGET:
        return tick
    return f"{tick}: {event_text(debugger.at(instant))}"


def event_text(debugger: Debugger) -> str:
    """What the tick under the cursor does, on a line with its numbers."""
    moment, script = debugger.moment, debugger.script
    if moment.phase is Phase.START:
        return "start of recorded time"
    if moment.term is not None:
        return " ".join(term_formula(moment.graph, moment.term, script))
    if moment.update is not None:
        return update_formula(moment.graph, moment.update, script)[0]
    if moment.phase is Phase.SEED:
        return debugger.listing[1].text
    value = moment.value(moment.node)
    shown = "" if value is None else array_text(value, script)
    formula = definition(moment.graph, moment.node, script)
    return formula if "\n" in shown else f"{formula} = {shown}"


def breakpoint_text(debugger: Debugger, text: str) -> str:
    """Whether the breakpoint that a text makes is true here, and where it would hit next.

    BpdebugError, with the excerpt of the expression, when the text is no breakpoint.
    """
    breakpoint = debugger.try_breakpoint(text)
    parts = []
    if breakpoint.condition:
        holds = debugger.holds(breakpoint.condition)
        parts.append(f"{NOT_YET if holds is None else str(holds).lower()} here")
    if search_is_cheap(debugger):
        parts.append(next_hit(debugger, breakpoint))
    return "; ".join(parts)


def search_is_cheap(debugger: Debugger) -> bool:
    """True where all recorded time can be searched while the user types."""
    iterations, timeline = debugger.run.iterations, debugger.timeline
    return (
        iterations <= CHEAP_ITERATIONS
        and iterations * timeline.total <= CHEAP_TICKS
        and iterations * timeline.updates <= CHEAP_LINES
    )


def next_hit(debugger: Debugger, breakpoint: Breakpoint) -> str:
    """Where a breakpoint would hit first after the cursor."""
    hit = Search(debugger.run, [breakpoint], debugger.truth).ahead(debugger.instant)
    if hit is None or not hit.breakpoints:
        return "no hit from here on"
    iteration, tick = hit.instant
    return f"next hit: iteration {iteration}, tick {tick}"
