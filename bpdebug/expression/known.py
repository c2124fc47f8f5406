"""What watches read: values of which some cells may not be settled yet.

During a backward pass a gradient is filled in cell by cell and, where several paths meet, sum by
sum. A watch must never take a missing cell for 0, so every value carries which of its cells are
settled.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bpdebug.expression.tree import NodeAspect
from bpdebug.expression.words import Words
from bpdebug.ops import Array, DType
from bpdebug.records import record

Mask = NDArray[np.bool_]


class NotComputed(Exception):  # noqa: N818 - it is an answer, not an error
    """The expression cannot be decided yet; the message says what is missing."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: not computed yet")
        self.what = what


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """An array, and which of its cells are settled."""

    values: Array | Mask
    """The cells; those that are not computed yet hold any number, preferably NaN."""
    final: Mask | None = None
    """Cells that will not change any more in this pass; None when that is all of them."""
    running: Mask | None = None
    """Cells that hold a sum to which something may still be added; None when that is none."""
    what: str = ""
    """What the value is called in the message that it is not computed yet."""

    @property
    def whole(self) -> bool:
        """True when every cell is settled."""
        return self.final is None or bool(np.all(self.final))

    def settled(self) -> Mask:
        """The mask of settled cells, as an array of the values' shape."""
        if self.final is None:
            return np.full(np.shape(self.values), True)
        return np.asarray(self.final)


@record
class Pending:
    """A result of which no cell is known yet."""

    what: str


Evaluated = Known | Pending


def waiting(operands: Sequence[Evaluated]) -> Pending:
    """What the first operand that is not wholly known waits for."""
    for one in operands:
        if isinstance(one, Pending):
            return one
        if not one.whole:
            return Pending(one.what)
    return Pending("this")


def running_cells(operand: Known) -> Mask:
    """The mask of running cells, as an array of the values' shape."""
    if operand.running is None:
        return np.full(np.shape(operand.values), False)
    return np.asarray(operand.running)


def as_numbers(operand: Known) -> Known:
    """Truth values as 1 and 0, so that they can be counted."""
    if operand.values.dtype != np.bool_:
        return operand
    values = np.asarray(operand.values, dtype=np.float64)
    return Known(values, operand.final, None, operand.what)


class Environment(Protocol):
    """Where an expression finds its values: a moment of a run.

    The look-ups raise `NotComputed` for a value that is not known yet, and BpdebugError for a value
    that never will be: a node without a gradient, a layer that does not exist.
    """

    @property
    def words(self) -> Words:
        """The names that an expression over this environment may use."""

    @property
    def dtype(self) -> DType:
        """The kind of numbers that expressions compute in: the run's."""

    @property
    def names(self) -> Collection[str]:
        """The names of the graph."""

    @property
    def loss(self) -> Any:
        """The loss of this iteration: a `Known` or a number."""

    @property
    def iteration(self) -> int:
        """The number of this iteration, from 1."""

    @property
    def first_nan(self) -> bool:
        """Whether anything in this iteration has become NaN or infinite."""

    def previous(self) -> Environment | None:
        """The end of the previous iteration; None in the first."""

    def value(self, name: str) -> Known:
        """The value of a node with this name."""

    def part(self, part: NodeAspect) -> tuple[Known, tuple[Any, ...] | None]:
        """`grad(…)`, `change(…)` and the like of a whole node, and the key of cells named in it."""

    def delta(self, number: int) -> Known:
        """The gradient at the pre-activation of layer `number`."""

    def state(self, parameter: str, name: str) -> Known:
        """A state of a parameter's optimizer, or an intermediate of its lines, by its name."""
