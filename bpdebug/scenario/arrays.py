"""Numbers written in TOML to float64 arrays, every entry checked."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from itertools import chain
from math import prod
from typing import Any, TypeVar

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.expression.functions import is_number
from bpdebug.expression.limits import AXES, ELEMENTS
from bpdebug.ops import Array, Shape, show_shape
from bpdebug.ops.maps.index_map import unravel
from bpdebug.scenario.table import kind, past_range, to_float

Cell = TypeVar("Cell")
FINITE_FALSE = "add finite = false, as in { value = …, finite = false }"


class Holds(Enum):
    """Which numbers an array may hold."""

    FINITE = "finite numbers alone"
    INFINITE = "infinities too"
    ANYTHING = "infinities and NaN too"


def array_from(value: Any, key: str, holds: Holds = Holds.FINITE) -> Array:
    """A number or nested lists of numbers; BpdebugError for all else, with the index."""
    cells, shape = flattened(value, key, number_in)
    array = np.array([to_float(cell) for cell in cells]).reshape(shape)
    found = (at for at in np.flatnonzero(np.isinf(array)).tolist() if past_range(cells[at]))
    large = next(found, None)
    if large is not None:
        raise not_finite(place(large, list(shape)), key, holds)
    return checked(array, key, holds)


def number_in(value: Any) -> int | float | None:
    """A number of TOML as it is; None for all else."""
    return value if is_number(value) else None


def not_finite(where: str, key: str, holds: Holds) -> BpdebugError:
    """The mistake of a number that is infinite, or past float64's range."""
    remedy = ", or inf"
    if holds is Holds.FINITE:
        remedy = "; only [inputs] may hold inf, and an entry with finite = false"
    return BpdebugError(
        f"the data is infinite or past float64's range{where}; "
        f"give a finite number, at most about 1.8e308{remedy}",
        key=key,
    )


def flattened(value: Any, key: str, read: Callable[[Any], Cell | None]) -> tuple[list[Cell], Shape]:
    """The cells of nested lists in C order, as `read` gives them, and the shape.

    BpdebugError where the lists do not line up, and for an entry that `read` gives None for.
    """
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], list):
        level = next_level(level, shape, key, read)
    cells = []
    for at, entry in enumerate(level):
        cell = None if isinstance(entry, list) else read(entry)
        if cell is None:
            if isinstance(entry, list):
                raise ragged(f"a list stands beside numbers{place(at, shape)}", key)
            raise BpdebugError(f"must be a number, not {kind(entry)}{place(at, shape)}", key=key)
        cells.append(cell)
    return cells, tuple(shape)


def next_level(
    level: list[Any], shape: list[int], key: str, read: Callable[[Any], Cell | None]
) -> list[Any]:
    """The entries of all lists of a level; they must be lists of one length."""
    first = level[0]
    for at, entry in enumerate(level):
        if not isinstance(entry, list):
            if read(entry) is not None:
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


def checked(array: Array, key: str, holds: Holds = Holds.FINITE) -> Array:
    """The array as float64; an error when it is empty, too large, or holds what it may not."""
    if array.size == 0:
        raise BpdebugError(f"the array of shape {show_shape(array.shape)} is empty", key=key)
    check_elements(array.shape, key)
    if array.ndim > AXES:
        raise BpdebugError(f"the array has {array.ndim} axes, more than {AXES}", key=key)
    good = ~np.isnan(array) if holds is Holds.INFINITE else np.isfinite(array)
    if holds is not Holds.ANYTHING and not good.all():
        flat = int(np.argmin(good))
        found = array.ravel()[flat]
        where = place(flat, list(array.shape))
        if not np.isnan(found):
            raise not_finite(where, key, holds)
        raise BpdebugError(
            f"the data holds NaN (not a number){where}; give a number there, or leave its row out; "
            f"to see what it does, {FINITE_FALSE}",
            key=key,
        )
    return np.ascontiguousarray(array, dtype=np.float64) if array.ndim else np.array(float(array))


def check_elements(shape: Shape, key: str) -> None:
    """An error for a shape past the limit, before anything of that size is made."""
    if prod(shape) > ELEMENTS:
        raise BpdebugError(
            f"shape {quoted(show_shape(shape))[1:-1]} has {prod(shape):,} elements, "
            f"more than the limit of {ELEMENTS:,}",
            key=key,
        )
