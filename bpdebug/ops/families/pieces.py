"""Functions of one number that are made of flat and straight pieces, cell by cell."""

from __future__ import annotations

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.families.cellwise import smooth
from bpdebug.ops.maps.index_map import Array


def flat(y: Array, a: Array) -> Array:
    """The slope of a function that is constant but for jumps: 0, and NaN of NaN."""
    return np.where(np.isnan(a), a, 0.0)


sign = smooth(
    "sign",
    np.sign,
    flat,
    "sign({a})",
    "0",
    r"\mathrm{{sign}}({a})",
    "0",
    side=np.sign,
    kink=lambda a: np.asarray(a) == 0,
    conventions=(
        Convention("at 0 it is 0, and its slope is taken as 0", (0.0,), 0.0, (0.0,)),
        Convention("everywhere its gradient is 0", (-3.0,), -1.0, (0.0,)),
    ),
    note="−1, 0 or 1.",
)
floor = smooth(
    "floor",
    np.floor,
    flat,
    "floor({a})",
    "0",
    r"\lfloor {a} \rfloor",
    "0",
    side=np.floor,
    kink=lambda a: np.asarray(a) == np.floor(a),
    conventions=(
        Convention("at a whole number it jumps, and its slope is taken as 0", (2.0,), 2.0, (0.0,)),
        Convention("everywhere its gradient is 0", (-0.5,), -1.0, (0.0,)),
    ),
    note="The largest whole number that is not above a.",
)


def clip_slope(y: Array, a: Array, *, low: float, high: float) -> Array:
    """1 from low to high, both included, and 0 outside; of NaN it is NaN."""
    a = np.asarray(a)
    return np.where(np.isnan(a), a, (a >= low) & (a <= high))


def clip_piece(a: Array, *, low: float, high: float) -> Array:
    """0 below low, 1 on it, 2 between, 3 on high, 4 above."""
    above = [np.greater(a, low), np.greater_equal(a, low), np.greater(a, high)]
    return np.asarray(np.sum([*above, np.greater_equal(a, high)], axis=0, dtype=np.float64))


clip = smooth(
    "clip",
    lambda a, low, high: np.minimum(np.maximum(a, low), high),
    clip_slope,
    "clip({a})",
    "clip′({a})",
    r"\mathrm{{clip}}({a})",
    r"\mathrm{{clip}}'({a})",
    options={"low": -np.inf, "high": np.inf},
    side=clip_piece,
    kink=lambda a, low, high: (np.asarray(a) == low) | (np.asarray(a) == high),
    conventions=(
        Convention(
            "at both bounds the slope is taken as 1, as PyTorch's clamp takes it",
            ((-2.0, -1.0, 0.5, 2.0, 3.0),),
            (-1.0, -1.0, 0.5, 2.0, 2.0),
            ((0.0, 1.0, 1.0, 1.0, 0.0),),
            {"low": -1.0, "high": 2.0},
        ),
        Convention("without `low` or `high` there is no such bound", (-7.0,), -7.0, (1.0,)),
        Convention(
            "where `low` is above `high`, every entry becomes `high`",
            (0.5,),
            1.0,
            (0.0,),
            {"low": 2.0, "high": 1.0},
        ),
    ),
    why="the slope is 1 where {a} lies from low to high, and 0 where it is cut off",
    note="Entries below `low` become `low`, those above `high` become `high`.",
)
