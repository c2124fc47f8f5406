"""The [[expect]] numbers of a scenario, compared in the precision in which they are printed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import Known, evaluate, quoted
from bpdebug.expression.places import pre_activation, with_gradient
from bpdebug.graph import Kind
from bpdebug.run import Expectation, Iteration, Run

ROUNDING = 8 * Decimal(2) ** -52
"""What float64 may add, as a part of the value; it counts where a number is printed in full."""


@dataclass(frozen=True, slots=True)
class ExpectationCheck:
    """One expectation and what the run gave."""

    expectation: Expectation
    value: float | None
    """None when the run ends before the expectation's iteration."""
    agrees: bool

    @property
    def compared(self) -> bool:
        """True when the run came to its iteration."""
        return self.value is not None

    @property
    def ok(self) -> bool:
        """True when it agrees, or was never reached."""
        return self.agrees or not self.compared


class AtTheEnd:
    """What expressions may read at the end of an iteration: parameters are updated by then."""

    def __init__(self, iteration: Iteration) -> None:
        self._iteration = iteration
        self._graph = iteration.run.graph

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

    def value(self, name: str) -> Known:
        """A parameter after the update; any other value as the forward pass made it."""
        node = self._graph.node(name)
        if node.kind is Kind.PARAMETER:
            return Known(np.asarray(self._iteration.after[name]))
        return Known(np.asarray(self._iteration.run.values[node.index]))

    def gradient(self, name: str) -> Known:
        """The gradient of a node, by its name or by the expression that made it."""
        return self._gradient(with_gradient(self._graph, name))

    def delta(self, number: int) -> Known:
        """The gradient at the pre-activation of layer `number`."""
        return self._gradient(pre_activation(self._iteration.timeline.layers, number))

    def _gradient(self, node: int) -> Known:
        return Known(np.asarray(self._iteration.run.gradients[node]))


def check_expectations(run: Run) -> list[ExpectationCheck]:
    """Compare every expectation, in the order of the scenario.

    BpdebugError, with the expectation's place, for an expression that gives no single number.
    """
    numbered = list(enumerate(run.problem.expectations, 1))
    found: dict[int, ExpectationCheck] = {}
    # By iteration, so that each is run once.
    for place, wanted in sorted(numbered, key=lambda pair: pair[1].iteration):
        try:
            found[place] = check_expectation(run, wanted)
        except BpdebugError as error:
            raise error.at(key=f"expect #{place}.value", file=run.problem.file) from None
    return [found[place] for place, _ in numbered]


def check_expectation(run: Run, wanted: Expectation) -> ExpectationCheck:
    """Evaluate one expectation at the end of its iteration."""
    if wanted.iteration > run.iterations:
        return ExpectationCheck(wanted, None, False)
    value = evaluate(wanted.value, AtTheEnd(run.iteration(wanted.iteration)))
    if np.size(value) != 1:
        raise BpdebugError(
            f"{quoted(wanted.value)} is no single number; name one entry, as in W1[0, 0]"
        )
    number = float(np.reshape(value, ()))
    return ExpectationCheck(wanted, number, agrees_as_printed(number, wanted.printed))


def agrees_as_printed(value: float, printed: str) -> bool:
    """True when a value is within half a unit of the last place of a printed number."""
    if not np.isfinite(value):
        return False
    target, exact = Decimal(printed), Decimal(value)
    exponent = target.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1)
    return abs(exact - target) <= half + ROUNDING * abs(exact)
