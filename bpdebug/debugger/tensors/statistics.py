"""What is said of a tensor as a whole: range, mean, spread, length, and what is no number."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array
from bpdebug.record import record

BINS = 12
"""The most stretches of a histogram; few numbers have fewer (Sturges' rule)."""


@record
class Statistics:
    """Counts over all cells; the numbers are over those that are finite, None without any."""

    cells: int
    pending: int
    """Not computed yet."""
    zeros: int
    nan: int
    infinite: int
    least: float | None = None
    most: float | None = None
    mean: float | None = None
    spread: float | None = None
    """The standard deviation, with the number of cells as its divisor."""
    norm: float | None = None
    """The Euclidean length."""
    bins: tuple[int, ...] = ()
    """How many finite numbers lie in each of equal stretches from `least` to `most`."""

    @property
    def scale(self) -> float:
        """The largest |x|: full colour on the scale of heat."""
        return max(abs(self.least or 0.0), abs(self.most or 0.0))


def statistics(values: Array, known: NDArray[np.bool_]) -> Statistics:
    """The statistics of the cells that are known."""
    there = values[known] if not np.all(known) else np.reshape(values, -1)
    finite = there[np.isfinite(there)]
    counts = (
        values.size,
        values.size - there.size,
        int(np.count_nonzero(there == 0)),
        int(np.count_nonzero(np.isnan(there))),
        int(np.count_nonzero(np.isinf(there))),
    )
    if not finite.size:
        return Statistics(*counts)
    least, most = float(np.min(finite)), float(np.max(finite))
    # Divided by the largest first, so that nothing overflows that is no overflow.
    scale = max(abs(least), abs(most)) or 1.0
    small = finite / scale
    mean = float(np.mean(small)) * scale
    spread = float(np.std(small)) * scale if least != most else 0.0
    norm = float(np.sqrt(np.sum(small * small))) * scale
    bins = min(BINS, 1 + ceil(log2(finite.size)))
    histogram = binned(small, least / scale, most / scale, bins)
    # The mean of equal numbers may differ from them in its last bit.
    mean = min(max(mean, least), most)
    return Statistics(*counts, least, most, mean, spread, norm, histogram)


def binned(numbers: Array, least: float, most: float, bins: int) -> tuple[int, ...]:
    """How many numbers lie in each of so many equal stretches; one stretch where all are equal."""
    if least == most:
        return (len(numbers),)
    places = ((numbers - least) * (bins / (most - least))).astype(np.int64)
    return tuple(int(n) for n in np.bincount(np.minimum(places, bins - 1), minlength=bins))


def bin_edges(stats: Statistics) -> list[tuple[float, float]]:
    """From where to where each stretch of the histogram goes."""
    if stats.least is None or stats.most is None:
        return []
    many = len(stats.bins)
    parts = [at / many for at in range(many + 1)]
    # Weighted ends rather than steps: a step may overflow where both ends are finite.
    ends = [stats.least * (1 - part) + stats.most * part for part in parts]
    return list(pairwise(ends))
