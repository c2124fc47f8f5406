"""What the targets of an output are: classes, distributions or numbers; and what is needless to
learn, the loss of the best constant answer."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from bpdebug.diagnosis.comparison import Comparison
from bpdebug.diagnosis.network import Network
from bpdebug.diagnosis.probe import Probe
from bpdebug.diagnosis.survey import by_unit
from bpdebug.ops import Array, Scores

SUM = 1e-3
"""Shares of a row may miss a sum of 1 by this."""
MOST_CLASSES = 100
"""Class numbers are fewer different numbers than this …"""
REPEATED = 2
"""… and each stands so many times, on average, at the least."""
FEWEST_ROWS = 6
"""Fewer rows tell a sum from a mean too little."""
LIKELY = float(np.exp(-1.0))
"""The probability whose logarithm is −1."""
SUMMED = 0.4
"""A row that is wrong by 1 raises a sum by this, at the least."""
NEARLY = 1e-9
"""A certain answer is this far from 0 and 1, so that its logarithm is finite."""


class Targets:
    """The numbers that the output of a comparison is compared with."""

    def __init__(self, one: Comparison, network: Network, probe: Probe) -> None:
        self.one = one
        self.probe = probe
        self.array = probe.value(one.target)
        self.answer = probe.graph.nodes[one.prediction]
        output = network.output
        self.axis = None if output is None else output.units_axis
        self.labels = self.array.shape != self.answer.shape
        """True where they have another shape than the output, as numbers of classes have."""

    @cached_property
    def rows(self) -> Array:
        """Shape (rows, units); a single column where the shape is another than the output's."""
        if self.labels or not self.array.shape:
            return self.array.reshape(-1, 1)
        if self.axis is None or self.axis >= self.array.ndim:
            return self.array.reshape(-1, 1)
        return by_unit(self.array, self.axis)

    @property
    def units(self) -> int:
        """How many units the output has."""
        if self.axis is None or self.axis >= len(self.answer.shape):
            return 1
        return self.answer.shape[self.axis]

    @property
    def low(self) -> float:
        """The least number."""
        return float(np.min(self.array))

    @property
    def high(self) -> float:
        """The greatest number."""
        return float(np.max(self.array))

    @cached_property
    def binary(self) -> bool:
        """True where every number is 0 or 1."""
        return bool(np.all((self.array == 0) | (self.array == 1)))

    @cached_property
    def _sums(self) -> Array:
        return np.asarray(self.rows.sum(axis=1))

    @property
    def several(self) -> bool:
        """True where there are several columns and every number lies from 0 to 1."""
        return self.rows.shape[1] > 1 and self.low >= 0 and self.high <= 1

    @property
    def shares(self) -> bool:
        """True where every row sums to 1: one-hot rows, or distributions."""
        return self.several and bool(np.all(np.abs(self._sums - 1) <= SUM))

    @property
    def multi_hot(self) -> bool:
        """True for rows of 0 and 1 of which a fair part has several 1s, or none."""
        other = np.abs(self._sums - 1) > SUM
        return self.several and self.binary and bool(np.mean(other) > 0.1)

    @cached_property
    def class_numbers(self) -> int:
        """How many classes the target counts through, from 0 or 1; 0 where it does not."""
        if self.rows.shape[1] != 1 or self.binary:
            return 0
        found = np.unique(self.rows)
        whole = np.array_equal(found, np.arange(found[0], found[0] + found.size))
        usual = found[0] in (0, 1) and 2 < found.size <= MOST_CLASSES
        return found.size if whole and usual and found.size * REPEATED <= self.rows.size else 0

    @property
    def classes(self) -> bool:
        """True where the numbers mean classes: 0 and 1, one-hot or multi-hot rows."""
        return self.binary and not self.labels and self.low < self.high

    # What the loss makes of them.

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @cached_property
    def summed(self) -> bool:
        """True where the loss is a sum over the rows, and no mean.

        A single row that is wrong by 1 tells it: that is the most that it adds to a mean of few.
        """
        if self.count < FEWEST_ROWS:
            return False
        right = np.zeros((self.count, self.units))
        right[:, 0] = 1.0
        wrong = right.copy()
        wrong[0] = (1 - LIKELY) / max(self.units - 1, 1)
        wrong[0, 0] = LIKELY
        if self.one.takes is None:
            wrong[0] = 0.0
        target = np.zeros(self.array.shape) if self.labels else self._as_answer(right)
        before, after = self._loss(right, target), self._loss(wrong, target)
        return before is not None and after is not None and abs(after - before) > SUMMED

    @cached_property
    def growth(self) -> float:
        """How many times the loss grows where all errors are twice as large; 1 where unknown."""
        zero = np.zeros(self._full().shape)
        target = self._as_answer(zero)
        none, one, two = (self._loss(zero + error, target) for error in (0.0, 0.5, 1.0))
        if none is None or one is None or two is None or one == none:
            return 1.0
        return (two - none) / (one - none)

    # What is needless to learn.

    @cached_property
    def constant(self) -> float | None:
        """The loss of the best constant answer, with the first parameters in a penalty; None
        where none is finite."""
        of_classes = self.one.takes in (Scores.LOGITS, Scores.SHARES, Scores.LOG_SHARES)
        within = self.labels or (self.low >= 0 and self.high <= 1)
        if (self.labels and not of_classes) or not (self.one.takes is None or within):
            return None
        middles = [self._full().mean(axis=0)]
        if self.one.takes is None:
            middles.append(np.median(self._full(), axis=0))
        found = [self._loss(np.broadcast_to(m, self._full().shape)) for m in middles]
        return min((one for one in found if one is not None), default=None)

    @cached_property
    def certain(self) -> float | None:
        """The loss of an answer that is right in every row; None where it is not finite."""
        if self.constant is None:
            return None
        return self._loss(self._full())

    def _full(self) -> Array:
        """The targets as rows of the output's units: class numbers as one-hot rows."""
        if not self.labels:
            return self.rows
        return np.asarray(self.array.reshape(-1, 1) == np.arange(self.units), dtype=float)

    def _loss(self, rows: Array, target: Array | None = None) -> float | None:
        """The loss where the output answers these rows, with other targets where they are given."""
        with np.errstate(all="ignore"):
            near = np.clip(rows, NEARLY, 1 - NEARLY)
            if self.one.takes in (Scores.SHARES, Scores.PROBABILITIES):
                rows = near
            elif self.one.takes in (Scores.LOGITS, Scores.LOG_SHARES):
                rows = np.log(near)
            elif self.one.takes is Scores.LOG_ODDS:
                rows = np.log(near / (1 - near))
            given = self._as_answer(np.asarray(rows))
            if given is None:
                return None
            nodes = {self.one.prediction: given}
            if target is not None:
                nodes[self.one.target] = target
            loss = self.probe.with_values(self.probe.graph.loss, nodes)
        return float(loss) if np.all(np.isfinite(loss)) else None

    def _as_answer(self, rows: Array) -> Array | None:
        """Rows of units in the layout of the output; None where they do not fit it."""
        shape = self.answer.shape
        if self.axis is None or self.axis >= len(shape):
            return rows.reshape(shape) if rows.size == np.prod(shape) else None
        moved = [*shape[: self.axis], *shape[self.axis + 1 :], shape[self.axis]]
        if rows.size != np.prod(shape):
            return None
        return np.moveaxis(rows.reshape(moved), -1, self.axis)
