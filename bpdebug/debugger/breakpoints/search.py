"""Finding where breakpoints hit, forwards and backwards in time.

A breakpoint on a location hits by the structure of the graph alone: nothing is evaluated. A
condition, once decided, stays decided until the update, since a pass only adds values; so the tick
at which it becomes true is found by bisection. Update lines change parameters: each is evaluated. A
location with a condition hits once each time that the location is written, where the condition is
first true.

Over many iterations, a prefilter (`conditions`) first rules out iterations. A search back goes
through the iterations between two checkpoints at a time, forwards, so that each is run once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter

import numpy as np

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.breakpoints.conditions import Condition, Needs
from bpdebug.debugger.cursor import Instant, normalized
from bpdebug.expression.named import nodes_labelled
from bpdebug.graph import Edge, Kind
from bpdebug.ops import Index
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import record
from bpdebug.run import Iteration, Run
from bpdebug.run.progress import Work
from bpdebug.ticks import Timeline

BUDGET = 2_000_000_000
"""What a search may cost, in multiplications of the passes that it searches."""
PATIENT_BUDGET = 30 * BUDGET
"""What a search may cost where the user sees its progress and can cancel it."""
PER_ITERATION = {Needs.NUMBER: 500, Needs.LOSS: 50_000, Needs.ITERATION: 200_000}
"""What filtering an iteration costs besides its multiplications, by what it needs."""
EXACT_SEARCH = 350_000
"""What finding the tick in an iteration costs."""
MOST_LOSSES = 512
"""Losses that are filtered at a time, at the most."""
BACK_BATCH = 32
"""Iterations that a search back filters at a time; more where checkpoints are further apart."""

Truth = Callable[[Instant, str], bool | None]
"""Whether a condition is true at an instant; None while that is not computed yet."""


@record
class Hit:
    """Where a search ended, and the breakpoints hit there; none where its budget ended."""

    instant: Instant
    breakpoints: tuple[Breakpoint, ...] = ()


def budget(run: Run) -> int:
    """What a search through a run may cost."""
    return BUDGET if run.progress is None else PATIENT_BUDGET


class Search:
    """A search over a run for hits of the enabled breakpoints among some."""

    def __init__(self, run: Run, breakpoints: Iterable[Breakpoint], truth: Truth) -> None:
        self.run = run
        self._breakpoints = [b for b in breakpoints if b.enabled]
        self._truth = truth
        self._conditions = [
            Condition(b.condition, run, becomes=b.target is Target.CONDITION)
            for b in self._breakpoints
            if b.condition
        ]
        self._anywhere = len(self._conditions) < len(self._breakpoints)
        """True where a breakpoint without a condition hits in nearly every iteration."""
        self._needs = max((c.needs for c in self._conditions), default=Needs.NUMBER)
        self._left = budget(run)

    def ahead(self, instant: Instant, last_iteration: int | None = None) -> Hit | None:
        """The first hit after an instant, up to an iteration, or to the end; None for no hit."""
        if not self._breakpoints:
            return None
        hit = self._hit_in(instant.iteration, after=instant.position)
        if hit is not None:
            return hit
        end = self.run.iterations if last_iteration is None else last_iteration
        first, last = self._span(instant.iteration + 1, end)
        work = Work(self.run.progress, last - first + 1)
        for iteration, possible in self._filter(first, last, work, 0):
            hit = self._hit_in(iteration) if possible else None
            if hit is not None:
                return hit
            # At least one whole iteration is searched, so that repeated searches advance.
            if self._left < 0 and iteration < end:
                return Hit(Instant(iteration, self.run.timeline(iteration).total))
        return None

    def last_in(self, instant: Instant) -> int | None:
        """The tick of the last hit in an instant's iteration, up to it; None for no hit."""
        hit = self._hit_in(instant.iteration, before=instant.position + 1)
        return None if hit is None else hit.instant.position

    def behind(self, instant: Instant, first_iteration: int = 1) -> Hit | None:
        """The last hit before an instant, down to an iteration; None for no hit."""
        if not self._breakpoints:
            return None
        hit = self._hit_in(instant.iteration, before=instant.position)
        if hit is not None:
            return hit
        first, last = self._span(first_iteration, instant.iteration - 1)
        total = last - first + 1
        work = Work(self.run.progress, total)
        at_once = 1 if self._anywhere else self._batch_size(last)
        while last >= first:
            start = last - at_once + 1
            if at_once >= self.run.spacing:
                start -= (start - 1) % self.run.spacing  # where there is a checkpoint
            start = max(first, start)
            filtered = self._filter(start, last, work, total - (last - first + 1))
            for iteration in reversed([number for number, possible in filtered if possible]):
                # Its last tick is the end of the iteration, which counts as passed.
                hit = self._hit_in(iteration, before=self.run.timeline(iteration).total + 1)
                if hit is not None:
                    return hit
            if self._left < 0 and start > first_iteration:
                return Hit(Instant(start, 1))
            last = start - 1
        return None

    def _batch_size(self, last: int) -> int:
        """How many iterations a search back filters at a time, within its budget."""
        affordable = BUDGET // (PER_ITERATION[self._needs] + self.run.timeline(last or 1).total)
        return max(1, min(max(BACK_BATCH, self.run.spacing), affordable))

    def _span(self, first: int, last: int) -> tuple[int, int]:
        """The first and the last of some iterations in which a condition can be true."""
        if self._anywhere:
            return first, last
        low = min(condition.first for condition in self._conditions)
        high = max(condition.last for condition in self._conditions)
        return int(max(first, low)), int(min(last, high))

    def _filter(self, first: int, last: int, work: Work, done: int) -> Iterator[tuple[int, bool]]:
        """Iterations `first` to `last`, each with False where it holds no hit for sure."""
        if self._needs is not Needs.ITERATION:
            yield from self._filter_by_loss(first, last, work, done)
            return
        for number in range(first, last + 1):
            work.at(done + number - first)
            self._spend(PER_ITERATION[self._needs], number)
            iteration = self.run.iteration(number)
            yield number, self._anywhere or any(c.possible(iteration) for c in self._conditions)

    def _filter_by_loss(
        self, first: int, last: int, work: Work, done: int
    ) -> Iterator[tuple[int, bool]]:
        """Iterations `first` to `last`, each with whether its number and loss allow a hit."""
        back = max((condition.back for condition in self._conditions), default=0)
        start, size = first, 1
        while start <= last:
            end = min(start + size - 1, last)
            begin = max(1, start - back)
            cached = self.run.losses.exact  # losses of earlier searches cost nothing
            losses = np.full(end - begin + 1, np.nan)
            if self._needs is Needs.LOSS:
                for at, loss in enumerate(self.run.walk_losses(begin, end)):
                    work.at(done + max(begin + at, start) - first)
                    losses[at] = loss
            possible = np.full(len(losses), self._anywhere)
            for condition in self._conditions:
                possible |= condition.possible_among(begin, losses)
            for number in range(start, end + 1):
                work.at(done + number - first)
                if self._needs is Needs.NUMBER or number <= cached:
                    self._left -= PER_ITERATION[Needs.NUMBER]
                else:
                    self._spend(PER_ITERATION[self._needs], number)
                yield number, bool(possible[number - begin])
            start, size = end + 1, min(2 * size, MOST_LOSSES)

    def _hit_in(self, iteration: int, *, after: int = 0, before: int | None = None) -> Hit | None:
        """The first hit of an iteration after a tick, or the last one before a tick."""
        hits: list[tuple[int, Breakpoint]] = []
        if self._conditions:
            self._spend(EXACT_SEARCH, iteration)
        for breakpoint in self._breakpoints:
            ticks = self._hits(breakpoint, iteration)
            at = bisect_right(ticks, after) if before is None else bisect_left(ticks, before) - 1
            if 0 <= at < len(ticks):
                hits.append((ticks[at], breakpoint))
        if not hits:
            return None
        tick, _ = (min if before is None else max)(hits, key=itemgetter(0))
        return Hit(Instant(iteration, tick), tuple(b for at, b in hits if at == tick))

    def _spend(self, cost: int, iteration: int) -> None:
        if self._needs is not Needs.NUMBER:
            cost += self.run.timeline(iteration).total
        self._left -= cost

    def _hits(self, breakpoint: Breakpoint, iteration: int) -> Sequence[int]:
        """The ticks of an iteration at which a breakpoint hits, ascending."""
        timeline = self.run.timeline(iteration)
        if breakpoint.target is Target.CONDITION:
            return self._becomes_true(breakpoint.condition, iteration, timeline)
        written = write_ticks(breakpoint, timeline, lambda: self.run.iteration(iteration))
        if not breakpoint.condition:
            return [ticks[0] for ticks in written]
        first = (self._first_in(ticks, breakpoint.condition, iteration) for ticks in written)
        return [tick for tick in first if tick is not None]

    def _first_in(self, ticks: Sequence[int], condition: str, iteration: int) -> int | None:
        """The first of a write's ticks at which a condition is true; None for none of them."""
        holds = partial(self._holds, condition, iteration)
        if ticks[0] > self.run.timeline(iteration).backward_end:
            return next(filter(holds, ticks), None)
        if not holds(ticks[-1]):
            return None
        if len(ticks) == 1 or holds(ticks[0]):
            return ticks[0]
        return self._first_true(condition, iteration, ticks[-1], false_at=ticks[0])

    def _becomes_true(self, condition: str, iteration: int, timeline: Timeline) -> list[int]:
        """The ticks of an iteration at which a condition becomes true, ascending."""
        hits = []
        end = timeline.backward_end
        before = self._holds(condition, iteration, end)
        if before:
            tick = self._first_true(condition, iteration, end)
            if tick > 1 or not self._holds(condition, iteration, 0):
                hits.append(tick)
        for tick in range(end + 1, timeline.total + 1):
            now = self._holds(condition, iteration, tick)
            if now and not before:
                hits.append(tick)
            before = now
        return hits

    def _first_true(self, condition: str, iteration: int, end: int, *, false_at: int = 0) -> int:
        """The first tick after `false_at` at which a condition, true at `end`, is true."""
        holds = partial(self._holds, condition, iteration)
        return bisect_left(range(end), True, false_at + 1, end, key=holds)

    def _holds(self, condition: str, iteration: int, tick: int) -> bool:
        """Whether a condition is true after a tick; for tick 0, where the iteration begins."""
        return bool(self._truth(normalized(self.run, Instant(iteration, tick)), condition))


def write_ticks(
    breakpoint: Breakpoint, timeline: Timeline, recorded: Callable[[], Iteration]
) -> list[Sequence[int]]:
    """The ticks that write a breakpoint's location, a row for each write, ascending.

    A group has a row for each time that it is entered: with the tick before it.

    A value has a row with a single tick. A gradient has a row for each edge into it, and a cell of
    a gradient a row for each edge that has terms of the cell. A parameter also has a row with its
    update lines, which are read from the iteration that `recorded` returns.
    """
    graph = timeline.graph
    if breakpoint.target is Target.GROUP:
        spans = timeline.spans.of(breakpoint.node, backward=True)
        return [[span.start] for span in spans if span.end > span.start]
    nodes = nodes_labelled(graph, breakpoint.node)
    if breakpoint.target is Target.EDGE:
        ends = nodes_labelled(graph, breakpoint.operand)
        out = (edge for node in nodes for edge in graph.out_of.get(node, ()))
        joining = (edge for edge in out if edge.operand in ends)
        return sorted(ticks_of_edges(timeline, joining, breakpoint.cell), key=itemgetter(0))
    into = [edge for node in nodes for edge in graph.into.get(node, ())]
    seed = [[timeline.forward + 1]] * (graph.loss in nodes)
    if breakpoint.target is Target.CELL and (into or seed):
        return sorted([*seed, *ticks_of_edges(timeline, into, breakpoint.cell)], key=itemgetter(0))
    rows: list[Sequence[int]] = [[at] for at in map(timeline.forward_tick, nodes) if at]
    rows += [*seed, *ticks_of_edges(timeline, into)]
    if timeline.updates and any(graph.nodes[n].kind is Kind.PARAMETER for n in nodes):
        # Only the recorded iteration knows which update lines it executed.
        updates = enumerate(recorded().updates)
        lines = [
            line for line, update in updates if update.parameter in nodes and not update.shared
        ]
        rows += [[timeline.update_tick(line) for line in lines]] * bool(lines)
    return sorted(rows, key=itemgetter(0))


def ticks_of_edges(
    timeline: Timeline, edges: Iterable[Edge], cell: Index | None = None
) -> list[Sequence[int]]:
    """The ticks of each edge, or of a cell of its operand; no row for an edge without any."""
    return list(filter(None, (edge_ticks(timeline, edge, cell) for edge in edges)))


def edge_ticks(timeline: Timeline, edge: Edge, cell: Index | None = None) -> range:
    """The ticks of an edge, or of a cell of its operand; empty where it has no such cell.

    The last batch of an epoch may have fewer cells.
    """
    start, end = timeline.edge_span(edge.index)
    if cell is not None:
        shape = timeline.graph.nodes[edge.operand].shape
        if any(at >= extent for at, extent in zip(cell, shape, strict=True)):
            return range(0)
        first, last = timeline.index_map(edge).span(ravel(cell, shape))
        start, end = start + first, start + last
    return range(start + 1, end + 1)
