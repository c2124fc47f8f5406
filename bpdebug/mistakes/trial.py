"""A trial: the backward pass with some changes, held against the numbers that were handed in.

Where an array was handed in and differs, the trial goes on with *their* array, since that is what
their program went on with. So every array is judged given what came in, an error is accused once,
and what lies beyond does not hide a second one. A trial starts from another one, its base, and
computes only what its changes reach; as soon as it spoils an array that was right it ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.graph import Edge, Kind
from bpdebug.mistakes.handed import Quantity
from bpdebug.mistakes.mistake import Change, EdgeRule, Impossible, NodeRule, Passed
from bpdebug.mistakes.stage import Stage
from bpdebug.ops import Array, Carries
from bpdebug.ops.maps.index_map import Flat, picked
from bpdebug.optimizer import Updater
from bpdebug.records import record, replace

if TYPE_CHECKING:
    from bpdebug.mistakes.bench import Bench

NOISE = 4.0
"""How many roundings each operation is taken to make while rounding is tried out."""
FEW = 64
"""Of a large leaf's gradient so many cells are computed first."""
UPDATED = (Quantity.NEW, Quantity.CHANGE)


@record
class Trial:
    """What a backward pass with some changes computes, and which handed arrays it explains."""

    changes: tuple[Change, ...]
    stages: tuple[Stage, ...]
    predicted: Mapping[int, Array]
    """By number of the handed array, what this program would have written."""
    missed: frozenset[int]
    """The handed arrays that differ from it."""


class Spoiled(Exception):  # noqa: N818 - it is an answer, not an error
    """A trial misses an array that it must explain."""


class TrialRun:
    """A trial under way."""

    def __init__(
        self,
        bench: Bench,
        changes: tuple[Change, ...],
        base: Trial | None,
        strict: frozenset[int] | None,
        noise: np.random.Generator | None,
        assumed: frozenset[int] | None,
    ) -> None:
        self.bench, self.changes, self.base = bench, changes, base
        self.strict, self.noise, self.assumed = strict, noise, assumed
        self.edges: dict[int, EdgeRule] = {}
        self.nodes: dict[int, list[NodeRule]] = {}
        for change in changes:
            if not (self.edges.keys().isdisjoint(change.edges)):
                raise Impossible
            self.edges |= change.edges
            for node, rule in change.nodes.items():
                self.nodes.setdefault(node, []).append(rule)
        self.whole = next((change.whole for change in changes if change.whole), None)
        self.accumulates = any(change.accumulates for change in changes)
        self.predicted: dict[int, Array] = dict(base.predicted) if base else {}
        self.missed: set[int] = set(base.missed) if base else set()

    def run(self) -> Trial:
        """All iterations up to the last that was handed in."""
        run = self.bench.run
        stages: list[Stage] = []
        parameters = dict(run.problem.parameters)
        states = run.problem.first_states()
        for number in range(1, self.bench.last + 1):
            stage = self.begin(number, parameters, states)
            before = stages[-1] if stages else None
            self.backward(stage, before)
            if self.bench.needs_update(number):
                self.update(stage)
            stages.append(stage)
            parameters, states = stage.after, stage.states_after
        return Trial(self.changes, tuple(stages), self.predicted, frozenset(self.missed))

    def of_base(self, number: int) -> Stage | None:
        """The base's stage of an iteration; None without a base."""
        return self.base.stages[number - 1] if self.base else None

    def judge(self, number: int, predicted: Array) -> Array | None:
        """Hold a prediction against a handed array; returns theirs where it differs."""
        self.predicted[number] = predicted
        differs = (
            number in self.assumed
            if self.assumed is not None
            else not self.bench.fits(number, predicted)
        )
        if not differs:
            self.missed.discard(number)
            return None
        if self.strict is not None and number in self.strict:
            raise Spoiled
        self.missed.add(number)
        theirs = self.bench.handed[number].values
        usable = theirs.shape == np.shape(predicted) and np.all(np.isfinite(theirs))
        return self.rounded(number, theirs) if usable else None

    def rounded(self, number: int, theirs: Array) -> Array:
        """Their array, moved as its last printed digit allows while rounding is tried out."""
        if self.noise is None:
            return theirs
        width = self.bench.handed[number].precision.rounding(theirs)
        return self.of_kind(theirs + width * self.noise.uniform(-1, 1, theirs.shape))

    def of_kind(self, values: Array) -> Array:
        """A result in the run's kind of numbers, as the program would have it."""
        return np.asarray(values, dtype=self.bench.dtype)

    def perturbed(self, values: Array) -> Array:
        """A result as another order of rounding might have it."""
        if self.noise is None:
            return self.of_kind(values)
        unit = NOISE * max(one.precision.unit for one in self.bench.handed)
        return self.of_kind(values * (1.0 + unit * self.noise.standard_normal(np.shape(values))))

    # Forward.

    def begin(
        self, number: int, parameters: dict[str, Array], states: dict[str, dict[str, Array]]
    ) -> Stage:
        """An iteration with its forward values, with theirs where they differ."""
        compiled = self.bench.run.compiled(number)
        base = self.of_base(number)
        updater = self.updater(number, compiled.updater)
        if base is not None and same(parameters, base.parameters):
            values = base.values
        else:
            values = self.forward(number, parameters)
        return Stage(number, compiled.engine, updater, values, parameters, states)

    def forward(self, number: int, parameters: dict[str, Array]) -> list[Array]:
        """All values by node."""
        graph = self.bench.graphs[number - 1]
        found = self.bench.run.leaves(number, parameters)
        values: list[Array] = []
        for node in graph.nodes:
            if node.op is None:
                value = found.get(node.index, node.value)
                value = value if value is None else self.of_kind(value)
            else:
                operands = (values[i] for i in node.operands)
                value = self.of_kind(node.op.forward(*operands, **node.options))
                if node.op.carries is not Carries.MOVES:  # a transpose rounds nothing
                    value = self.perturbed(value)
            at = self.bench.index(Quantity.VALUE, number, node.index)
            theirs = self.judge(at, np.asarray(value)) if at is not None else None
            values.append(np.asarray(value) if theirs is None else theirs)
        return values

    # Backward.

    def backward(self, stage: Stage, before: Stage | None) -> None:
        """All gradients that matter, with those of the base where nothing has changed."""
        base = self.of_base(stage.number)
        graph = stage.graph
        fresh = base is None or base.values is not stage.values
        if fresh:
            stage.gradients[graph.loss] = np.ones((), self.bench.dtype)
        else:
            assert base is not None
            stage.contributions = list(base.contributions)
            stage.gradients = list(base.gradients)
            stage.written = dict(base.written)
        if self.whole is not None:
            self.through(stage, self.whole(stage), before)
            return
        dirty: set[int] = set()
        seed = self.bench.index(Quantity.GRADIENT, stage.number, graph.loss)
        if graph.loss in self.nodes or (fresh and seed is not None):
            self.settle(stage, graph.loss, [], before, base)
            dirty.add(graph.loss)
        touched: set[int] = set()
        wanted = self.bench.wanted[stage.number - 1]
        grows = self.accumulates and before is not None
        for edge, last in self.bench.order(stage.number):
            if edge.operand not in wanted:
                continue
            rule = self.edges.get(edge.index)
            if fresh or rule is not None or edge.output in dirty:
                upstream = stage.upstream(edge)
                if rule is None and self.misses(stage, edge, upstream):
                    continue
                try:
                    part = rule(stage, edge, upstream) if rule else stage.vjp(edge, upstream)
                except ValueError:
                    raise Impossible from None  # shapes that do not broadcast
                stage.contributions[edge.index] = self.perturbed(part)
                touched.add(edge.operand)
            if not last:
                continue
            node = edge.operand
            change = node in self.nodes
            leaf = graph.nodes[node].kind is Kind.PARAMETER
            if fresh or node in touched or change or (grows and leaf):
                parts = [
                    (e, given)
                    for e in graph.into[node]
                    if (given := stage.contributions[e.index]) is not None
                ]
                if self.settle(stage, node, parts, before, base):
                    dirty.add(node)

    def misses(self, stage: Stage, edge: Edge, upstream: Array) -> bool:
        """True where a few cells of a large leaf's gradient show that it is missed.

        The gradient is taken as handed in then, and not computed.
        """
        node = edge.operand
        at = self.bench.index(Quantity.GRADIENT, stage.number, node)
        quick = self.assumed is None and self.noise is None and self.base is not None
        if at is None or not quick or edge.of > 1 or node in self.nodes or self.accumulates:
            return False
        theirs, shape = self.bench.handed[at].values, stage.graph.nodes[node].shape
        large = prod(shape) > FEW * FEW and stage.graph.nodes[node].op is None
        if not large or theirs.shape != shape or not np.all(np.isfinite(theirs)):
            return False
        if self.bench.fits_few(at, sample(stage, edge, upstream, self.bench.few(at))):
            return False
        if self.strict is not None and at in self.strict:
            raise Spoiled
        self.missed.add(at)
        self.predicted.pop(at, None)
        stage.gradients[node] = theirs
        return True

    def settle(
        self,
        stage: Stage,
        node: int,
        parts: list[tuple[Edge, Array]],
        before: Stage | None,
        base: Stage | None,
    ) -> bool:
        """Make a node's gradient of its contributions and judge it.

        Returns False where what is passed on is as in the base.
        """
        found = self.made(stage, node, parts)
        if self.accumulates and before is not None:
            found = self.accumulated(stage, node, found, before)
        kept = self.of_kind(found.kept if isinstance(found, Passed) else found)
        onward = self.of_kind(found.onward) if isinstance(found, Passed) else kept
        at = self.bench.index(Quantity.GRADIENT, stage.number, node)
        stage.written.pop(node, None)
        if at is not None:
            theirs = self.judge(at, kept)
            if theirs is not None:
                kept = onward = theirs
                if base is not None and at in self.base.missed:  # type: ignore[union-attr]
                    stage.gradients[node] = base.gradients[node]
                    return base.values is not stage.values
        stage.gradients[node] = onward
        if kept is not onward:
            stage.written[node] = kept
        return True

    def made(self, stage: Stage, node: int, parts: list[tuple[Edge, Array]]) -> Array | Passed:
        """A node's gradient of its contributions, by one rule after the other."""
        rules = self.nodes.get(node)
        if not rules:
            return np.ones((), self.bench.dtype) if node == stage.graph.loss else total(parts)
        try:
            found = rules[0](stage, node, parts)
            for rule in rules[1:]:
                if isinstance(found, Passed) or not parts:
                    raise Impossible
                found = rule(stage, node, [(parts[0][0], found)])
        except ValueError:
            raise Impossible from None  # shapes that do not broadcast
        return found

    def accumulated(
        self, stage: Stage, node: int, found: Array | Passed, before: Stage
    ) -> Array | Passed:
        """A parameter's gradient with those of earlier iterations still in it."""
        earlier = before.gradient(node)
        if stage.graph.nodes[node].kind is not Kind.PARAMETER or earlier is None:
            return found
        if isinstance(found, Passed):
            return Passed(found.kept + earlier, found.onward)
        if np.shape(found) != np.shape(earlier):
            raise Impossible
        return np.asarray(found + earlier)

    def through(self, stage: Stage, found: Mapping[int, Array], before: Stage | None) -> None:
        """Take the gradients of a pass that goes through the graph in another way."""
        for node, gradient in found.items():
            into = stage.graph.into.get(node, stage.graph.edges)
            self.settle(stage, node, [(into[0], gradient)], before, None)

    # Update.

    def updater(self, number: int, right: Updater) -> Updater:
        """The updater of an iteration, with changed rules where a change says so."""
        rules = [change.update for change in self.changes if change.update]
        if not rules:
            return right
        problem = self.bench.run.problem
        main = problem.rule
        if main is not None:
            main = replace(main, settings={**main.settings, **problem.settings})
        rights = {name: problem.own_rules.get(name, main) for name in problem.rules}
        own = {name: rule for name, rule in rights.items() if rule is not None}
        for rule in rules:
            own = {name: rule(name, old) for name, old in own.items()}
        if main is not None and any("{squares}" in line.text for line in main.shared):
            # The norm of all gradients together needs all parameters in one group.
            for rule in rules:
                main = rule("", main)
            own = {name: own[name] for name in problem.own_rules}
        settings = main.settings if main is not None else {}
        changed = replace(problem, rule=main, settings=settings, own_rules=own)
        return changed.updater(self.bench.graphs[number - 1])

    def update(self, stage: Stage) -> None:
        """Update the parameters and judge the new ones."""
        gradients = [stage.gradient(i) for i in range(len(stage.gradients))]
        graph = stage.graph
        for group in stage.updater.groups:
            for _, node, _ in group.members:
                found = gradients[node]
                if found is None:
                    raise Impossible
                try:
                    # A gradient that is summed too far is broadcast by the update.
                    gradients[node] = np.broadcast_to(found, graph.nodes[node].shape)
                except ValueError:
                    raise Impossible from None
        after, states = stage.updater.advance(
            stage.parameters, gradients, stage.states, stage.number
        )
        stage.states_after = states
        for name, value in after.items():
            node = graph.names[name]
            for quantity in UPDATED:
                at = self.bench.index(quantity, stage.number, node)
                if at is None:
                    continue
                old = stage.parameters[name]
                moved = value if quantity is Quantity.NEW else value - old
                theirs = self.judge(at, moved)
                if theirs is not None:
                    after[name] = theirs if quantity is Quantity.NEW else old + theirs
        stage.after = after


def sample(stage: Stage, edge: Edge, upstream: Array, cells: Flat) -> Array:
    """Some cells of an edge's contribution, by their flat positions."""
    index_map = stage.index_map(edge)
    if np.shape(upstream) != index_map.upstream_shape:
        raise Impossible
    terms = index_map.terms_of(cells)
    local = picked(stage.local(edge), index_map.local_shape, terms.local)
    factors = np.asarray(upstream).reshape(-1)[terms.upstream] * local
    found: Array = np.bincount(terms.owner, factors, len(terms.begin) - 1).astype(np.float64)
    return found


def total(parts: Sequence[tuple[Edge, Array]]) -> Array:
    """The sum of contributions, in their order."""
    if not parts:
        raise Impossible
    found = parts[0][1]
    for _, part in parts[1:]:
        if np.shape(part) != np.shape(found):
            raise Impossible
        found = found + part
    return found


def same(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Whether two sets of parameters are the same objects."""
    return all(one[name] is other[name] for name in one)
