"""What a condition reads, and whether it can be true in an iteration: the search's prefilter.

Most iterations of a long run hold no hit. What a condition reads decides how little work rules an
iteration out: none for `iteration`, a pass without a record for `loss`, else a recorded pass and an
evaluation at its end instead of at every tick.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import IntEnum
from math import ceil, floor, inf

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger.breakpoints import vectorized
from bpdebug.errors import BpdebugError
from bpdebug.expression import Expression, looks_back, parse_watch, truth
from bpdebug.expression.functions import BUILT_IN, CONSTANTS
from bpdebug.expression.named import MADE
from bpdebug.expression.tree import (
    Compare,
    Delta,
    Logic,
    Name,
    NodeAspect,
    Number,
    State,
    Tree,
)
from bpdebug.expression.words import nodes_called
from bpdebug.graph import Graph
from bpdebug.ops import of_dtype
from bpdebug.run import Iteration, Run
from bpdebug.run.birth import birth_of
from bpdebug.run.iteration_end import IterationEnd

FIRST_NAN = "first_nan"
"""The condition that is true from where the first NaN or infinity is born."""


class Needs(IntEnum):
    """What must be computed to rule a condition out in an iteration."""

    NUMBER = 0
    """The number of the iteration."""
    LOSS = 1
    """The losses of the iteration and of a few before it."""
    ITERATION = 2
    """The recorded iteration."""


class Condition:
    """A condition over a run, prepared for a search."""

    def __init__(self, text: str, run: Run, *, becomes: bool) -> None:
        self._becomes = becomes
        """True where a hit is only where the condition becomes true, not wherever it holds."""
        self._expression = parse_watch(run.graph(), text)
        self._run = run
        names = set(nodes_called(run.graph()))
        self._nan = text.strip() == FIRST_NAN and FIRST_NAN not in names
        self.needs = needs_of(self._expression, names)
        self.back = looks_back(self._expression) + 1
        """At least how many previous iterations its value may depend on."""
        self._series = self.needs < Needs.ITERATION and vectorized.is_elementwise(self._expression)
        self._names = self._expression.names()
        self._stateful = any(
            isinstance(node, State) or (isinstance(node, NodeAspect) and node.aspect in MADE)
            for node in self._expression.nodes
        )
        """True where every line of the update may change its value."""
        self._updated: dict[Graph, list[str]] = {}
        """By graph: the updated parameters that it reads, in the order of their updates."""
        self.first, self.last = iteration_bounds(self._expression, names)
        """It is false outside of these iterations."""

    def possible(self, iteration: Iteration) -> bool:
        """False where a recorded iteration certainly holds no hit; True where it may hold a hit."""
        if not self.first <= iteration.number <= self.last:
            return False
        try:
            return self._possible_in(iteration)
        except BpdebugError:
            # It was valid where it was set; a smaller batch may lack the row that it names.
            return False

    def possible_among(self, first: int, losses: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each iteration from `first` on can hold a hit, judged by the losses alone.

        The first `back` losses are only there for `previous` to read.
        """
        if not self._series:
            return np.full(len(losses), True)
        numbers = np.arange(first, first + len(losses), dtype=np.float64)
        with np.errstate(all="ignore"):
            found = of_dtype(losses, self._run.problem.dtype)
            now = vectorized.evaluate_series(self._expression, numbers, found)
        if now.dtype != np.bool_:
            return np.full(len(losses), True)
        if self._becomes and self.needs is Needs.NUMBER:
            # The condition is constant within an iteration, so it becomes true only in an iteration
            # that follows one in which it is false.
            now = now & ~np.concatenate([[False], now[:-1]])
        # In the first iterations `previous` may have no value: the exact search decides.
        return (now | (numbers <= self.back)) & (numbers >= self.first) & (numbers <= self.last)

    def _possible_in(self, iteration: Iteration) -> bool:
        if self._becomes and self._nan:
            # A NaN in the parameters from the start was born before this iteration.
            birth = birth_of(iteration)
            return birth is not None and birth.position > 0
        if self._stateful:
            return True
        # A decided condition can only change with an update, so the ends between updates suffice.
        updated = self._updated.get(iteration.recorded.graph)
        if updated is None:
            updated = [name for name in update_order(iteration) if name in self._names]
            self._updated[iteration.recorded.graph] = updated
        return any(
            truth(self._expression, IterationEnd(self._run, iteration, updated[:count]))
            for count in range(len(updated) + 1)
        )


def update_order(iteration: Iteration) -> list[str]:
    """The updated parameters, in the order in which each gets its new value."""
    nodes = dict.fromkeys(line.parameter for line in reversed(iteration.updates))
    return [iteration.recorded.graph.nodes[node].name for node in reversed(nodes)]


def needs_of(expression: Expression, names: Collection[str]) -> Needs:
    """What must be computed to evaluate an expression; names of the graph win over built-ins."""
    needs = Needs.NUMBER
    for node in expression.leaves():
        if isinstance(node, NodeAspect | Delta | State):
            return Needs.ITERATION
        if isinstance(node, Name):
            if node.name in CONSTANTS and node.name not in names:
                continue
            if node.name in names or node.name not in BUILT_IN or node.name == FIRST_NAN:
                return Needs.ITERATION
            if node.name == "loss":
                needs = Needs.LOSS
    return needs


def iteration_bounds(expression: Expression, names: Collection[str]) -> tuple[float, float]:
    """The first and last iteration where a condition can be true: `iteration == 500 and …`."""
    low, high = 1.0, inf
    if "iteration" in names:
        return low, high
    for symbol, number in iteration_comparisons(expression):
        if symbol in ("==", "<=", "<"):
            high = min(high, ceil(number) - 1 if symbol == "<" else floor(number))
        if symbol in ("==", ">=", ">"):
            low = max(low, floor(number) + 1 if symbol == ">" else ceil(number))
    return low, high


MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def iteration_comparisons(expression: Expression) -> Iterator[tuple[str, float]]:
    """The comparisons of `iteration` that a condition demands, each as `(">=", 500.0)`.

    They are the whole condition, or operands of an `and` that is the whole condition.
    """
    pending = [len(expression.nodes) - 1]
    while pending:
        node = expression.nodes[pending.pop()]
        if isinstance(node, Logic) and node.word == "and":
            pending.extend(node.operands)
        elif isinstance(node, Compare):
            for symbol, a, b in zip(node.symbols, node.operands, node.operands[1:], strict=False):
                left, right = expression.nodes[a], expression.nodes[b]
                if is_iteration(left) and isinstance(right, Number):
                    yield symbol, right.value
                elif is_iteration(right) and isinstance(left, Number):
                    yield MIRRORED[symbol], left.value


def is_iteration(node: Tree) -> bool:
    """True for the name `iteration`."""
    return isinstance(node, Name) and node.name == "iteration"
