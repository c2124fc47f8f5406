"""NumPy's functions that move cells: reshape, transpose, roll, pad, tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.tables import derived, named, of
from bpdebug.recording.texts import call, indexed, transposed
from bpdebug.recording.written import RefusedError, Written, moved


@derived(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """np.copy"""
    return a.copy()


@of(np.transpose, *named(np, "permute_dims"))
def transpose_of(a: Any, axes: Sequence[int] | None = None) -> Written:
    """np.transpose"""
    if axes is None or [int(one) % np.ndim(a) for one in axes] == [*range(np.ndim(a))][::-1]:
        return moved(transposed, a)
    return permuted(a, axes)


def permuted(a: Any, axes: Sequence[int]) -> Written:
    """The axes in another order."""
    return moved(call("permute", axes=tuple(int(one) % np.ndim(a) for one in axes)), a)


@of(*named(np, "matrix_transpose"), *named(np.linalg, "matrix_transpose"))
def matrix_transpose(x: Any) -> Written:
    """np.matrix_transpose"""
    return swapaxes(x, -1, -2)


@of(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Written:
    """np.swapaxes"""
    axes = {int(one) % np.ndim(a) for one in (axis1, axis2)}
    if np.ndim(a) == 2 and axes == {0, 1}:
        return moved(transposed, a)
    if axes == {np.ndim(a) - 1, np.ndim(a) - 2}:
        return moved(call("swapaxes"), a)
    return moved(call("swapaxes", axis1=int(axis1), axis2=int(axis2)), a)


@of(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Written:
    """np.moveaxis"""
    rank = np.ndim(a)
    places = np.moveaxis(np.empty(range(1, rank + 1)), source, destination).shape
    return permuted(a, [one - 1 for one in places])


@of(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Written:
    """np.rollaxis"""
    places = np.rollaxis(np.empty(range(1, np.ndim(a) + 1)), axis, start).shape
    return permuted(a, [one - 1 for one in places])


@derived(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", **more: Any) -> Any:
    """np.reshape, of rows as of columns."""
    wanted = more.pop("newshape", shape)
    more.pop("copy", None)
    if order == "F" or (order == "A" and np.isfortran(a.array)):
        sizes = (wanted,) if isinstance(wanted, (int, np.integer)) else tuple(wanted)
        return np.transpose(np.reshape(np.transpose(a), sizes[::-1]))
    return reshaped(a, wanted)


def reshaped(a: Any, shape: Any) -> Any:
    """An array with its cells in another shape, as a view where NumPy gives one."""
    result = np.reshape(a.array, shape)
    wanted = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    wanted = tuple(int(one) for one in wanted)
    if not a.ndim:
        made = moved(indexed([None] * result.ndim), a) if result.ndim else None
    elif not result.ndim:
        made = moved(indexed([0] * a.ndim), a)
    else:
        made = moved(call("reshape", shape=wanted), a)
    if made is None:
        return a.copy()
    return a.tracer.record(made, result, (np.reshape, (a, result.shape), {}))


@derived(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """np.ravel: the cells in a row."""
    if np.ndim(a) == 1:
        return a[:]
    return reshape(a, -1, order if order != "K" else "A")


@of(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Written:
    """np.squeeze"""
    if axis is None:
        gone = [at for at, size in enumerate(np.shape(a)) if size == 1]
    else:
        gone = [int(one) % np.ndim(a) for one in np.atleast_1d(axis)]
    key = [0 if at in gone else slice(None) for at in range(np.ndim(a))]
    if len(gone) == np.ndim(a):
        return moved(indexed(key) if key else same, a)
    return moved(call("squeeze", **({} if axis is None else {"axis": tuple(gone)})), a)


def same(operands: Any) -> Any:
    """The operand as it stands."""
    return operands[0]


@of(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Written:
    """np.expand_dims"""
    axes = [int(one) for one in np.atleast_1d(axis)]
    rank = np.ndim(a) + len(axes)
    new = {one % rank for one in axes}
    key: list[Any] = [None if at in new else slice(None) for at in range(rank)]
    while len(key) > 1 and key[-1] is not None:
        key.pop()
    return moved(indexed(key), a)


def at_least(rank: int) -> Any:
    """np.atleast_1d, np.atleast_2d or np.atleast_3d."""
    function = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}[rank]

    def apply(*arrays: Any) -> Any:
        if len(arrays) > 1:
            return tuple(apply(one) for one in arrays)
        (one,) = arrays
        if not hasattr(one, "tracer"):
            return function(one)
        return one if one.ndim >= rank else np.reshape(one, function(one.array).shape)

    return apply


for _rank, _function in ((1, np.atleast_1d), (2, np.atleast_2d), (3, np.atleast_3d)):
    derived(_function)(at_least(_rank))


@of(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Written:
    """np.broadcast_to"""
    sizes = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return moved(call("broadcast_to", shape=tuple(int(one) for one in sizes)), array)


@derived(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, **more: Any) -> Any:
    """np.full_like: of the shape of an array, of one value."""
    if hasattr(fill_value, "tracer"):
        return np.broadcast_to(fill_value, more.get("shape") or np.shape(a)).copy()
    shape = np.shape(a)
    return a.tracer.data(np.full(shape, fill_value, dtype or a.dtype))


@of(np.flip)
def flip(m: Any, axis: Any = None) -> Written:
    """np.flip"""
    return moved(call("flip", **({} if axis is None else {"axis": axis})), m)


@of(np.fliplr)
def fliplr(m: Any) -> Written:
    """np.fliplr"""
    return moved(call("flip", axis=1), m)


@of(np.flipud)
def flipud(m: Any) -> Written:
    """np.flipud"""
    return moved(call("flip", axis=0), m)


@derived(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """np.roll: what goes out at one end comes in at the other."""
    if axis is None:
        return np.reshape(roll(np.ravel(a), shift, 0), np.shape(a))
    if np.ndim(shift) or np.ndim(axis):
        for one, other in np.broadcast(shift, axis):
            a = roll(a, int(one), int(other))
        return a
    extent = np.shape(a)[axis]
    by = int(shift) % extent if extent else 0
    if not by:
        return a.copy()
    before = [slice(None)] * (axis % np.ndim(a))
    parts = [a[(*before, slice(-by, None))], a[(*before, slice(None, -by))]]
    return np.concatenate(parts, axis=axis)


@derived(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """np.repeat: picked repeatedly along an axis."""
    if axis is None:
        a, axis = np.ravel(a), 0
    places = np.repeat(np.arange(np.shape(a)[axis]), plain(repeats))
    return a[(*[slice(None)] * (axis % np.ndim(a)), places)]


def plain(one: Any) -> Any:
    """An argument that must be data."""
    if hasattr(one, "tracer"):
        if one.value.learned:
            raise RefusedError("a learned value decides a shape here, which no op has")
        return one.array
    return one


def gathered(function: Any) -> Any:
    """A function that only moves and repeats cells: it tells where each cell comes from."""

    def apply(a: Any, *args: Any, **kwargs: Any) -> Any:
        places = function(np.arange(a.size).reshape(a.shape), *args, **kwargs)
        value = a.tracer.building.gather(a.value, np.asarray(places), a.tracer.line())
        return a.tracer.wrap(value)

    return apply


for _moving in (
    *named(np, "tile", "rot90", "resize", "delete"),
    *named(np.lib.stride_tricks, "sliding_window_view"),
):
    derived(_moving)(gathered(_moving))


@derived(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **more: Any) -> Any:
    """np.pad: with a constant, or with cells of the array."""
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        return gathered(np.pad)(array, pad_width, mode, **more)
    fill = more.pop("constant_values", 0)
    if mode != "constant" or more or np.ndim(fill):
        raise RefusedError(f"mode={mode!r} of np.pad has no op; use 'constant' with one number")
    if not np.any(plain(pad_width)):
        return array.copy()
    widths = np.broadcast_to(np.asarray(plain(pad_width)), (np.ndim(array), 2))
    for axis, (before, behind) in enumerate(widths.tolist()):
        parts = []
        for width in (before, behind):
            shape = list(np.shape(array))
            shape[axis] = width
            parts.append(np.full(shape, plain(fill), dtype=np.float64) if width else None)
        joined = [one for one in (parts[0], array, parts[1]) if one is not None]
        array = np.concatenate(joined, axis=axis) if len(joined) > 1 else array
    return array
