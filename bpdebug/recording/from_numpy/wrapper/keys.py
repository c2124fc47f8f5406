"""Indices behind arrays: `x[0]`, `x[:, None]`, `p[np.arange(n), y]`, `h[h < 0]`."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, plain
from bpdebug.recording.value import Role, Value
from bpdebug.records import record


@record
class Key:
    """An index, read."""

    parts: tuple[Any, ...]
    """Whole numbers, slices, None, and arrays of whole numbers or wrapped ones."""
    basic: bool
    """Whether it has no arrays, so that NumPy gives a view."""
    learned: tuple[TracedArray, ...]
    """Conditions in it that depend on a parameter."""

    @property
    def plain(self) -> tuple[Any, ...]:
        """The index as NumPy takes it."""
        return tuple(plain(one) for one in self.parts)


def read_key(key: Any, rank: int) -> Key:
    """Read an index of an array with so many axes: `...` is written out, conditions are places."""
    entries = list(key) if isinstance(key, tuple) else [key]
    entries = [simple(one) for one in entries]
    learned = tuple(one for one in entries if isinstance(one, TracedArray) and one.value.learned)
    counted = sum(axes_of(one) for one in entries)
    parts: list[Any] = []
    for one in entries:
        if one is ...:
            parts += [slice(None)] * (rank - counted)
        elif is_condition(one):
            parts += places(plain(one))
        else:
            parts.append(one)
    while len(parts) > 1 and isinstance(parts[-1], slice) and parts[-1] == slice(None):
        parts.pop()
    basic = not any(isinstance(one, (np.ndarray, TracedArray)) for one in parts)
    return Key(tuple(parts), basic, learned)


def simple(entry: Any) -> Any:
    """An entry of an index: numbers as Python's, lists and ranges as arrays."""
    if isinstance(entry, slice):
        parts = (entry.start, entry.stop, entry.step)
        return slice(*(None if one is None else int(one) for one in parts))
    if entry is None or entry is ... or isinstance(entry, (np.ndarray, TracedArray)):
        if isinstance(entry, (np.ndarray, TracedArray)) and entry.ndim == 0:
            found = plain(entry)
            return int(found) if found.dtype.kind in "iu" else np.asarray(found)
        return entry
    if isinstance(entry, (bool, np.bool_)):
        return np.asarray(entry)
    if isinstance(entry, (int, np.integer)):
        return int(entry)
    found = np.asarray(plain(entry))
    return found.astype(np.intp) if not found.size else found


def is_condition(entry: Any) -> bool:
    """Whether an entry picks where it is true."""
    return isinstance(entry, (np.ndarray, TracedArray)) and entry.dtype == np.bool_


def axes_of(entry: Any) -> int:
    """How many axes of the array an entry stands for."""
    if entry is None or entry is ...:
        return 0
    return int(entry.ndim) if is_condition(entry) else 1


def places(condition: Any) -> list[Any]:
    """Where a condition is true, as an array of whole numbers for each of its axes."""
    return list(np.nonzero(condition))


def from_data(entry: Any, cells: Container[Value]) -> Value | None:
    """The value of an array of whole numbers that is an input, or among these cells of inputs.

    None for any other array.
    """
    if not isinstance(entry, TracedArray):
        return None
    value = entry.value
    whole = value.array.dtype.kind in "iu" and value.role is not Role.NUMBER
    return value if whole and not value.learned and (value.leaf or value in cells) else None
