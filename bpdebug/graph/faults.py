"""The faults that screen and diagnosis share, defined: vanishing, exploding, dead, saturated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array, Op

Flags = NDArray[np.bool_]

FAR_BELOW, FAR_ABOVE = 1e-3, 1e3
"""Bounds of the size of a layer's δ (root mean square) as a part of the last layer's."""
ROUNDING = 1e-12
"""Numbers that differ by no more than this part of the largest beside them are the same."""
FLAT = 0.04
"""A unit is saturated where its slope is below this part of the steepest, for every example."""


def silent_units(array: Array, axis: int | None) -> Flags:
    """Per unit, along `axis`: True where it is 0 for every example. See `Layer.units_axis`."""
    return per_unit(np.asarray(array) == 0, axis)


def flat_units(function: Op | None, result: Array, axis: int | None) -> Flags | None:
    """Per unit of an activation's result: True where it is saturated; None where none can be."""
    if function is None or function.steepest is None:
        return None
    result = np.asarray(result)
    # σ′ = y·(1 − y) and tanh′ = 1 − y²: both slopes are functions of the result alone.
    slope = function.local(0, result, (result,), {})
    return per_unit(np.asarray(slope) < FLAT * function.steepest, axis)


def alike_units(array: Array, axis: int | None) -> bool:
    """True where there are several units and they are equal, up to rounding, for every example.

    Rounding is allowed for because a matrix product may sum equal columns in different orders.
    """
    if axis is None or np.shape(array)[axis] < 2:
        return False
    units = np.moveaxis(np.asarray(array), axis, 0)
    with np.errstate(invalid="ignore"):
        apart = np.abs(units - units[:1])
    return bool(np.all(apart <= ROUNDING * np.max(np.abs(units), axis=0)))


def unit_count(array: Array, axis: int | None) -> int:
    """How many units an array has along its axis of units; 1 where it has no such axis."""
    return 1 if axis is None else int(np.shape(array)[axis])


def per_unit(flags: Flags, axis: int | None) -> Flags:
    """Per unit: True where a flag is True for every example."""
    if axis is None:
        return np.asarray([flags.all()])
    return np.asarray(np.moveaxis(flags, axis, 0).reshape(flags.shape[axis], -1).all(axis=1))
