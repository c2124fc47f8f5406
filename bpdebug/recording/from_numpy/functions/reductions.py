"""NumPy's functions that reduce an array: sums, means, extremes, norms."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.tables import derived, named, of
from bpdebug.recording.texts import call
from bpdebug.recording.written import RefusedError, Written, written

NO_VALUE: Any = np._NoValue


def options_of(axis: Any, keepdims: Any) -> dict[str, Any]:
    """The options of a reduction that are not those that it has anyway."""
    options: dict[str, Any] = {}
    if axis is not None:
        options["axis"] = tuple(map(int, axis)) if isinstance(axis, (tuple, list)) else int(axis)
    if keepdims is not NO_VALUE and keepdims:
        options["keepdims"] = True
    return options


def reduced(op: str, a: Any, axis: Any, keepdims: Any, **more: Any) -> Written:
    """A reduction over an axis, several, or all."""
    return written(call(op, **options_of(axis, keepdims), **more), a)


@of(np.sum)
def sum_of(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = NO_VALUE) -> Written:
    """np.sum"""
    return reduced("sum", a, axis, keepdims)


@of(np.mean)
def mean_of(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = NO_VALUE) -> Written:
    """np.mean"""
    return reduced("mean", a, axis, keepdims)


@of(np.max, np.amax)
def max_of(a: Any, axis: Any = None, keepdims: Any = NO_VALUE) -> Written:
    """np.max"""
    return reduced("max", a, axis, keepdims)


@of(np.min, np.amin)
def min_of(a: Any, axis: Any = None, keepdims: Any = NO_VALUE) -> Written:
    """np.min"""
    return reduced("min", a, axis, keepdims)


@of(np.prod)
def prod_of(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = NO_VALUE) -> Written:
    """np.prod"""
    return reduced("prod", a, axis, keepdims)


def spread(
    op: str,
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: Any = 0,
    keepdims: Any = NO_VALUE,
    **more: Any,
) -> Written:
    """np.var and np.std."""
    ddof = more.pop("correction", ddof)
    if more:
        raise RefusedError(f"{next(iter(more))}= of np.{op} has no op")
    if ddof != int(ddof):
        raise RefusedError(f"ddof={ddof} of np.{op} has no op; a whole number has")
    correction = {"correction": int(ddof)} if ddof else {}
    return reduced(op, a, axis, keepdims, **correction)


of(np.var)(partial(spread, "var"))
of(np.std)(partial(spread, "std"))


@derived(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """np.average: a mean, or Σwa/Σw."""
    if returned:
        raise RefusedError("returned=True of np.average has no op; compute the sum of weights")
    keep: Any = {"keepdims": True} if keepdims is not NO_VALUE and keepdims else {}
    if weights is None:
        return np.mean(a, axis=axis, **keep)
    if np.shape(weights) != np.shape(a):
        if not isinstance(axis, int) or np.ndim(weights) != 1:
            raise RefusedError("weights of another shape have no op; give them the shape of a")
        shape = [1] * np.ndim(a)
        shape[axis] = -1
        weights = np.reshape(weights, shape)
        total = np.sum(weights)
    else:
        total = np.sum(weights, axis=axis, **keep)
    return np.sum(a * weights, axis=axis, **keep) / total


@derived(np.ptp)
def ptp(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """np.ptp: the largest less the smallest."""
    keep: Any = {"keepdims": True} if keepdims is not NO_VALUE and keepdims else {}
    return np.max(a, axis=axis, **keep) - np.min(a, axis=axis, **keep)


@derived(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """np.cumsum: without an axis along the flat array."""
    if axis is None and np.ndim(a) != 1:
        a = np.ravel(a)
    return running(a, axis=int(axis or 0) % np.ndim(a))


def running(a: Any, axis: int) -> Any:
    """The running sum of a wrapped array along an axis."""
    options = {} if axis == np.ndim(a) - 1 else {"axis": axis}
    made = written(call("cumsum", **options), a)
    return a.tracer.record(made, np.cumsum(a.array, axis=axis))


def without_nan(function: Any) -> Any:
    """np.nansum and its like, which are np.sum where there is no NaN."""

    def apply(a: Any, *args: Any, **kwargs: Any) -> Any:
        if np.isnan(a.array).any():
            raise RefusedError("NaN is left out by no op; put a number in its place by np.where")
        return function(a, *args, **kwargs)

    return apply


for _name in ("sum", "mean", "max", "min", "prod", "var", "std"):
    derived(getattr(np, f"nan{_name}"))(without_nan(getattr(np, _name)))


@derived(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """np.diff: each cell less the one before it."""
    for _ in range(n):
        before = [slice(None)] * (axis % np.ndim(a))
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


@derived(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """np.linalg.norm of vectors, and the Frobenius norm of matrices."""
    axes = np.ndim(x) if axis is None else np.size(axis)
    options = options_of(axis, keepdims)
    if ord is None or (ord == "fro" and axes == 2) or (ord == 2 and axes == 1):
        result = np.linalg.norm(x.array, ord, axis, keepdims)
        return x.tracer.record(written(call("norm", **options), x), result)
    if axes != 1:
        raise RefusedError(f"np.linalg.norm of a matrix has no op with ord={ord!r}, but with 'fro'")
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        raise RefusedError("np.linalg.norm with ord=0 counts, which has no slope")
    return np.sum(np.abs(x) ** ord, axis=axis, keepdims=keepdims) ** (1 / ord)


for _vectors in named(np.linalg, "vector_norm"):

    @derived(_vectors)
    def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
        """np.linalg.vector_norm"""
        flat = np.ravel(x) if axis is None and not keepdims else x
        return norm(flat, ord, axis, keepdims)
