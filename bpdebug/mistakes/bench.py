"""The bench: a run and the numbers that were handed in, on which trials are made.

It knows which arrays differ, and how far rounding may move each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import prod

import numpy as np

from bpdebug.graph import Edge, Graph, Kind
from bpdebug.mistakes.handed import SINGLE, Handed, Quantity
from bpdebug.mistakes.mistake import Change, Impossible
from bpdebug.mistakes.trial import FEW, UPDATED, Spoiled, Trial, TrialRun
from bpdebug.ops import FLOAT64, Array, of_dtype
from bpdebug.ops.maps.index_map import Flat
from bpdebug.run import Run

TIGHT, TIGHT_SINGLE = 1e-9, 1e-5
"""Differences up to this part of an array's largest entry are rounding, in float64 and float32."""
CALL = 10_000
NOISE_RUNS = 3
"""How often rounding is tried out."""
SLACK = 8.0
"""A difference up to so many times the largest that rounding made when it was tried out is
rounding."""


class Bench:
    """What trials are made on: a run, and the numbers that were handed in."""

    def __init__(self, run: Run, handed: Sequence[Handed]) -> None:
        self.run = run
        self.dtype = run.problem.dtype
        """The kind of numbers that trials compute in: the run's."""
        self.handed = tuple(one.beside(self.dtype) for one in handed)
        self.last = max(one.iteration for one in handed)
        self.count = 0
        """How many trials were made."""
        self._at: dict[tuple[Quantity, int, int], int] = {
            (one.quantity, one.iteration, one.node): number for number, one in enumerate(handed)
        }
        self._updated = {one.iteration for one in handed if one.quantity in UPDATED}
        self._old = {number: run.iteration(number).before for number in self._updated}
        self._scale = max(
            (largest(one.values) for one in handed if one.quantity is Quantity.GRADIENT),
            default=0.0,
        )
        self._few: dict[int, Flat] = {}
        self._widest: dict[int, float] = {}
        self._slack: dict[int, Array] = {}
        self.graphs = [run.graph(number) for number in range(1, self.last + 1)]
        self._orders: dict[int, list[tuple[Edge, bool]]] = {}
        self.wanted = [self._leads_to_handed(number) for number in range(1, self.last + 1)]
        self.base = self.trial(())
        self._try_rounding()
        self.base = self.trial(())  # now that it is known how far rounding goes

    @property
    def graph(self) -> Graph:
        """The graph of the first iteration."""
        return self.graphs[0]

    def needs_update(self, number: int) -> bool:
        """True where an update tells on an array that was handed in."""
        return number < self.last or number in self._updated

    def _leads_to_handed(self, number: int) -> frozenset[int]:
        """The nodes whose gradient matters for an array that was handed in."""
        graph = self.graphs[number - 1]
        wanted = {
            one.node
            for one in self.handed
            if one.quantity is Quantity.GRADIENT and one.iteration == number
        }
        if self.needs_update(number):
            wanted |= {node.index for node in graph.nodes if node.kind is Kind.PARAMETER}
        for edge in reversed(graph.edges):
            if edge.operand in wanted:
                wanted.add(edge.output)
        return frozenset(wanted)

    @cached_property
    def plain(self) -> Trial:
        """The right program, which never goes on with what was handed in."""
        return self.trial((), assumed=frozenset())

    @cached_property
    def reach(self) -> dict[int, frozenset[int]]:
        """By node, the numbers of the handed arrays that hang on its gradient."""
        mine: dict[int, set[int]] = {}
        for number, one in enumerate(self.handed):
            mine.setdefault(one.node, set()).add(number)
        found: dict[int, frozenset[int]] = {}
        for node in range(len(self.graph.nodes)):
            below = (found.get(e.operand, frozenset()) for e in self.graph.out_of.get(node, ()))
            found[node] = frozenset(mine.get(node, ())).union(*below)
        return found

    def order(self, number: int) -> list[tuple[Edge, bool]]:
        """The edges of an iteration as trials take them, each with whether it ends a gradient.

        Of the leaves of a result the smallest comes first: most trials fail at a bias, before the
        weights beside it are computed.
        """
        graph = self.graphs[number - 1]
        key = id(graph)
        if key not in self._orders:
            place = {
                node: at for at, node in enumerate(dict.fromkeys(e.output for e in graph.edges))
            }
            nodes = graph.nodes

            def turn(edge: Edge) -> tuple[int, bool, int]:
                operand = nodes[edge.operand]
                return place[edge.output], not operand.is_leaf, prod(operand.shape)

            edges = sorted(graph.edges, key=turn)
            left = {node: len(into) for node, into in graph.into.items()}
            found = []
            for edge in edges:
                left[edge.operand] -= 1
                found.append((edge, left[edge.operand] == 0))
            self._orders[key] = found
        return self._orders[key]

    @property
    def work(self) -> int:
        """About how many scalar operations a trial takes, a call counted as some thousand."""
        graph = self.graph
        terms = sum(
            CALL + graph.index_map(edge).terms
            for edge in graph.edges
            if edge.operand in self.wanted[0]
        )
        return terms * self.last

    # One trial.

    def attempt(
        self, changes: Sequence[Change], base: Trial, *, whole: bool = False
    ) -> Trial | None:
        """A trial that spoils nothing; None where it would, or where the changes cannot be made.

        With `whole`, None also where it leaves an array that differs, as soon as that shows.
        """
        every = frozenset(range(len(self.handed)))
        try:
            return self.trial(changes, base, strict=every if whole else every - base.missed)
        except (Spoiled, Impossible):
            return None

    def probe(self, changes: Sequence[Change], base: Trial) -> Trial | None:
        """A trial that may spoil what was right; None where the changes cannot be made."""
        try:
            return self.trial(changes, base, assumed=base.missed)
        except Impossible:
            return None

    def trial(
        self,
        changes: Sequence[Change],
        base: Trial | None = None,
        *,
        strict: frozenset[int] | None = None,
        noise: np.random.Generator | None = None,
        assumed: frozenset[int] | None = None,
    ) -> Trial:
        """Run the program with these changes.

        Raises Spoiled when it misses one of the arrays numbered in `strict`. `noise` perturbs every
        result as rounding would, and `assumed` says which arrays differ, without a comparison.
        """
        self.count += 1
        work = TrialRun(self, tuple(changes), base, strict, noise, assumed)
        with np.errstate(all="ignore"):
            return work.run()

    def index(self, quantity: Quantity, iteration: int, node: int) -> int | None:
        """The number of a handed array; None where it was not handed in."""
        return self._at.get((quantity, iteration, node))

    # Comparison.

    def _try_rounding(self) -> None:
        """Find out how far rounding moves each array, by perturbing every operation."""
        spread: dict[int, list[Array]] = {}
        for seed in range(NOISE_RUNS):
            noise = np.random.default_rng(seed)
            found = self.trial((), noise=noise, assumed=self.base.missed).predicted
            for number, values in found.items():
                off = of_dtype(np.abs(values - self.base.predicted[number]), FLOAT64)
                spread.setdefault(number, []).append(np.where(np.isfinite(off), off, 0.0))
        for number, offs in spread.items():
            # A kink that flips in one of the runs is no rounding.
            most = np.median(offs, axis=0)
            typical = np.sqrt(np.mean(np.square(most)))
            self._slack[number] = SLACK * (most + typical)

    def tolerance(
        self, number: int, predicted: Array, relative: float | None = None, units: float = 1.0
    ) -> Array:
        """How far a handed array may be from a prediction, cell by cell, and be the same.

        `units` is how many halves of a unit in the last place printing may have moved a number.
        """
        one = self.handed[number]
        if relative is None:
            relative = TIGHT_SINGLE if one.precision.unit >= SINGLE else TIGHT
        slack = self._slack.get(number, np.zeros(()))
        if slack.shape != one.values.shape:
            slack = np.asarray(slack.max(initial=0.0))
        if one.quantity in UPDATED:
            old = self._old[one.iteration][self.graph.nodes[one.node].name]
            exact = 4 * one.precision.unit * largest(old)
            step = largest(predicted - old) if one.quantity is Quantity.NEW else largest(predicted)
            floor = exact + relative * step
        else:
            floor = relative * max(largest(one.values), largest(predicted))
            # What is 0 by cancellation is as far off as a rounding of the largest gradient.
            floor = max(floor, 8 * one.precision.unit * self._scale)
        return np.asarray(units * one.precision.rounding(one.values) + slack + floor)

    def few(self, number: int) -> Flat:
        """Some cells of a handed array, evenly spaced, and those that are off most."""
        if number not in self._few:
            theirs = self.handed[number].values.reshape(-1)
            off = np.abs(theirs - self.base.predicted[number].reshape(-1))
            worst = np.argpartition(off, -FEW)[-FEW:]
            self._few[number] = np.union1d(np.arange(0, theirs.size, theirs.size // FEW), worst)
        return self._few[number]

    def fits_few(self, number: int, cells: Array) -> bool:
        """Whether the `few` cells of a handed array may be those that were predicted."""
        theirs = self.handed[number].values.reshape(-1)[self.few(number)]
        if number not in self._widest:
            self._widest[number] = float(
                np.max(self.tolerance(number, self.base.predicted[number]))
            )
        return bool(np.all(np.abs(theirs - cells) <= 2.0 * self._widest[number]))

    def tells(self, number: int) -> bool:
        """Whether a handed array has a finite number: one of NaN alone fits whatever makes NaN."""
        return bool(np.any(np.isfinite(self.handed[number].values)))

    def fits(
        self, number: int, predicted: Array, relative: float | None = None, units: float = 1.0
    ) -> bool:
        """Whether a handed array is what was predicted, to the digits that it has."""
        theirs = self.handed[number].values
        predicted = np.asarray(predicted)
        if theirs.shape != predicted.shape:
            return False
        finite = np.isfinite(predicted)
        if not np.array_equal(finite, np.isfinite(theirs)):
            return False
        with np.errstate(all="ignore"):
            off = np.abs(np.where(finite, theirs - predicted, 0.0))
        return bool(np.all(off <= self.tolerance(number, predicted, relative, units)))


def largest(values: Array) -> float:
    """The largest magnitude among the finite values; 0 where there is none."""
    found = np.abs(values)
    return float(np.max(np.where(np.isfinite(found), found, 0.0), initial=0.0))
