"""Iterations: checkpoints plus replay.

Passes are deterministic, so it is enough to keep the parameters every so many iterations; any
other iteration is a checkpoint and a few replays away, and memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph import Engine, Graph, Kind, Pass
from bpdebug.ops import Array
from bpdebug.optimizer import UpdateLine, Updater
from bpdebug.run.problem import Problem
from bpdebug.trace import Timeline

CHECKPOINT_BYTES = 256 * 2**20
"""All checkpoints together stay below this."""
CHECKPOINTS = 64


@dataclass(frozen=True, slots=True)
class Iteration:
    """One forward pass, backward pass and update on one batch."""

    number: int
    """From 1."""
    run: Pass
    timeline: Timeline
    updates: tuple[UpdateLine, ...]
    before: Mapping[str, Array]
    """The parameters that the pass used."""
    after: Mapping[str, Array]
    """The parameters at the end of the iteration."""
    rows: tuple[int, ...] | None
    """Which rows of the data made the batch; None for all of them in order."""

    @property
    def loss(self) -> float:
        """The loss of this batch, before the update."""
        return float(self.run.values[self.run.graph.loss])


@dataclass(slots=True)
class _State:
    """Parameters and optimizer state at the start of an iteration."""

    parameters: dict[str, Array]
    states: dict[str, dict[str, Array]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    engine: Engine
    timeline: Timeline
    updater: Updater


class Run:
    """The iterations of a problem, by number, each made when it is asked for."""

    def __init__(self, problem: Problem, iterations: int | None = None) -> None:
        self.problem = problem
        self.iterations = iterations if iterations is not None else problem.iterations
        self.losses: dict[int, float] = {}
        """The loss of every iteration that has been run so far."""
        self._compiled: dict[int, _Compiled] = {}
        self._recent: dict[int, Iteration] = {}
        states = problem.first_states()
        self._checkpoints = {1: _State(dict(problem.parameters), states)}
        size = sum(np.asarray(v).nbytes for v in problem.parameters.values())
        size += sum(kept.nbytes for of in states.values() for kept in of.values())
        kept = max(2, min(CHECKPOINTS, CHECKPOINT_BYTES // max(size, 1)))
        self.spacing = max(1, -(-self.iterations // kept))
        """Iterations between two checkpoints."""
        self._trail: dict[int, _State] = {}
        """Starts of the iterations that were last replayed, for whoever goes back through them."""
        self._trail_length = min(self.spacing, CHECKPOINT_BYTES // (4 * max(size, 1)))
        self._total_rows = min((len(problem.data[n]) for n in problem.batched), default=0)
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, dtype=np.int64))
        self._latest = (1, self._checkpoints[1])
        """The iteration that comes after the last one recorded, and how it starts."""

    def iteration(self, number: int) -> Iteration:
        """Iteration `number`, 1 ≤ number ≤ iterations, from the nearest checkpoint."""
        if not 1 <= number <= self.iterations:
            raise IndexError(f"iteration {number} is outside 1 to {self.iterations}")
        found = self._recent.get(number)
        if found is None:
            found = self._record(number, self._state_at(number))
            self._recent[number] = found
            while len(self._recent) > 2:
                del self._recent[next(iter(self._recent))]
        return found

    def graph(self, number: int = 1) -> Graph:
        """The graph of an iteration; it depends on the rows of its batch only."""
        return self._compile(self._rows(number)).engine.graph

    def timeline(self, number: int = 1) -> Timeline:
        """The ticks of an iteration; like the graph, known without running it."""
        return self._compile(self._rows(number)).timeline

    def loss_of(self, iteration: Iteration, parameters: Mapping[str, Array]) -> float:
        """The loss of an iteration's batch with other values of its parameters."""
        graph = iteration.run.graph
        leaves = {
            node.index: iteration.run.values[node.index]
            for node in graph.nodes
            if node.kind in (Kind.INPUT, Kind.PARAMETER)
        }
        leaves |= {graph.names[name]: value for name, value in parameters.items()}
        compiled = self._compile(iteration.rows)
        return float(compiled.engine.forward(leaves)[graph.loss])

    def _rows(self, number: int) -> tuple[int, ...] | None:
        """The rows of iteration `number`'s batch: a seeded order, new in every epoch."""
        size, total = self.problem.batch_size, self._total_rows
        if size is None or not total or size >= total:
            return None
        per_epoch = -(-total // size)
        epoch, batch = divmod(number - 1, per_epoch)
        if self._order[0] != epoch:
            shuffled = np.random.default_rng([self.problem.seed, epoch]).permutation(total)
            self._order = (epoch, shuffled)
        return tuple(self._order[1][batch * size : (batch + 1) * size].tolist())

    def _compile(self, rows: tuple[int, ...] | None) -> _Compiled:
        key = -1 if rows is None else len(rows)
        if key not in self._compiled:
            problem = self.problem
            graph = problem.build(None if rows is None else len(rows))
            updater = problem.updater(graph)
            self._compiled[key] = _Compiled(Engine(graph), Timeline(graph, updater.ticks), updater)
        return self._compiled[key]

    def _pass(self, compiled: _Compiled, state: _State, rows: tuple[int, ...] | None) -> Pass:
        names = compiled.engine.graph.names
        leaves = {names[name]: value for name, value in state.parameters.items()}
        for name, value in self.problem.data.items():
            cut = rows is not None and name in self.problem.batched
            leaves[names[name]] = value[list(rows)] if cut and rows is not None else value
        return compiled.engine.run(leaves)

    def _record(self, number: int, state: _State) -> Iteration:
        rows = self._rows(number)
        compiled = self._compile(rows)
        run = self._pass(compiled, state, rows)
        updates, after = self._update(compiled, run, state, number)
        iteration = Iteration(
            number,
            run,
            compiled.timeline,
            updates,
            dict(state.parameters),
            after.parameters,
            rows,
        )
        self.losses[number] = iteration.loss
        self._latest = (number + 1, after)
        return iteration

    def _update(
        self, compiled: _Compiled, run: Pass, state: _State, number: int
    ) -> tuple[tuple[UpdateLine, ...], _State]:
        lines, parameters, states = compiled.updater.record(
            state.parameters, run.gradients, state.states, number
        )
        return lines, _State(parameters, states)

    def _state_at(self, number: int) -> _State:
        """The nearest state known before an iteration, replayed up to its start."""
        if number in self._trail:
            return self._trail[number]
        start = max(at for at in self._checkpoints if at <= number)
        state = self._checkpoints[start]
        latest, latest_state = self._latest
        if start < latest <= number:
            start, state = latest, latest_state
            self._keep(start, state)
        trail = {}
        for at in range(start, number):
            rows = self._rows(at)
            compiled = self._compile(rows)
            run = self._pass(compiled, state, rows)
            self.losses[at] = float(run.values[run.graph.loss])
            state = self._advance(compiled, run, state, at)
            self._keep(at + 1, state)
            if number - at <= self._trail_length:
                trail[at + 1] = state
        if len(trail) > 1:
            self._trail = trail
        return state

    def _keep(self, number: int, state: _State) -> None:
        """Make a checkpoint of the start of an iteration when its turn has come."""
        if (number - 1) % self.spacing == 0:
            self._checkpoints[number] = state

    def _advance(self, compiled: _Compiled, run: Pass, state: _State, number: int) -> _State:
        """What `_update` does, without a record of it."""
        return _State(
            *compiled.updater.advance(state.parameters, run.gradients, state.states, number)
        )
