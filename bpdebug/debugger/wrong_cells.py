"""Which cells of somebody's array differ from the right ones by more than rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import FLOAT32, Array
from bpdebug.ops.maps.index_map import IndexMap

if TYPE_CHECKING:
    from bpdebug.mistakes.handed import Precision

TIGHT, TIGHT_SINGLE = 1e-9, 1e-5
"""Differences up to this part of the largest entry are rounding, in float64 and in float32."""


@np.errstate(all="ignore")
def off(values: Array, right: Array, precision: Precision | None = None) -> NDArray[np.bool_]:
    """Which cells differ by more than rounding; one that is not finite differs from one that is.

    `precision` is that of the values; without it they are as exact as `right` is.
    """
    from bpdebug.mistakes.handed import SINGLE

    single = right.dtype == FLOAT32 or (precision is not None and precision.unit >= SINGLE)
    relative = TIGHT_SINGLE if single else TIGHT
    rounding = precision.rounding(values) if precision is not None else 0.0
    largest = float(np.max(np.abs(right), initial=0.0, where=np.isfinite(right)))
    same = np.abs(values - right) <= rounding + relative * largest
    both = (values == right) | (np.isnan(values) & np.isnan(right))
    return np.asarray(~(same | both))


def first_wrong_term(
    index_map: IndexMap, theirs: Array | None, right: Array | None, precision: Precision | None
) -> int:
    """The number of an edge's first term, from 0, that adds to a cell that differs.

    0 where no cell does, or where the arrays are not known or have other shapes than the edge's.
    """
    if theirs is None or right is None or np.shape(theirs) != np.shape(right):
        return 0
    if np.shape(right) != tuple(index_map.cell_shape):
        return 0
    for cell in np.flatnonzero(off(np.asarray(theirs), np.asarray(right), precision)):
        first, after = index_map.span(int(cell))
        if first < after:
            return first
    return 0
