"""What convolution and pooling share: options for each axis, how windows lie, and their errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.letters import show_shape
from bpdebug.ops.maps.index_map import Array, Shape
from bpdebug.ops.maps.windows import Windows

LEAST = {"size": 1, "stride": 1, "padding": 0, "dilation": 1}
"""The smallest value of each option."""
NAMES = ("N", "C", "H", "W")
"""The axes of an input of two axes of space; that of a sequence is L."""


def axis_names(axes: int) -> str:
    """The axes of an input: `(N, C, H, W)` or `(N, C, L)`."""
    return f"({', '.join(NAMES if axes == len(NAMES) - 2 else (*NAMES[:2], 'L'))})"


def for_each_axis(op: str, option: str, value: Any, axes: int) -> tuple[int, ...]:
    """An option's number for every axis; BpdebugError where it has too many, or one too small."""
    found = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(found) != axes:
        wanted = "one number" if axes == 1 else f"one number, or {axes} of them, one for each axis"
        raise BpdebugError(
            f"{op}: {option} has {len(found)} number{'s' * (len(found) != 1)}; give {wanted}"
        )
    least = LEAST[option]
    if min(found) < least:
        raise BpdebugError(f"{op}: {option} must be at least {least}, not {min(found)}")
    return found


def checked_input(op: str, shape: Shape, axes: int) -> None:
    """BpdebugError for an input that has too many axes or too few."""
    if len(shape) not in (axes + 1, axes + 2):
        names = axis_names(axes)
        single = names.replace("N, ", "")
        raise BpdebugError(
            f"{op}: x has shape {show_shape(shape)}, but its axes are {names}, or {single} for "
            "a single example; reshape it, with a size of 1 for channels that it does not have"
        )


@lru_cache(maxsize=1024)
def windows_over(
    op: str, x: Shape, size: tuple[int, ...], stride: Any, padding: Any, dilation: Any = 1
) -> tuple[Windows, ...]:
    """The windows along every axis of space; BpdebugError where none fits into the input."""
    axes = len(size)
    options = (
        for_each_axis(op, name, value, axes)
        for name, value in (("stride", stride), ("padding", padding), ("dilation", dilation))
    )
    found = tuple(map(Windows, x[-axes:], size, *options))
    for axis, windows in enumerate(found, start=len(x) - axes):
        if windows.count < 1:
            padded = windows.extent + 2 * windows.padding
            apart = f" ({windows.size} places, dilation {windows.dilation})"
            raise BpdebugError(
                f"{op}: along axis {axis} the window reaches over {windows.span} cells"
                f"{apart * (windows.dilation > 1)}, but x of shape {show_shape(x)} has "
                f"{padded} there{' with its padding' * (windows.padding > 0)}; make the window "
                "smaller, or the padding larger"
            )
    return found


def each_place(windows: Sequence[Windows]) -> Iterator[tuple[Any, Any]]:
    """Every place of a window in C order, and the cells under it with those of the padding, as keys
    of the last axes of an array."""
    for place in product(*(range(one.size) for one in windows)):
        cells = (one.padded(at) for one, at in zip(windows, place, strict=True))
        yield (slice(None), slice(None), *place), (..., *cells)


def bordered(x: Array, windows: Sequence[Windows]) -> Array:
    """The input with its padding of zeros; the input itself where there is none."""
    if not any(one.padding for one in windows):
        return x
    lead = x.ndim - len(windows)
    extents = [one.extent + 2 * one.padding for one in windows]
    padded = np.zeros((*x.shape[:lead], *extents), dtype=x.dtype)
    padded[inner(windows)] = x
    return padded


def inner(windows: Sequence[Windows]) -> Any:
    """Where the input lies within its padding, as a key of an array."""
    return (..., *(slice(one.padding, one.padding + one.extent) for one in windows))


def unfolded(x: Array, windows: Sequence[Windows]) -> Array:
    """The cells under every window: `(N, C, …)` becomes `(N, C, places, windows)`."""
    padded = bordered(x, windows)
    counts, sizes = [one.count for one in windows], [one.size for one in windows]
    found = np.empty((*x.shape[:2], *sizes, *counts), dtype=x.dtype)
    for place, cells in each_place(windows):
        found[place] = padded[cells]
    return found.reshape(*x.shape[:2], int(np.prod(sizes)), -1)


def folded(columns: Array, windows: Sequence[Windows]) -> Array:
    """The reverse of `unfolded`: what lies under each place is added to the cell there."""
    counts, sizes = [one.count for one in windows], [one.size for one in windows]
    parts = columns.reshape(*columns.shape[:2], *sizes, *counts)
    extents = [one.extent + 2 * one.padding for one in windows]
    padded = np.zeros((*columns.shape[:2], *extents), dtype=columns.dtype)
    for place, cells in each_place(windows):
        padded[cells] += parts[place]
    return np.asarray(padded[inner(windows)])
