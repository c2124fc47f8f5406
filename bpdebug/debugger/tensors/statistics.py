"""Statistics of a tensor: range, mean, spread, norm, and counts of zeros, NaN and infinities."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import FLOAT64, Array, of_dtype
from bpdebug.records import record

BINS = 12
"""Bins of a histogram, at the most; few numbers have fewer (Sturges' rule)."""


@record
class Statistics:
    """Counts over all cells; the numbers are over finite cells, and None where there are none."""

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
    """How many finite numbers lie in each of the equal bins from `least` to `most`."""

    @property
    def scale(self) -> float:
        """The largest |x|, 0 where none is finite: full colour on the scale of heat."""
        return max(abs(self.least or 0.0), abs(self.most or 0.0))


def statistics(values: Array, known: NDArray[np.bool_]) -> Statistics:
    """The statistics of a tensor, over the cells that are known."""
    cells = values[known] if not np.all(known) else np.reshape(values, -1)
    finite = of_dtype(cells[np.isfinite(cells)], FLOAT64)
    classes = (cells == 0, np.isnan(cells), np.isinf(cells))
    zeros, nan, infinite = (int(np.count_nonzero(flags)) for flags in classes)
    counts = (values.size, values.size - cells.size, zeros, nan, infinite)
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
    """How many numbers lie in each of `bins` equal bins; a single bin where all are equal."""
    if least == most:
        return (len(numbers),)
    which = ((numbers - least) * (bins / (most - least))).astype(np.int64)
    return tuple(int(n) for n in np.bincount(np.minimum(which, bins - 1), minlength=bins))


def bin_edges(stats: Statistics) -> list[tuple[float, float]]:
    """The lower and upper edge of each bin of the histogram; empty where no cell is finite."""
    if stats.least is None or stats.most is None:
        return []
    count = len(stats.bins)
    parts = [at / count for at in range(count + 1)]
    # Weighted ends rather than steps: a step may overflow where both ends are finite.
    ends = [stats.least * (1 - part) + stats.most * part for part in parts]
    return list(pairwise(ends))
