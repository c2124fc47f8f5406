"""NumPy's functions that join arrays or take them apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.tables import derived, named
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, traced_in
from bpdebug.recording.written import RefusedError


def tracer_of(arrays: Any) -> Any:
    """The tracer of the first wrapped array among these."""
    return next(iter(traced_in(list(arrays)))).tracer


@derived(*named(np, "concatenate", "concat"))
def concatenate(arrays: Any, axis: Any = 0, dtype: Any = None, casting: str = "same_kind") -> Any:
    """np.concatenate; without an axis the flat arrays."""
    parts = list(arrays)
    if axis is None:
        return concatenate([np.ravel(one) for one in parts])
    tracer = tracer_of(parts)
    line = tracer.line()
    values = [tracer.lift(one, line) for one in parts]
    return tracer.wrap(tracer.building.concat(values, int(axis) % np.ndim(parts[0]), line))


@derived(np.stack)
def stack(arrays: Any, axis: int = 0, dtype: Any = None, casting: str = "same_kind") -> Any:
    """np.stack"""
    parts = list(arrays)
    tracer = tracer_of(parts)
    line = tracer.line()
    values = [tracer.lift(one, line) for one in parts]
    return tracer.wrap(tracer.building.stack(values, int(axis) % (np.ndim(parts[0]) + 1), line))


@derived(*named(np, "vstack", "row_stack"))
def vstack(tup: Any, dtype: Any = None, casting: str = "same_kind") -> Any:
    """np.vstack: vectors become rows."""
    parts = list(tup)
    if all(np.ndim(one) == 1 for one in parts):
        return stack(parts)
    return concatenate([np.atleast_2d(one) for one in parts])


@derived(np.hstack)
def hstack(tup: Any, dtype: Any = None, casting: str = "same_kind") -> Any:
    """np.hstack: along the second axis, vectors along their only one."""
    parts = [np.atleast_1d(one) for one in tup]
    return concatenate(parts, axis=0 if np.ndim(parts[0]) == 1 else 1)


@derived(np.column_stack)
def column_stack(tup: Any) -> Any:
    """np.column_stack: vectors become columns."""
    parts = list(tup)
    if all(np.ndim(one) == 1 for one in parts):
        return stack(parts, axis=1)
    return concatenate([column(one) if np.ndim(one) < 2 else one for one in parts], axis=1)


def column(one: Any) -> Any:
    """A vector as a column."""
    return np.reshape(one, (-1, 1))


@derived(np.dstack)
def dstack(tup: Any) -> Any:
    """np.dstack: along the third axis."""
    return concatenate([np.atleast_3d(one) for one in tup], axis=2)


@derived(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """np.append: a copy with more behind."""
    parts = [arr, values] if axis is not None else [np.ravel(arr), np.ravel(values)]
    return concatenate(parts, axis=axis or 0)


@derived(np.array_split, np.split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """np.array_split: views of parts behind each other."""
    extent = np.shape(ary)[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        each, more = divmod(extent, int(indices_or_sections))
        sizes = [each + (at < more) for at in range(int(indices_or_sections))]
        ends = np.cumsum([0, *sizes]).tolist()
    else:
        ends = [0, *(int(one) for one in indices_or_sections), extent]
    before = [slice(None)] * (axis % np.ndim(ary))
    return [ary[(*before, slice(start, stop))] for start, stop in pairwise(ends)]


@derived(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """np.hsplit: along the second axis, a vector along its only one."""
    return array_split(ary, indices_or_sections, axis=1 if np.ndim(ary) > 1 else 0)


@derived(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """np.vsplit: along the first axis."""
    return array_split(ary, indices_or_sections)


@derived(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """np.dsplit: along the third axis."""
    return array_split(ary, indices_or_sections, axis=2)


@derived(*named(np, "unstack"))
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """np.unstack: the rows along an axis."""
    before = [slice(None)] * (axis % np.ndim(x))
    return tuple(x[(*before, at)] for at in range(np.shape(x)[axis]))


@derived(np.block)
def block(arrays: Any) -> Any:
    """np.block of a list, or of a list of lists."""
    rows = list(arrays)
    if not all(isinstance(row, list) for row in rows):
        return concatenate([np.atleast_1d(one) for one in rows], axis=-1)
    if any(isinstance(one, list) for row in rows for one in row):
        raise RefusedError("np.block has an op for two levels of lists; use np.concatenate")
    return concatenate(
        [concatenate([np.atleast_2d(one) for one in row], axis=1) for row in rows], axis=0
    )


@derived(*named(np, "broadcast_arrays"))
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """np.broadcast_arrays"""
    shape = np.broadcast_shapes(*(np.shape(one) for one in args))
    return tuple(
        np.broadcast_to(one, shape) if isinstance(one, TracedArray) else one for one in args
    )
