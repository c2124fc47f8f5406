"""Measures of whole arrays, such as norm and extremes, cached for as long as the array exists.

The arrays of a recorded pass do not change, and many keys in a row draw the same arrays.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from math import sqrt
from typing import TypeVar

import numpy as np

from bpdebug.ops import Array
from bpdebug.ops.families.reductions import norm_forward
from bpdebug.records import record

T = TypeVar("T")
CACHE_SIZE = 512
"""Results that are cached at the most."""
_cache: dict[tuple[int, str], tuple[weakref.ref[Array], object]] = {}


def cached(array: Array, what: str, compute: Callable[[Array], T]) -> T:
    """`compute(array)`, computed once for each recorded array; `what` names the computation."""
    key = id(array), what
    entry = _cache.get(key)
    # Python reuses the id of an array that is gone; the reference tells whether it is this array's.
    if entry is None or entry[0]() is not array:
        while len(_cache) >= CACHE_SIZE:
            del _cache[next(iter(_cache))]
        entry = _cache[key] = weakref.ref(array), compute(array)
    return entry[1]  # type: ignore[return-value]


@record
class Measure:
    """An array in a few numbers: its norm, its finite extremes, and counts of other entries."""

    norm: float
    least: float
    most: float
    nans: int
    infinite: int


def measure(array: Array) -> Measure:
    """The measure of a recorded array, from the cache where it is there."""
    return cached(array, "measure", measured)


def measured(array: Array) -> Measure:
    """Measure an array; without a finite entry its extremes are NaN."""
    with np.errstate(all="ignore"):
        square = float(np.vdot(array, array))
    if SMALLEST < square < np.inf:
        # Every entry is finite and no square underflows, so the fast sum is exact enough.
        return Measure(sqrt(square), float(array.min()), float(array.max()), 0, 0)
    finite = np.isfinite(array)
    nans = int(np.count_nonzero(np.isnan(array)))
    infinite = array.size - int(np.count_nonzero(finite)) - nans
    some = array[finite]
    least, most = (float(some.min()), float(some.max())) if some.size else (np.nan, np.nan)
    with np.errstate(all="ignore"):
        norm = float(norm_forward(array, axis=None, keepdims=False))
    return Measure(norm, least, most, nans, infinite)


SMALLEST = 1e-200
"""In a smaller sum of squares some of them may have underflowed."""
