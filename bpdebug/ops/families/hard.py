"""Activations made of straight pieces, which cost less than the curves that they stand for."""

from __future__ import annotations

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Scores
from bpdebug.ops.families.cellwise import activation
from bpdebug.ops.maps.index_map import Array

SIXTH = 1.0 / 6.0


def between(x: Array, low: float, high: float) -> Array:
    """1 where x lies between, the bounds left out, 0 elsewhere, and NaN of NaN."""
    x = np.asarray(x)
    return np.where(np.isnan(x), x, (x > low) & (x < high))


def piece(x: Array, low: float, high: float) -> Array:
    """A whole number that changes where x reaches a bound, and where it leaves it."""
    return np.sign(np.asarray(x) - low) + np.sign(np.asarray(x) - high)


def on(x: Array, low: float, high: float) -> Array:
    """True where x is exactly one of the bounds."""
    return np.asarray((np.asarray(x) == low) | (np.asarray(x) == high))


def hardswish_slope(y: Array, x: Array) -> Array:
    """0 up to −3, x/3 + ½ below 3, 1 from 3 on."""
    x = np.asarray(x)
    inner = np.where(x < 3.0, x / 3.0 + 0.5, 1.0)
    return np.where(np.isnan(x), x, np.where(x <= -3.0, 0.0, inner))


relu6 = activation(
    "relu6",
    "relu6",
    lambda x: np.minimum(np.maximum(x, 0.0), 6.0),
    lambda y, x: between(x, 0.0, 6.0),
    "relu6 lets the gradient through where 0 < {x} < 6 and stops it elsewhere",
    "y = min(max(x, 0), 6).",
    side=lambda x: piece(x, 0.0, 6.0),
    kink=lambda x: on(x, 0.0, 6.0),
    conventions=(
        Convention("at 0 and at 6 the slope is taken as 0", ((0.0, 6.0),), (0.0, 6.0), ((0, 0),)),
    ),
    rectifies=0,
    between=(0.0, 6.0),
)
hardtanh = activation(
    "hardtanh",
    "hardtanh",
    lambda x: np.minimum(np.maximum(x, -1.0), 1.0),
    lambda y, x: between(x, -1.0, 1.0),
    "hardtanh lets the gradient through where −1 < {x} < 1 and stops it elsewhere",
    "y = min(max(x, −1), 1).",
    side=lambda x: piece(x, -1.0, 1.0),
    kink=lambda x: on(x, -1.0, 1.0),
    conventions=(
        Convention(
            "at −1 and at 1 the slope is taken as 0", ((-1.0, 1.0),), (-1.0, 1.0), ((0, 0),)
        ),
    ),
    steepest=1.0,
    between=(-1.0, 1.0),
)
hardsigmoid = activation(
    "hardsigmoid",
    "hardsigmoid",
    lambda x: np.minimum(np.maximum(np.asarray(x) + 3.0, 0.0), 6.0) / 6.0,
    lambda y, x: SIXTH * between(y, 0.0, 1.0),
    "the slope of hardsigmoid is 1/6 where −3 < {x} < 3, and 0 elsewhere",
    "y = min(max(x + 3, 0), 6)/6.",
    side=lambda x: piece(x, -3.0, 3.0),
    kink=lambda x: on(x, -3.0, 3.0),
    conventions=(
        Convention("at −3 and at 3 the slope is taken as 0", ((-3.0, 3.0),), (0.0, 1.0), ((0, 0),)),
    ),
    steepest=SIXTH,
    between=(0.0, 1.0),
    gives=Scores.PROBABILITIES,
)
hardswish = activation(
    "hardswish",
    "hardswish",
    lambda x: np.asarray(x) * np.minimum(np.maximum(np.asarray(x) + 3.0, 0.0), 6.0) / 6.0,
    hardswish_slope,
    "the slope of hardswish is {x}/3 + 1/2 where −3 < {x} < 3, 0 below and 1 above",
    "y = x·min(max(x + 3, 0), 6)/6.",
    side=lambda x: piece(x, -3.0, 3.0),
    kink=lambda x: on(x, -3.0, 3.0),
    conventions=(
        Convention(
            "at −3 the slope is taken as 0, and at 3 as 1", ((-3.0, 3.0),), (0.0, 3.0), ((0, 1),)
        ),
    ),
)
