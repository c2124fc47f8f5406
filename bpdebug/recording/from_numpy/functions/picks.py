"""NumPy's functions that choose: where, take, sort, triangles, diagonals, bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.tables import derived, named, writing
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, plain
from bpdebug.recording.texts import call
from bpdebug.recording.written import RefusedError, written


@derived(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """np.where with three arguments."""
    if x is None or y is None:
        raise RefusedError("np.where with one argument gives places, and no op does")
    if not kind_is(condition, "b"):
        condition = np.not_equal(condition, 0)
    tracer = next(one for one in (condition, x, y) if isinstance(one, TracedArray)).tracer
    result = np.where(*(plain(one) for one in (condition, x, y)))
    return tracer.record(written(call("where"), condition, x, y), result)


def kind_is(one: Any, kinds: str) -> bool:
    """Whether an array is of these kinds of numbers."""
    return (one if isinstance(one, TracedArray) else np.asarray(one)).dtype.kind in kinds


@derived(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """np.select: the first choice whose condition holds."""
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = np.where(condition, choice, result)
    return result


@derived(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, **more: Any) -> Any:
    """np.clip: with numbers the op, with arrays a maximum and a minimum."""
    low = more.pop("min", a_min)
    high = more.pop("max", a_max)
    if more:
        raise RefusedError(f"{next(iter(more))}= of np.clip has no op")
    numbers = all(one is None or not np.ndim(one) for one in (low, high))
    if numbers and not any(isinstance(one, TracedArray) for one in (low, high)):
        bounds = {"low": low, "high": high}
        given = {name: float(one) for name, one in bounds.items() if one is not None}
        result = np.clip(plain(a), low, high)
        return a.tracer.record(written(call("clip", **given), a), result)
    a = np.maximum(a, low) if low is not None else a.copy()
    return a if high is None else np.minimum(a, high)


@derived(np.take)
def take(a: Any, indices: Any, axis: Any = None, mode: str = "raise") -> Any:
    """np.take: an index along one axis."""
    if mode != "raise":
        raise RefusedError(f"mode={mode!r} of np.take has no op; write a[indices]")
    if not isinstance(a, TracedArray):
        a = indices.tracer.data(np.array(a))
    if axis is None:
        a, axis = np.ravel(a), 0
    if not isinstance(indices, TracedArray):
        indices = np.asarray(indices)
    return a[(*[slice(None)] * (axis % np.ndim(a)), indices)]


@derived(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """np.take_along_axis: an index along one axis for every row."""
    if not isinstance(arr, TracedArray):
        arr = indices.tracer.data(np.array(arr))
    if axis is None:
        return np.ravel(arr)[indices]
    axis %= np.ndim(arr)
    shape = np.shape(indices)
    key: list[Any] = []
    for at in range(np.ndim(arr)):
        lying = [1] * np.ndim(arr)
        lying[at] = -1
        key.append(indices if at == axis else np.arange(shape[at]).reshape(lying))
    return arr[tuple(key)]


@derived(np.sort)
def sort(a: Any, axis: Any = -1, **more: Any) -> Any:
    """np.sort: the cells in the order of this pass."""
    if axis is None:
        a, axis = np.ravel(a), 0
    return np.take_along_axis(a, np.argsort(a, axis=axis, **more), axis)


@derived(np.compress)
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    """np.compress: what a condition picks along an axis."""
    if axis is None:
        a, axis = np.ravel(a), 0
    return a[(*[slice(None)] * (axis % np.ndim(a)), np.flatnonzero(plain(condition)))]


@derived(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """np.extract: the cells where a condition holds."""
    return np.ravel(arr)[np.ravel(condition) != 0]


def below(m: Any, k: int) -> Any:
    """Where a matrix is on a diagonal or below it."""
    rows, columns = np.shape(m)[-2:]
    return np.tri(rows, columns, k, dtype=bool)


@derived(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """np.tril: what is on the diagonal or below it."""
    return np.where(below(m, k), m, 0)


@derived(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """np.triu: what is on the diagonal or above it."""
    return np.where(below(m, k - 1), 0, m)


@derived(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """np.diagonal of a matrix; of a stack where the axes are the last two."""
    if np.ndim(a) != 2:
        places = np.diagonal(np.arange(a.size).reshape(a.shape), offset, axis1, axis2)
        return a.tracer.wrap(a.tracer.building.gather(a.value, places, a.tracer.line()))
    extents = np.shape(a) if axis1 % 2 == 0 else np.shape(a)[::-1]
    first, second = max(-offset, 0), max(offset, 0)
    rows = np.arange(max(min(extents[0] - first, extents[1] - second), 0))
    key = (rows + first if first else rows, rows + second if second else rows)
    return a[key if axis1 % 2 == 0 else key[::-1]]


@derived(*named(np.linalg, "diagonal"))
def linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """np.linalg.diagonal: that of the last two axes."""
    return diagonal(x, offset, -2, -1)


@derived(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """np.diag: of a matrix its diagonal, of a vector a matrix with it."""
    if np.ndim(v) == 2:
        return diagonal(v, k)
    size = len(v) + abs(k)
    mask = np.eye(size, k=k, dtype=bool)
    column = np.zeros(size, dtype=int)
    column[max(-k, 0) : max(-k, 0) + len(v)] = np.arange(len(v))
    spread = v[:, None] if not k else v[column][:, None]
    return np.where(mask, spread, 0)


@derived(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """np.trace: the sum of the diagonal."""
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1)


@derived(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, **more: Any) -> Any:
    """np.nan_to_num: another number in the place of NaN."""
    if np.isinf(x.array).any():
        raise RefusedError("np.nan_to_num of infinities has no op; use np.clip")
    return np.where(np.isnan(x), nan, x)


@writing(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """np.fill_diagonal of a matrix."""
    if np.ndim(a) != 2 or not isinstance(a, TracedArray):
        raise RefusedError("np.fill_diagonal has an op for matrices that np.zeros made")
    rows = np.arange(min(np.shape(a)))
    a[rows, rows] = val


@writing(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """np.copyto: what is written into a whole array."""
    if where is not True:
        src = np.where(where, src, dst)
    dst[...] = src
