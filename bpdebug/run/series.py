"""A quantity over iterations, in bounded memory: the losses so far, or a curve to be drawn.

An iteration runs only after all iterations before it, so the losses are always those of
iterations 1 to some last iteration. Up to `EXACT` iterations every loss is stored. Beyond, a run is
cut into as many buckets of equal width, and each keeps its first value with its extremes.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EXACT = 2**16
"""Losses, or buckets of losses, that a run stores: at most 24 bytes each."""


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

    def value_at(self, iteration: int) -> float | None:
        """The value in an iteration; None where it has no point."""
        at = int(np.searchsorted(self.iterations, iteration))
        has_point = at < len(self) and int(self.iterations[at]) == iteration
        return float(self.values[at]) if has_point else None


class Series:
    """Values in the order of the iterations, from iteration `first` on.

    All are stored for up to `most` iterations; for more, as many buckets of equal width.
    """

    def __init__(self, iterations: int, most: int, first: int = 1) -> None:
        self.width = max(1, -(-iterations // most))
        """Iterations of a bucket; 1 where every value is stored."""
        self.last = first - 1
        """The last iteration with a value; `first` − 1 where there is no value yet."""
        self._begin = first
        self._first = array("d")
        self._low = array("d")
        self._high = array("d")

    @property
    def exact(self) -> int:
        """The last iteration up to which every value is stored by itself; 0 in a very long run."""
        return self.last if self.width == 1 else 0

    def add(self, number: int, value: float) -> None:
        """Add the value of the next iteration; any other value is ignored."""
        if number != self.last + 1:
            return
        self.last = number
        if self.width == 1:
            self._first.append(value)
        elif (number - self._begin) % self.width == 0:
            self._first.append(value)
            self._low.append(value)
            self._high.append(value)
        else:
            # A comparison with NaN is false: what is NaN gives way to a number.
            if not self._low[-1] <= value and value == value:
                self._low[-1] = value
            if not self._high[-1] >= value and value == value:
                self._high[-1] = value

    def __getitem__(self, number: int) -> float:
        """The value of an iteration; KeyError where there is none, or only a bucket has it."""
        at, inside = divmod(number - self._begin, self.width)
        if not self._begin <= number <= self.last or inside:
            raise KeyError(number)
        return self._first[at]

    def curve(self, first: int, last: int, points: int) -> Curve:
        """The values of iterations `first` to `last` so far, in at most `points` points."""
        last = min(last, self.last)
        start = (first - self._begin) // self.width
        end = (last - self._begin) // self.width + 1 if first <= last else start
        values = np.array(self._first[start:end])
        low = values if self.width == 1 else np.array(self._low[start:end])
        high = values if self.width == 1 else np.array(self._high[start:end])
        starts = np.arange(0, len(values), max(1, -(-len(values) // max(points, 1))))
        return Curve(
            (self._begin + (start + starts) * self.width).astype(np.int64),
            values[starts],
            np.fmin.reduceat(low, starts),
            np.fmax.reduceat(high, starts),
        )


EMPTY = Series(1, 1).curve(1, 1, 1)
"""The curve of no iterations."""
