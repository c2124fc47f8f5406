"""Finding where breakpoints hit, forwards and backwards in time.

A breakpoint on a place hits by the structure of the graph alone: nothing is evaluated. For a
condition, knowledge only grows from the forward pass to the end of the backward pass, so once the
condition is decided it stays decided, and the tick at which it becomes true is found by bisection.
Update lines change parameters, so there every tick is looked at. A place with a condition hits in
each stretch of time in which the place is written, where the condition is true first.

Over many iterations, a quick look (`conditions`) first tells where there can be a hit at all. A
search back looks at a stretch between two checkpoints at a time, forwards, so that each iteration
is run once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

import numpy as np

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.breakpoints.conditions import Condition, Needs
from bpdebug.debugger.cursor import FIRST, Instant, normalized
from bpdebug.expression.places import nodes_labelled
from bpdebug.graph import Edge, Kind
from bpdebug.ops import Index
from bpdebug.ops.index_map import ravel
from bpdebug.record import record
from bpdebug.run import Iteration, Run
from bpdebug.run.progress import Work
from bpdebug.trace import Timeline

BUDGET = 2_000_000_000
"""How much one search may do, in multiplications of the passes that it looks through."""
PATIENT_BUDGET = 30 * BUDGET
"""How much one search may do, in multiplications, where the user sees it work and can cancel."""
PER_ITERATION = {Needs.NUMBER: 500, Needs.LOSS: 50_000, Needs.PASS: 200_000}
"""What looking at an iteration costs besides its multiplications, by what has to be at hand."""
EXACT_SEARCH = 350_000
"""What looking for the very tick costs."""
MANY = 512
"""Losses are looked at up to so many at a time."""
STRETCH = 32
"""A search back looks at so many iterations at a time, or from one checkpoint to the next."""

Truth = Callable[[Instant, str], bool | None]
"""Whether a condition is true at a place; None while that is not computed yet."""


@record
class Hit:
    """Where a search stopped, and by which breakpoints; by none where its budget ended."""

    instant: Instant
    breakpoints: tuple[Breakpoint, ...] = ()


def budget(run: Run) -> int:
    """How much one search through a run may do."""
    return BUDGET if run.progress is None else PATIENT_BUDGET


class Search:
    """One search over a run for the enabled ones of some breakpoints."""

    def __init__(self, run: Run, breakpoints: Iterable[Breakpoint], truth: Truth) -> None:
        self._run = run
        self._breakpoints = [b for b in breakpoints if b.enabled]
        self._truth = truth
        self._conditions = [
            Condition(b.condition, run, becomes=b.target is Target.CONDITION)
            for b in self._breakpoints
            if b.condition
        ]
        self._anywhere = len(self._conditions) < len(self._breakpoints)
        """True when there is one that hits without a condition, in nearly every iteration."""
        self._needs = max((c.needs for c in self._conditions), default=Needs.NUMBER)
        self._left = budget(run)

    def ahead(self, place: Instant) -> Hit | None:
        """The first hit after a place; None when recorded time has none."""
        if not self._breakpoints:
            return None
        hit = self._hit_in(place.iteration, after=place.position)
        if hit is not None:
            return hit
        first, last = self._span(place.iteration + 1, self._run.iterations)
        work = Work(self._run.progress, last - first + 1)
        for iteration, possible in self._look(first, last, work, 0):
            hit = self._hit_in(iteration) if possible else None
            if hit is not None:
                return hit
            # At least one iteration more than where one stands, so that a search always gets on.
            if self._left < 0 and iteration < self._run.iterations:
                return Hit(Instant(iteration, self._run.timeline(iteration).total))
        return None

    def last_in(self, place: Instant) -> int | None:
        """The last tick of a place's iteration, up to the place, at which there is a hit."""
        hit = self._hit_in(place.iteration, before=place.position + 1)
        return None if hit is None else hit.instant.position

    def behind(self, place: Instant) -> Hit | None:
        """The last hit before a place; None when recorded time has none."""
        if not self._breakpoints:
            return None
        hit = self._hit_in(place.iteration, before=place.position)
        if hit is not None:
            return hit
        first, last = self._span(1, place.iteration - 1)
        total = last - first + 1
        work = Work(self._run.progress, total)
        at_once = 1 if self._anywhere else self._at_once(last)
        while last >= first:
            start = last - at_once + 1
            if at_once >= self._run.spacing:
                start -= (start - 1) % self._run.spacing  # where there is a checkpoint
            start = max(first, start)
            looked = self._look(start, last, work, total - (last - first + 1))
            for iteration in reversed([number for number, possible in looked if possible]):
                # Its last tick is the end of the iteration, which counts as passed.
                hit = self._hit_in(iteration, before=self._run.timeline(iteration).total + 1)
                if hit is not None:
                    return hit
            if self._left < 0 and start > 1:
                return Hit(Instant(start, 1))
            last = start - 1
        return None

    def _at_once(self, last: int) -> int:
        """How many iterations a search back looks at in one go: no more than it may."""
        affordable = BUDGET // (PER_ITERATION[self._needs] + self._run.timeline(last or 1).total)
        return max(1, min(max(STRETCH, self._run.spacing), affordable))

    def _span(self, first: int, last: int) -> tuple[int, int]:
        """The part of some iterations outside of which no condition can be true."""
        if self._anywhere:
            return first, last
        low = min(condition.first for condition in self._conditions)
        high = max(condition.last for condition in self._conditions)
        return int(max(first, low)), int(min(last, high))

    def _look(self, first: int, last: int, work: Work, done: int) -> Iterator[tuple[int, bool]]:
        """Iterations `first` to `last`, each with whether there can be a hit in it."""
        if self._needs is not Needs.PASS:
            yield from self._look_at_losses(first, last, work, done)
            return
        for number in range(first, last + 1):
            work.at(done + number - first)
            self._spend(PER_ITERATION[self._needs], number)
            iteration = self._run.iteration(number)
            yield number, self._anywhere or any(c.possible(iteration) for c in self._conditions)

    def _look_at_losses(
        self, first: int, last: int, work: Work, done: int
    ) -> Iterator[tuple[int, bool]]:
        """Iterations `first` to `last`, each with whether number and loss allow a hit."""
        back = max((condition.back for condition in self._conditions), default=0)
        start, many = first, 1
        while start <= last:
            end = min(start + many - 1, last)
            begin = max(1, start - back)
            known = self._run.losses.exact  # what one search has found costs the next nothing
            losses = np.full(end - begin + 1, np.nan)
            if self._needs is Needs.LOSS:
                for at, loss in enumerate(self._run.walk_losses(begin, end)):
                    work.at(done + max(begin + at, start) - first)
                    losses[at] = loss
            found = np.full(len(losses), self._anywhere)
            for condition in self._conditions:
                found |= condition.possible_among(begin, losses)
            for number in range(start, end + 1):
                work.at(done + number - first)
                if self._needs is Needs.NUMBER or number <= known:
                    self._left -= PER_ITERATION[Needs.NUMBER]
                else:
                    self._spend(PER_ITERATION[self._needs], number)
                yield number, bool(found[number - begin])
            start, many = end + 1, min(2 * many, MANY)

    def _hit_in(self, iteration: int, *, after: int = 0, before: int | None = None) -> Hit | None:
        """The first hit of an iteration after a tick, or the last one before a tick."""
        found: list[tuple[int, Breakpoint]] = []
        if self._conditions:
            self._spend(EXACT_SEARCH, iteration)
        for breakpoint in self._breakpoints:
            hits = self._hits(breakpoint, iteration)
            at = bisect_right(hits, after) if before is None else bisect_left(hits, before) - 1
            if 0 <= at < len(hits):
                found.append((hits[at], breakpoint))
        if not found:
            return None
        ticks = [tick for tick, _ in found]
        tick = min(ticks) if before is None else max(ticks)
        return Hit(Instant(iteration, tick), tuple(b for at, b in found if at == tick))

    def _spend(self, cost: int, iteration: int) -> None:
        if self._needs is not Needs.NUMBER:
            cost += self._run.timeline(iteration).total
        self._left -= cost

    def _hits(self, breakpoint: Breakpoint, iteration: int) -> Sequence[int]:
        """The ticks of an iteration at which a breakpoint hits, ascending."""
        timeline = self._run.timeline(iteration)
        if breakpoint.target is Target.CONDITION:
            return self._becomes_true(breakpoint.condition, iteration, timeline)
        written = write_ticks(breakpoint, timeline, lambda: self._run.iteration(iteration))
        if not breakpoint.condition:
            return [ticks[0] for ticks in written]
        found = (self._first_in(ticks, breakpoint.condition, iteration) for ticks in written)
        return [tick for tick in found if tick is not None]

    def _first_in(self, ticks: Sequence[int], condition: str, iteration: int) -> int | None:
        """The first tick of a stretch at which a condition is true; None if it never is there."""

        def holds(tick: int) -> bool:
            return bool(self._truth(Instant(iteration, tick), condition))

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
        before = bool(self._truth(Instant(iteration, end), condition))
        if before:
            tick = self._first_true(condition, iteration, end)
            if tick > 1 or not self._true_before(iteration, condition):
                hits.append(tick)
        for tick in range(end + 1, timeline.total + 1):
            now = bool(self._truth(Instant(iteration, tick), condition))
            if now and not before:
                hits.append(tick)
            before = now
        return hits

    def _first_true(self, condition: str, iteration: int, end: int, *, false_at: int = 0) -> int:
        """The first tick after `false_at` at which a condition is true that is so at `end`."""

        def holds(tick: int) -> bool:
            return bool(self._truth(Instant(iteration, tick), condition))

        return bisect_left(range(end), True, false_at + 1, end, key=holds)

    def _true_before(self, iteration: int, condition: str) -> bool:
        """Whether a condition was true before an iteration's first tick."""
        before = FIRST if iteration == 1 else normalized(self._run, Instant(iteration, 0))
        return bool(self._truth(before, condition))


def write_ticks(
    breakpoint: Breakpoint, timeline: Timeline, recorded: Callable[[], Iteration]
) -> list[Sequence[int]]:
    """The ticks that write what a breakpoint is on, a row for each time that this begins.

    `recorded` gives the iteration, for those that need more than its timeline.

    A value has one tick, a gradient all those of each edge into it, a parameter its update lines,
    a cell of a gradient its terms on each edge.
    """
    graph = timeline.graph
    nodes = nodes_labelled(graph, breakpoint.node)
    if breakpoint.target is Target.EDGE:
        ends = nodes_labelled(graph, breakpoint.operand)
        out = (edge for node in nodes for edge in graph.out_of.get(node, ()))
        meant = (edge for edge in out if edge.operand in ends)
        return sorted(ticks_of_edges(timeline, meant, breakpoint.cell), key=itemgetter(0))
    into = [edge for node in nodes for edge in graph.into.get(node, ())]
    seed = [[timeline.forward + 1]] * (graph.loss in nodes)
    if breakpoint.target is Target.CELL and (into or seed):
        return sorted([*seed, *ticks_of_edges(timeline, into, breakpoint.cell)], key=itemgetter(0))
    rows: list[Sequence[int]] = [[at] for at in map(timeline.forward_tick, nodes) if at]
    rows += [*seed, *ticks_of_edges(timeline, into)]
    if timeline.updates and any(graph.nodes[n].kind is Kind.PARAMETER for n in nodes):
        # The updates are what the recorded iteration says they are.
        updates = enumerate(recorded().updates)
        lines = [
            line for line, update in updates if update.parameter in nodes and not update.shared
        ]
        rows += [[timeline.update_tick(line) for line in lines]] * bool(lines)
    return sorted(rows, key=itemgetter(0))


def ticks_of_edges(
    timeline: Timeline, edges: Iterable[Edge], cell: Index | None = None
) -> list[Sequence[int]]:
    """The ticks of each edge that has any, or those of one cell of its operand."""
    return list(filter(None, (edge_ticks(timeline, edge, cell) for edge in edges)))


def edge_ticks(timeline: Timeline, edge: Edge, cell: Index | None = None) -> range:
    """The ticks of an edge, or of one cell of its operand; empty where the edge has no such cell.

    The last batch of an epoch may have fewer cells.
    """
    start, end = timeline.edge_span(edge.index)
    if cell is not None:
        shape = timeline.graph.nodes[edge.operand].shape
        if any(at >= extent for at, extent in zip(cell, shape, strict=True)):
            return range(0)
        first, last = timeline.graph.index_map(edge).span(ravel(cell, shape))
        start, end = start + first, start + last
    return range(start + 1, end + 1)
