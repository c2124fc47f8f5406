"""Numbers written in TOML to float64 arrays, every entry checked."""

from __future__ import annotations

from itertools import chain
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.expression.limits import AXES, ELEMENTS
from bpdebug.ops import Array, Shape, show_shape
from bpdebug.ops.index_map import unravel
from bpdebug.scenario.table import kind, to_float


def array_from(value: Any, key: str) -> Array:
    """A number or nested lists of numbers; BpdebugError for all else, with the index."""
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], list):
        level = next_level(level, shape, key)
    for at, entry in enumerate(level):
        if isinstance(entry, bool) or not isinstance(entry, int | float):
            if isinstance(entry, list):
                raise ragged(f"a list stands beside numbers{place(at, shape)}", key)
            raise BpdebugError(f"must be a number, not {kind(entry)}{place(at, shape)}", key=key)
    array = np.array([to_float(entry) for entry in level]).reshape(shape)
    return checked(array, key)


def next_level(level: list[Any], shape: list[int], key: str) -> list[Any]:
    """The entries of all lists of a level; they must be lists of one length."""
    first = level[0]
    for at, entry in enumerate(level):
        if not isinstance(entry, list):
            if isinstance(entry, int | float) and not isinstance(entry, bool):
                raise ragged(f"a number stands beside lists{place(at, shape)}", key)
            raise BpdebugError(f"must be a number, not {kind(entry)}{place(at, shape)}", key=key)
        if len(entry) != len(first):
            raise ragged(
                f"a list of {len(first)} and one of {len(entry)} stand side by side"
                f"{place(at, shape)}",
                key,
            )
    if not first:
        raise BpdebugError("the array is empty; it needs at least one number", key=key)
    shape.append(len(first))
    if len(shape) > AXES:
        raise BpdebugError(f"the array has more than {AXES} axes", key=key)
    return list(chain.from_iterable(level))


def ragged(what: str, key: str) -> BpdebugError:
    """The mistake of lists that do not line up."""
    return BpdebugError(f"the array is ragged: {what}; give every row the same length", key=key)


def place(flat: int, shape: list[int]) -> str:
    """Where in the array, as ` at [0, 2]`; nothing for a single number."""
    return f" at {list(unravel(flat, tuple(shape)))}" if shape else ""


def checked(array: Array, key: str) -> Array:
    """The array as float64; an error when it is empty, too large or not finite."""
    if array.size == 0:
        raise BpdebugError(f"the array of shape {show_shape(array.shape)} is empty", key=key)
    check_elements(array.shape, key)
    if array.ndim > AXES:
        raise BpdebugError(f"the array has {array.ndim} axes, more than {AXES}", key=key)
    finite = np.isfinite(array)
    if not finite.all():
        flat = int(np.argmin(finite))
        found = array.ravel()[flat]
        where = place(flat, list(array.shape))
        problem = (
            f"the data holds NaN (not a number){where}; give a number there, or leave its row out"
            if np.isnan(found)
            else f"the data is infinite or past float64's range{where}; "
            "give a finite number, at most about 1.8e308"
        )
        raise BpdebugError(problem, key=key)
    return np.ascontiguousarray(array, dtype=np.float64) if array.ndim else np.array(float(array))


def check_elements(shape: Shape, key: str) -> None:
    """An error for a shape past the limit, before anything of that size is made."""
    if prod(shape) > ELEMENTS:
        raise BpdebugError(
            f"shape {quoted(show_shape(shape))[1:-1]} has {prod(shape):.3g} elements, "
            f"more than the limit of {ELEMENTS:,}",
            key=key,
        )
