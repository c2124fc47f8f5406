"""NumPy's functions of arrays, each as the op that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bpdebug.recording.texts import call, transposed
from bpdebug.recording.written import RefusedError, Translation, Written, written

FUNCTIONS: dict[Any, Translation] = {}
"""By the function of NumPy."""


def of(*functions: Any) -> Callable[[Translation], Translation]:
    """Declare that a translation is that of these functions."""

    def declare(translation: Translation) -> Translation:
        FUNCTIONS.update(dict.fromkeys(functions, translation))
        return translation

    return declare


def reduced(op: str, a: Any, axis: Any, keepdims: Any, **more: Any) -> Written:
    """A reduction over an axis, several, or all."""
    options = {"axis": axis} if axis is not None else {}
    if keepdims is not np._NoValue and keepdims:
        options["keepdims"] = True
    return written(call(op, **options, **more), a)


@of(np.sum)
def sum_of(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Written:
    """np.sum"""
    return reduced("sum", a, axis, keepdims)


@of(np.mean)
def mean_of(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Written:
    """np.mean"""
    return reduced("mean", a, axis, keepdims)


@of(np.max, np.amax)
def max_of(a: Any, axis: Any = None, keepdims: Any = False) -> Written:
    """np.max"""
    return reduced("max", a, axis, keepdims)


@of(np.min, np.amin)
def min_of(a: Any, axis: Any = None, keepdims: Any = False) -> Written:
    """np.min"""
    return reduced("min", a, axis, keepdims)


@of(np.dot)
def dot_of(a: Any, b: Any) -> Written:
    """np.dot"""
    return written(call("dot"), a, b)


@of(np.where)
def where_of(condition: Any, x: Any = None, y: Any = None) -> Written:
    """np.where with three arguments."""
    if x is None or y is None:
        raise RefusedError("np.where with one argument gives places; use it with three arguments")
    return written(call("where"), condition, x, y)


@of(np.transpose)
def transpose_of(a: Any, axes: Sequence[int] | None = None) -> Written:
    """np.transpose"""
    if axes is None:
        return written(transposed, a)
    return written(call("permute", axes=tuple(axes)), a)


@of(np.reshape)
def reshape_of(a: Any, shape: Any, order: str = "C") -> Written:
    """np.reshape"""
    if order != "C":
        raise RefusedError(f"order={order!r} has no op; reshape a transposed array instead")
    sizes = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return written(call("reshape", shape=tuple(int(one) for one in sizes)), a)
