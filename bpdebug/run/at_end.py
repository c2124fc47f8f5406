"""What expressions may read at the end of an iteration, when everything in it is computed."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from bpdebug.expression import Known
from bpdebug.expression.places import pre_activation, with_gradient
from bpdebug.graph import Kind
from bpdebug.run.birth import birth_of
from bpdebug.run.run import Iteration, Run
from bpdebug.run.states import state_of


class AtTheEnd:
    """The end of an iteration: gradients are whole and parameters updated.

    With `updated`, only those parameters are; the rest stand as the pass used them.
    """

    def __init__(
        self, run: Run, iteration: Iteration, updated: Collection[str] | None = None
    ) -> None:
        self._run = run
        self._iteration = iteration
        self._graph = iteration.run.graph
        self._updated = updated

    @property
    def names(self) -> Collection[str]:
        """The names of the graph."""
        return self._graph.names.keys()

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
        """Whether anything in the iteration is NaN or infinite."""
        return birth_of(self._iteration) is not None

    def previous(self) -> AtTheEnd | None:
        """The end of the iteration before; None in the first."""
        number = self._iteration.number - 1
        return AtTheEnd(self._run, self._run.iteration(number)) if number else None

    def value(self, name: str) -> Known:
        """A parameter after the update; any other value as the forward pass made it."""
        node = self._graph.node(name)
        if node.kind is Kind.PARAMETER and (self._updated is None or name in self._updated):
            return Known(np.asarray(self._iteration.after[name]))
        return Known(np.asarray(self._iteration.run.values[node.index]))

    def gradient(self, name: str) -> Known:
        """The gradient of a node, by its name or by the expression that made it."""
        return self._gradient(with_gradient(self._graph, name))

    def delta(self, number: int) -> Known:
        """The gradient at the pre-activation of layer `number`."""
        return self._gradient(pre_activation(self._iteration.timeline.layers, number))

    def state(self, parameter: str, name: str) -> Known:
        """What the optimizer of a parameter keeps or made under a name."""
        total = self._iteration.timeline.total
        return state_of(self._iteration, self._run.problem.rules, parameter, name, total)

    def _gradient(self, node: int) -> Known:
        return Known(np.asarray(self._iteration.run.gradients[node]))
