"""What is said of an array as a whole: its size, its ends, what is wrong with it. Measured once.

The arrays of a recorded pass do not change, and a key is pressed many times on the same ones: what
was found of an array is kept for as long as the array is.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from math import sqrt
from typing import TypeVar

import numpy as np

from bpdebug.ops import Array
from bpdebug.ops.reductions import norm_forward
from bpdebug.record import record

T = TypeVar("T")
KEPT = 512
"""So many findings are kept."""
_found: dict[tuple[int, str], tuple[weakref.ref[Array], object]] = {}


def remembered(array: Array, what: str, find: Callable[[Array], T]) -> T:
    """`find(array)`, found once for each recorded array."""
    key = id(array), what
    known = _found.get(key)
    # An id is given anew when its array is gone; the reference tells whose it was.
    if known is None or known[0]() is not array:
        while len(_found) >= KEPT:
            del _found[next(iter(_found))]
        known = _found[key] = weakref.ref(array), find(array)
    return known[1]  # type: ignore[return-value]


@record
class Measure:
    """An array in a few numbers; least and most are those of its finite entries."""

    norm: float
    least: float
    most: float
    nans: int
    infinite: int


def measure(array: Array) -> Measure:
    """The measure of a recorded array."""
    return remembered(array, "measure", measured)


def measured(array: Array) -> Measure:
    """Measure an array; without a finite entry its ends are NaN."""
    with np.errstate(all="ignore"):
        square = float(np.vdot(array, array))
    if SMALLEST < square < np.inf:
        # Every entry is finite, and no square is lost: the fast way is good.
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
"""Below it a sum of squares may have lost some of them."""
