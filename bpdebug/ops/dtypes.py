"""The kinds of numbers that a run may be made of: float64, or float32 where a scenario asks for it.

Ops write their constants as plain Python numbers, which take on the kind of the array beside them.
What an op returns wider all the same is narrowed where it is called (`narrowed`), so that
every number of a run is of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bpdebug.ops.maps.index_map import Array

DType = np.dtype[Any]
FLOAT64: DType = np.dtype(np.float64)
FLOAT32: DType = np.dtype(np.float32)
DTYPES: dict[str, DType] = {"float64": FLOAT64, "float32": FLOAT32}
"""By the names that `[run] dtype` takes; the first is the default."""


def of_dtype(values: Any, dtype: DType) -> Array:
    """The numbers as an array of this kind, each rounded to the nearest; the array itself where it
    is of that kind already. What is too large becomes infinite, without a warning."""
    with np.errstate(all="ignore"):
        return np.asarray(values, dtype=dtype)


def narrowed(function: Callable[..., Any], dtype: DType) -> Callable[..., Array]:
    """The function with its result brought to a kind; the function itself for float64, which is
    the widest, so that nothing is checked or copied there."""
    if dtype == FLOAT64:
        return function
    weak_numbers()

    def call(*operands: Any, **options: Any) -> Array:
        return np.asarray(function(*operands, **options), dtype=dtype)

    return call


def epsilon(dtype: DType) -> float:
    """The distance from 1 to the next larger number: 2⁻⁵² for float64, 2⁻²³ for float32."""
    return float(np.finfo(dtype).eps)


def weak_numbers() -> None:
    """Let Python's numbers take on the kind of what stands beside them under numpy 1, too.

    numpy 2 does that anyway. numpy 1 widens a float32 of no axes beside a Python number, but for
    this switch, which its releases since 1.24 have; it changes nothing among float64 alone.
    """
    if np.lib.NumpyVersion(np.__version__) < "2.0.0":
        np._set_promotion_state("weak")  # type: ignore[attr-defined]
