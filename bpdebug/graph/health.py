"""What is called vanishing, exploding, dead and saturated, for whoever speaks of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array

Flags = NDArray[np.bool_]

VANISHING, EXPLODING = 1e-2, 1e2
"""Bounds of a layer's ‖δ‖ as a part of the next layer's, in one pass."""
FAR_BELOW, FAR_ABOVE = 1e-3, 1e3
"""And of its size as a part of the last layer's, over a whole run."""
STEEPEST = {"sigmoid": 0.25, "tanh": 1.0}
"""The largest slope of the activations whose slope goes to 0 at both ends."""
FLAT = 0.04
"""A unit is saturated where its slope is below this part of the steepest, in every row."""


def silent_units(array: Array) -> Flags:
    """Per unit, the last axis: True where it is 0 in every row."""
    return per_unit(np.asarray(array) == 0)


def flat_units(activation: str, result: Array) -> Flags | None:
    """Per unit of an activation's result: True where it is saturated; None where none can be."""
    if activation not in STEEPEST:
        return None
    slope = result * (1 - result) if activation == "sigmoid" else 1 - result * result
    return per_unit(np.asarray(slope) < FLAT * STEEPEST[activation])


def per_unit(flags: Flags) -> Flags:
    """Per unit: True where a flag is True for every row."""
    units = flags.shape[-1] if flags.ndim else 1
    return np.asarray(flags.reshape(-1, units).all(axis=0))
