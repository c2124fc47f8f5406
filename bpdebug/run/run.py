"""Iterations: checkpoints plus replay.

Carries are deterministic, so it is enough to keep the parameters every so many iterations; any
other iteration is a checkpoint and a few replays away, and memory stays bounded. A lock lets a
single thread compute; an `Iteration` never changes, so other threads may go on showing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from threading import Lock, RLock

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph import Edge, Engine, Graph, Kind, RecordedPass
from bpdebug.graph.indices import bound_map, moved_values
from bpdebug.ops import Array, IndexMap
from bpdebug.optimizer import UpdateLine, Updater
from bpdebug.records import record
from bpdebug.run.checkpoints import Checkpoints, IterationStart
from bpdebug.run.problem import Problem
from bpdebug.run.progress import ProgressReport, Work
from bpdebug.run.series import EXACT, Series
from bpdebug.ticks import Ruler, Timeline

TIMELINES = 8
"""How many timelines are cached, where each batch has its own."""
RECENT = 2
"""How many recorded iterations are cached whole: the current iteration and the previous."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Iteration:
    """A recorded forward pass, backward pass and update on a batch. Equal only to itself."""

    number: int
    """The number of the iteration, from 1."""
    recorded: RecordedPass
    timeline: Timeline
    updates: tuple[UpdateLine, ...]
    before: Mapping[str, Array]
    """The parameters that the pass used, by name."""
    after: Mapping[str, Array]
    """The parameters at the end of the iteration, by name."""
    rows: tuple[int, ...] | None
    """Which rows of the data made the batch; None for all of them in order."""

    @property
    def loss(self) -> float:
        """The loss of this batch, before the update."""
        return float(self.recorded.values[self.recorded.graph.loss])


@record
class Compiled:
    """A graph for batches of one size, ready to run."""

    engine: Engine
    timeline: Timeline
    updater: Updater


class Run:
    """The iterations of a problem, by number, each made when it is asked for."""

    def __init__(self, problem: Problem, iterations: int | None = None) -> None:
        self.problem = problem
        self.iterations = iterations if iterations is not None else problem.iterations
        self.progress: ProgressReport | None = None
        """Called as long work proceeds; may raise `Cancelled` (see `bpdebug.run.progress`)."""
        self.losses = Series(self.iterations, EXACT)
        """The losses of the iterations that have been run so far."""
        self._compiled: dict[int, Compiled] = {}
        self._recent: dict[int, Iteration] = {}
        self._timelines: dict[int, Timeline] = {}
        """The last timelines that were asked for, where each batch has its own."""
        self._lock = RLock()
        self._timelines_lock = Lock()
        first = IterationStart(dict(problem.parameters), problem.first_states())
        self._checkpoints = Checkpoints(first, self.iterations)
        self._total_rows = min((len(problem.data[n]) for n in problem.batched), default=0)
        size = problem.batch_size
        self._most_rows = size if size is not None and size < self._total_rows else None
        """Rows of a whole batch; None where every iteration uses all rows in order."""
        self.per_epoch = -(-self._total_rows // self._most_rows) if self._most_rows else 1
        """How many iterations make an epoch; 1 where every iteration uses all rows."""
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, dtype=np.int64))

    @property
    def spacing(self) -> int:
        """Iterations between two checkpoints: no iteration is more passes away than this."""
        return self._checkpoints.spacing

    def iteration(self, number: int) -> Iteration:
        """Iteration `number`, 1 ≤ number ≤ iterations, from the nearest checkpoint."""
        if not 1 <= number <= self.iterations:
            raise IndexError(f"iteration {number} is outside 1 to {self.iterations}")
        iteration = self._recent.get(number)
        if iteration is None:
            with self._lock:
                iteration = self._record(number, self._state_at(number))
                self._recent[number] = iteration
                while len(self._recent) > RECENT:
                    del self._recent[next(iter(self._recent))]
        return iteration

    def passes_to(self, number: int) -> int:
        """How many passes iteration `number` costs now; 0 where it is cached."""
        if number in self._recent:
            return 0
        return number - self._checkpoints.nearest(number)[0] + 1

    def walk(self, first: int, last: int) -> Iterator[Iteration]:
        """Iterations `first` to `last`, each run once."""
        for number in range(first, last + 1):
            yield self.iteration(number)

    def walk_losses(self, first: int, last: int) -> Iterator[float]:
        """The losses of iterations `first` to `last`, without recording them."""
        for number in range(first, last + 1):
            try:
                loss = self.losses[number]
            except KeyError:
                with self._lock:
                    loss, _ = self._replay(number, self._state_at(number))
            yield loss

    def graph(self, number: int = 1) -> Graph:
        """The graph of an iteration; it depends on the number of rows of its batch only."""
        return self.compiled(number).engine.graph

    def compiled(self, number: int = 1) -> Compiled:
        """The engine, timeline and updater of an iteration."""
        return self._compile(self.batch_size(number))

    def timeline(self, number: int = 1) -> Timeline:
        """The ticks of an iteration; like the graph, known without running it."""
        compiled = self.compiled(number)
        if not compiled.engine.graph.binding:
            return compiled.timeline
        number = number if self._most_rows is not None else 1  # else all have the same rows
        with self._timelines_lock:  # another thread may hold the other lock for long
            found = self._timelines.get(number)
            if found is None:
                found = compiled.timeline.of_batch(cache(partial(self._map_of, number)))
                while len(self._timelines) >= TIMELINES:
                    del self._timelines[next(iter(self._timelines))]
                self._timelines[number] = found
            return found

    def _map_of(self, number: int, edge: Edge) -> IndexMap:
        """An edge's index map with the cells that the indices of iteration `number` pick."""
        graph = self.graph(number)
        if edge not in graph.binding:
            return graph.index_map(edge)
        leaves = self.leaves(number, {})
        found = bound_map(
            graph.nodes, edge.output, edge.position, lambda i: moved_values(graph.nodes, i, leaves)
        )
        assert found is not None  # an edge's operand has a derivative
        return found

    def uniform(self, ruler: Ruler) -> bool:
        """True when all iterations have the same ends of a ruler: when all batches have the same
        size, and, for the ruler of cells, their data picks no cells."""
        if self._most_rows is None:
            return True
        picks = ruler is Ruler.CELL and bool(self.graph().binding)
        return self._total_rows % self._most_rows == 0 and not picks

    def batch_size(self, number: int) -> int | None:
        """How many rows iteration `number` has; None for all of them in order."""
        if self._most_rows is None:
            return None
        at = (number - 1) % self.per_epoch * self._most_rows
        return min(self._most_rows, self._total_rows - at)

    def loss_of(self, iteration: Iteration, moved: Mapping[str, Array]) -> float:
        """The loss of an iteration's batch with other values of some of its parameters."""
        graph = iteration.recorded.graph
        leaves = {
            node.index: iteration.recorded.values[node.index]
            for node in graph.nodes
            if node.kind in (Kind.INPUT, Kind.PARAMETER)
        }
        leaves |= {graph.names[name]: value for name, value in moved.items()}
        compiled = self._compile(None if iteration.rows is None else len(iteration.rows))
        return float(compiled.engine.forward(leaves)[graph.loss])

    def _rows(self, number: int) -> tuple[int, ...] | None:
        """The rows of iteration `number`'s batch: a seeded order, new in every epoch."""
        size = self._most_rows
        if size is None:
            return None
        epoch, batch = divmod(number - 1, self.per_epoch)
        shuffled_in, order = self._order
        if shuffled_in != epoch:
            order = np.random.default_rng([self.problem.seed, epoch]).permutation(self._total_rows)
            self._order = (epoch, order)
        return tuple(order[batch * size : (batch + 1) * size].tolist())

    def _compile(self, size: int | None) -> Compiled:
        key = -1 if size is None else size
        if key not in self._compiled:
            problem = self.problem
            graph = problem.build(size)
            updater = problem.updater(graph)
            engine, timeline = Engine(graph, problem.dtype), Timeline(graph, updater.ticks)
            self._compiled[key] = Compiled(engine, timeline, updater)
        return self._compiled[key]

    def _pass(
        self, compiled: Compiled, state: IterationStart, rows: tuple[int, ...] | None
    ) -> RecordedPass:
        return compiled.engine.run(self._leaves(compiled.engine.graph, state.parameters, rows))

    def leaves(self, number: int, parameters: Mapping[str, Array]) -> dict[int, Array]:
        """What iteration `number` computes from, by node: its batch, and these parameters."""
        return self._leaves(self.graph(number), parameters, self._rows(number))

    def _leaves(
        self, graph: Graph, parameters: Mapping[str, Array], rows: tuple[int, ...] | None
    ) -> dict[int, Array]:
        leaves = {graph.names[name]: value for name, value in parameters.items()}
        for name, value in self.problem.data.items():
            cut = rows is not None and name in self.problem.batched
            leaves[graph.names[name]] = value[list(rows or ())] if cut else value
        return leaves

    def _record(self, number: int, state: IterationStart) -> Iteration:
        rows, compiled = self._rows(number), self._compile(self.batch_size(number))
        recorded = self._pass(compiled, state, rows)
        updates, after, states = compiled.updater.record(
            state.parameters, recorded.gradients, state.states, number
        )
        before = dict(state.parameters)
        timeline = self.timeline(number)
        iteration = Iteration(number, recorded, timeline, updates, before, after, rows)
        self.losses.add(number, iteration.loss)
        self._checkpoints.add(number + 1, IterationStart(after, states))
        return iteration

    def _state_at(self, number: int) -> IterationStart:
        """The start of an iteration, replayed from the nearest checkpoint."""
        start, state = self._checkpoints.nearest(number)
        work = Work(self.progress, number - start)
        for at in range(start, number):
            _, state = self._replay(at, state)
            work.at(at + 1 - start)
        return state

    def _replay(self, number: int, state: IterationStart) -> tuple[float, IterationStart]:
        """Run an iteration without a record: its loss, and the start of the next."""
        compiled = self._compile(self.batch_size(number))
        recorded = self._pass(compiled, state, self._rows(number))
        loss = float(recorded.values[recorded.graph.loss])
        after = IterationStart(
            *compiled.updater.advance(state.parameters, recorded.gradients, state.states, number)
        )
        self.losses.add(number, loss)
        self._checkpoints.add(number + 1, after)
        return loss, after
