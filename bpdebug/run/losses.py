"""The losses of all iterations that have been run, in bounded memory.

Iteration n runs only after all iterations before it, so the known losses are always those of
iterations 1 to some last iteration. Up to `EXACT` iterations every loss is kept. Beyond, a run is
cut into as many buckets of equal width, and each keeps its first loss with its extremes.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EXACT = 2**16
"""Losses, or buckets of them, that a run keeps: at most 24 bytes each."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A quantity over iterations: a sample of them, each with its own exact value.

    Each point also stands for the iterations up to the next point: `low` and `high` are their
    extremes, where NaN counts for nothing unless all are NaN.
    """

    iterations: NDArray[np.int64]
    values: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.iterations)


class Losses:
    """Losses in the order of the iterations."""

    def __init__(self, iterations: int) -> None:
        self.width = max(1, -(-iterations // EXACT))
        """Iterations of one bucket; 1 where every loss is kept."""
        self.known = 0
        """The last iteration that has been run; 0 before the first."""
        self._first = array("d")
        self._low = array("d")
        self._high = array("d")

    @property
    def exact(self) -> int:
        """The last iteration up to which every loss is known by itself; 0 in a very long run."""
        return self.known if self.width == 1 else 0

    def add(self, number: int, loss: float) -> None:
        """Take the loss of an iteration; a loss that is known already is ignored."""
        if number != self.known + 1:
            return
        self.known = number
        if self.width == 1:
            self._first.append(loss)
        elif (number - 1) % self.width == 0:
            self._first.append(loss)
            self._low.append(loss)
            self._high.append(loss)
        else:
            # A comparison with NaN is false: what is NaN gives way to a number.
            if not self._low[-1] <= loss and loss == loss:
                self._low[-1] = loss
            if not self._high[-1] >= loss and loss == loss:
                self._high[-1] = loss

    def __getitem__(self, number: int) -> float:
        """The loss of an iteration; KeyError where it is unknown or kept only in a bucket."""
        at, inside = divmod(number - 1, self.width)
        if not 1 <= number <= self.known or inside:
            raise KeyError(number)
        return self._first[at]

    def curve(self, first: int, last: int, points: int) -> Curve:
        """What is known of iterations `first` to `last`, in at most `points` points."""
        last = min(last, self.known)
        start, end = (first - 1) // self.width, (last - 1) // self.width + 1
        if last < first:
            return gather(1, np.empty(0), np.empty(0), np.empty(0), 1, 1)
        values = np.array(self._first[start:end])
        low = values if self.width == 1 else np.array(self._low[start:end])
        high = values if self.width == 1 else np.array(self._high[start:end])
        group = max(1, -(-len(values) // max(points, 1)))
        return gather(start * self.width + 1, values, low, high, group, self.width)


def gather(
    first: int,
    values: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    group: int,
    width: int,
) -> Curve:
    """The curve of buckets that begin at iteration `first`, are `width` wide and go in groups."""
    starts = np.arange(0, len(values), group)
    if not len(values):
        return Curve(starts.astype(np.int64), values, low, high)
    return Curve(
        (first + starts * width).astype(np.int64),
        values[starts],
        np.fmin.reduceat(low, starts),
        np.fmax.reduceat(high, starts),
    )
