"""What expressions can read at the end of an iteration, when all of it is computed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from bpdebug.expression import Known, NotComputed
from bpdebug.expression.named import inside, no_update, pre_activation
from bpdebug.expression.tree import Aspect, NodeAspect
from bpdebug.expression.words import Words, nodes_called, words_of
from bpdebug.graph import Kind
from bpdebug.ops import DType
from bpdebug.run.birth import birth_of
from bpdebug.run.optimizer_states import state_of
from bpdebug.run.run import Iteration, Run


class IterationEnd:
    """The end of an iteration: gradients are whole and parameters updated.

    With `updated`, only the parameters named there have their new values.
    """

    def __init__(
        self, run: Run, iteration: Iteration, updated: Collection[str] | None = None
    ) -> None:
        self._run = run
        self._iteration = iteration
        self._graph = iteration.recorded.graph
        self._updated = updated

    @property
    def words(self) -> Words:
        """The names that an expression may use."""
        return words_of(self._graph)

    @property
    def dtype(self) -> DType:
        """The kind of the run's numbers, in which expressions are computed."""
        return self._run.problem.dtype

    @property
    def names(self) -> Collection[str]:
        """The names of the graph and of its groups."""
        return nodes_called(self._graph).keys()

    @property
    def loss(self) -> float:
        """The loss of the iteration, before its update."""
        return self._iteration.loss

    @property
    def iteration(self) -> int:
        """The number of the iteration, from 1."""
        return self._iteration.number

    @property
    def first_nan(self) -> bool:
        """True when the iteration has a NaN, or an infinity that does harm (see `birth_of`)."""
        return birth_of(self._iteration) is not None

    def previous(self) -> IterationEnd | None:
        """The end of the previous iteration; None in the first."""
        number = self._iteration.number - 1
        return IterationEnd(self._run, self._run.iteration(number)) if number else None

    def value(self, name: str) -> Known:
        """A parameter after the update; any other value as the forward pass made it."""
        node = self._graph.nodes[nodes_called(self._graph)[name]]
        if node.kind is Kind.PARAMETER and (self._updated is None or name in self._updated):
            return Known(np.asarray(self._iteration.after[name]))
        return Known(np.asarray(self._iteration.recorded.values[node.index]))

    def part(self, part: NodeAspect) -> tuple[Known, tuple[Any, ...] | None]:
        """The gradient, the change, the new value or the value used by the pass of a node."""
        named = inside(self._graph, part)
        if part.aspect is Aspect.GRADIENT:
            return self._gradient(named.node), named.key
        value = np.asarray(self._iteration.recorded.values[named.node])
        if part.aspect is Aspect.VALUE:
            return Known(value), named.key
        name = self._graph.nodes[named.node].name
        if not any(line.parameter == named.node for line in self._iteration.updates):
            raise no_update(self._graph.nodes[named.node].label)
        if self._updated is not None and name not in self._updated:
            raise NotComputed(part.of.text)
        after = np.asarray(self._iteration.after[name])
        return Known(after if part.aspect is Aspect.NEW else np.asarray(after - value)), named.key

    def delta(self, number: int) -> Known:
        """The gradient at the pre-activation of layer `number`."""
        return self._gradient(pre_activation(self._graph, number))

    def state(self, parameter: str, name: str) -> Known:
        """A state of a parameter's optimizer, or an intermediate of its lines, by its name."""
        total = self._iteration.timeline.total
        return state_of(self._iteration, self._run.problem.rules, parameter, name, total)

    def _gradient(self, node: int) -> Known:
        return Known(np.asarray(self._iteration.recorded.gradients[node]))
