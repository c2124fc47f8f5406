"""Finding where breakpoints hit, forwards and backwards in time.

A breakpoint on a place hits by the structure of the graph alone: nothing is evaluated. For a
condition, knowledge only grows from the forward pass to the end of the backward pass, so once the
condition is decided it stays decided, and the tick at which it becomes true is found by bisection.
Update lines change parameters, so there every tick is looked at. A place with a condition hits in
each stretch of time in which the place is written, where the condition is true first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bpdebug.debugger.breakpoints import Breakpoint, Target
from bpdebug.debugger.cursor import FIRST, Place, settled
from bpdebug.expression.places import nodes_labelled
from bpdebug.graph import Edge, Kind
from bpdebug.run import Run
from bpdebug.trace import Timeline

BUDGET = 2_000_000_000
"""How much one search may do, in multiplications of the passes that it looks through."""
PER_ITERATION = 500_000
"""What looking at an iteration costs besides its multiplications."""

Truth = Callable[[Place, str], bool | None]
"""Whether a condition is true at a place; None while that is not computed yet."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search stopped, and by which breakpoints; by none where its budget ended."""

    place: Place
    breakpoints: tuple[Breakpoint, ...] = ()


class Search:
    """One search over a run for the enabled ones of some breakpoints."""

    def __init__(self, run: Run, breakpoints: Iterable[Breakpoint], truth: Truth) -> None:
        self._run = run
        self._breakpoints = [b for b in breakpoints if b.enabled]
        self._truth = truth

    def ahead(self, place: Place) -> Hit | None:
        """The first hit after a place; None when recorded time has none."""
        spent, position = 0, place.position
        if not self._breakpoints:
            return None
        for iteration in range(place.iteration, self._run.iterations + 1):
            found = [
                (hits[at], breakpoint)
                for breakpoint in self._breakpoints
                for hits in [self._hits(breakpoint, iteration)]
                if (at := bisect_right(hits, position)) < len(hits)
            ]
            if found:
                return self._stop(iteration, min(tick for tick, _ in found), found)
            spent += self._cost(iteration)
            # At least one iteration more than where one stands, so that a search always gets on.
            if spent > BUDGET and place.iteration < iteration < self._run.iterations:
                return Hit(Place(iteration, self._run.timeline(iteration).total))
            position = 0
        return None

    def behind(self, place: Place) -> Hit | None:
        """The last hit before a place; None when recorded time has none."""
        spent, position = 0, place.position
        if not self._breakpoints:
            return None
        for iteration in range(place.iteration, 0, -1):
            found = [
                (hits[at - 1], breakpoint)
                for breakpoint in self._breakpoints
                for hits in [self._hits(breakpoint, iteration)]
                if (at := bisect_left(hits, position)) > 0
            ]
            if found:
                return self._stop(iteration, max(tick for tick, _ in found), found)
            spent += self._cost(iteration)
            if spent > BUDGET and 1 < iteration < place.iteration:
                return Hit(Place(iteration, 1))
            # Its last tick is the end of the iteration before, which counts as passed.
            position = self._run.timeline(iteration - 1).total + 1 if iteration > 1 else 0
        return None

    def _stop(self, iteration: int, tick: int, found: list[tuple[int, Breakpoint]]) -> Hit:
        return Hit(Place(iteration, tick), tuple(b for at, b in found if at == tick))

    def _cost(self, iteration: int) -> int:
        if all(not breakpoint.condition for breakpoint in self._breakpoints):
            return 1
        # Each iteration is run once, and once more where a search goes back from a checkpoint.
        return 2 * self._run.timeline(iteration).total + PER_ITERATION

    def _hits(self, breakpoint: Breakpoint, iteration: int) -> Sequence[int]:
        """The ticks of an iteration at which a breakpoint hits, ascending."""
        timeline = self._run.timeline(iteration)
        if breakpoint.target is Target.CONDITION:
            return self._becomes_true(breakpoint.condition, iteration, timeline)
        if not breakpoint.condition:
            return place_ticks(breakpoint, timeline, self._run, iteration)
        written = stretches(breakpoint, timeline, self._run, iteration)
        found = (self._first_in(ticks, breakpoint.condition, iteration) for ticks in written)
        return [tick for tick in found if tick is not None]

    def _first_in(self, ticks: Sequence[int], condition: str, iteration: int) -> int | None:
        """The first tick of a stretch at which a condition is true; None if it never is there."""

        def holds(tick: int) -> bool:
            return bool(self._truth(Place(iteration, tick), condition))

        if ticks[0] > self._run.timeline(iteration).backward_end:
            return next(filter(holds, ticks), None)
        if not holds(ticks[-1]):
            return None
        if len(ticks) == 1 or holds(ticks[0]):
            return ticks[0]
        return self._first_true(condition, iteration, ticks[-1], false_at=ticks[0])

    def _becomes_true(self, condition: str, iteration: int, timeline: Timeline) -> list[int]:
        hits = []
        end = timeline.backward_end
        before = bool(self._truth(Place(iteration, end), condition))
        if before:
            tick = self._first_true(condition, iteration, end)
            if tick > 1 or not self._true_before(iteration, condition):
                hits.append(tick)
        for tick in range(end + 1, timeline.total + 1):
            now = bool(self._truth(Place(iteration, tick), condition))
            if now and not before:
                hits.append(tick)
            before = now
        return hits

    def _first_true(self, condition: str, iteration: int, end: int, *, false_at: int = 0) -> int:
        """The first tick after `false_at` at which a condition is true that is so at `end`."""
        low, high = false_at, end
        while high - low > 1:
            middle = (low + high) // 2
            if self._truth(Place(iteration, middle), condition):
                high = middle
            else:
                low = middle
        return high

    def _true_before(self, iteration: int, condition: str) -> bool:
        """Whether a condition was true before an iteration's first tick."""
        before = FIRST if iteration == 1 else settled(self._run, Place(iteration, 0))
        return bool(self._truth(before, condition))


def place_ticks(breakpoint: Breakpoint, timeline: Timeline, run: Run, iteration: int) -> list[int]:
    """The ticks that begin to write what a breakpoint is on: its value, gradient or parameter."""
    return [ticks[0] for ticks in stretches(breakpoint, timeline, run, iteration)]


def stretches(
    breakpoint: Breakpoint, timeline: Timeline, run: Run, iteration: int
) -> list[Sequence[int]]:
    """The ticks that write what a breakpoint is on, a row for each time that this begins.

    A value has one tick, a gradient all those of each edge into it, a parameter its update lines.
    """
    graph = timeline.graph
    nodes = nodes_labelled(graph, breakpoint.node)
    if breakpoint.target is Target.EDGE:
        ends = nodes_labelled(graph, breakpoint.operand)
        out = (edge for node in nodes for edge in graph.out_of.get(node, ()))
        return sorted(spans(timeline, (edge for edge in out if edge.operand in ends)), key=first)
    rows: list[Sequence[int]] = [[at] for at in map(timeline.forward_tick, nodes) if at]
    rows += [[timeline.forward + 1]] * (graph.loss in nodes)
    rows += spans(timeline, (edge for node in nodes for edge in graph.into.get(node, ())))
    if timeline.updates and any(graph.nodes[n].kind is Kind.PARAMETER for n in nodes):
        # The updates are what the recorded iteration says they are.
        updates = enumerate(run.iteration(iteration).updates)
        lines = [line for line, update in updates if update.parameter in nodes]
        rows += [[timeline.update_tick(line) for line in lines]] * bool(lines)
    return sorted(rows, key=first)


def spans(timeline: Timeline, edges: Iterable[Edge]) -> list[Sequence[int]]:
    """The ticks of each edge that has any."""
    ends = (timeline.edge_span(edge.index) for edge in edges)
    return [range(start + 1, end + 1) for start, end in ends if end > start]


def first(ticks: Sequence[int]) -> int:
    """Where a stretch begins."""
    return ticks[0]
