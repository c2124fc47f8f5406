"""Every hit of a debugger's breakpoints, found by looking at every tick: slow, and simple."""

from functools import lru_cache

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.breakpoint import Target
from bpdebug.debugger.breakpoints.evaluation import is_true
from bpdebug.debugger.cursor import Instant, normalized
from bpdebug.graph import Kind
from bpdebug.ticks import Phase


def all_hits(debugger):
    """The places at which an enabled breakpoint stops, in the order of time."""
    run, found = debugger.run, set()
    for point in debugger.breakpoints:
        if not point.enabled:
            continue
        for iteration in range(1, run.iterations + 1):
            total = run.timeline(iteration).total
            held, before, stretch = False, False, None
            for position in range(1, total + 1):
                place = Instant(iteration, position)
                if point.target is Target.CONDITION:
                    before = holds(run, normalized(run, Instant(iteration, position - 1)), point)
                    if holds(run, place, point) and not before:
                        found.add(place)
                    continue
                now = writing(moment_at(run, place), point)
                held = held and now == stretch
                stretch = now
                if now is not None and not held and holds(run, place, point):
                    held = True
                    found.add(place)
    return sorted(found)


@lru_cache(maxsize=10_000)
def moment_at(run, place):
    return Moment(run, run.iteration(place.iteration), place.position)


def holds(run, place, point):
    """True where a breakpoint's condition is true, or it has none."""
    return not point.condition or bool(is_true(moment_at(run, place), point.condition))


def writing(moment, point):
    """What a tick belongs to of all that writes a breakpoint's place; None where it writes another.

    Ticks of one edge, or of one parameter's update, belong together.
    """
    graph, tick = moment.graph, moment.tick
    if moment.phase is Phase.BACKWARD:
        edge = moment.edge
        ends = graph.nodes[edge.output].label, graph.nodes[edge.operand].label
        if point.cell is not None and moment.term.indices.cell != point.cell:
            return None
        if point.target is Target.EDGE:
            return ("edge", tick.index) if ends == (point.node, point.operand) else None
        return ("edge", tick.index) if ends[1] == point.node else None
    if point.target is Target.EDGE:
        return None
    if point.target is Target.CELL:
        return None
    if moment.phase is Phase.UPDATE:
        node = graph.nodes[moment.update.parameter]
        assert node.kind is Kind.PARAMETER
        return ("update", node.index) if node.label == point.node else None
    return (moment.phase, tick.index) if graph.nodes[moment.node].label == point.node else None
