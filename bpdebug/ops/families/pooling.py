"""Pooling: one number for every window, its largest or its mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Carries, EdgeText, Op, Partial
from bpdebug.ops.families.windowed import axis_names, checked_input, for_each_axis, windows_over
from bpdebug.ops.letters import Options
from bpdebug.ops.maps.index_map import Array, Index, IndexMap, Shape, ravel, unravel
from bpdebug.ops.maps.pool_map import PoolMap
from bpdebug.ops.maps.windows import Slices, Windows, lying
from bpdebug.ops.registry import register

OPTIONS: dict[str, Any] = {"size": 2, "stride": None, "padding": 0}


class Pooling:
    """How the windows of a pooling over some axes of space lie on an input."""

    def __init__(self, name: str, axes: int) -> None:
        self.name = name
        self.axes = axes

    def windows(self, x: Shape, size: Any, stride: Any, padding: Any) -> tuple[Windows, ...]:
        """The windows along every axis of space; BpdebugError where something does not fit."""
        checked_input(self.name, x, self.axes)
        sizes = for_each_axis(self.name, "size", size, self.axes)
        found = windows_over(self.name, x, sizes, sizes if stride is None else stride, padding)
        for one in found:
            if 2 * one.padding > one.size:
                raise BpdebugError(
                    f"{self.name}: padding {one.padding} is more than half of the window's size "
                    f"{one.size}, so that a window would lie on padding alone; at most "
                    f"{one.size // 2} fits"
                )
        return found

    def select(
        self, shapes: tuple[Shape, ...], options: Options
    ) -> tuple[Shape, tuple[IndexMap, ...]]:
        """The shape of the result, and the map of the only operand."""
        (x,) = shapes
        windows = self.windows(x, **options)
        pool = map_of(x, windows)
        return pool.upstream_shape, (pool,)

    def cells(self, shapes: tuple[Shape, ...], options: Options) -> int:
        """How many cells a window has, with those on padding."""
        return prod(for_each_axis(self.name, "size", options["size"], self.axes))

    # The largest of a window.

    def largest(self, x: Array, shared: Array | None = None, **options: Any) -> Array:
        """The largest cell of every window, axis by axis; NaN where a window has one."""
        return self.gathered(x, np.maximum, -np.inf, options) if shared is None else shared

    def gathered(self, x: Array, combine: Any, neutral: float, options: Options) -> Array:
        """The cells of every window combined, along one axis after the other."""
        found = np.asarray(x)
        for axis, one in enumerate(self.windows(found.shape, **options), start=-self.axes):
            behind = (slice(None),) * (-1 - axis)
            shape = list(found.shape)
            shape[axis] = one.count
            part = np.full(shape, neutral, dtype=found.dtype)
            for place in range(one.size):
                over, cells = one.slices(place)
                at: Any = (..., over, *behind)
                under: Any = (..., cells, *behind)
                if place or one.padding:
                    combine(part[at], found[under], out=part[at])
                else:
                    part[at] = found[under]
            found = part
        return found

    def winners(
        self, x: Array, options: Options, top: Array | None = None
    ) -> Iterator[tuple[Slices, Slices, Slices, NDArray[np.bool_]]]:
        """For every place of a window: where it is the cell that passes.

        That is the first of those that tie, and the last NaN where there is any, as in PyTorch.
        Yields the place, the windows in which it lies on a cell, those cells, and for each of them
        whether it is the window's. `top` is the largest of every window: not the result as it was
        handed in or printed, which may be rounded and equal no cell.
        """
        windows = self.windows(x.shape, **options)
        top = self.largest(x, **options) if top is None else top
        free = np.full(top.shape, True)
        lost = last_nan(x, top, windows) if np.isnan(top).any() else None
        for number, (place, over, cells) in enumerate(lying(windows)):
            hit = (x[cells] == top[over]) & free[over]
            free[over] &= ~hit
            if lost is not None:
                hit |= lost[over] == number
            yield place, over, cells, hit

    def is_largest(self, y: Array, x: Array, **options: Any) -> Array:
        """1 at the cell of every window that passes, 0 elsewhere; `(…, windows, places)`."""
        sizes = for_each_axis(self.name, "size", options["size"], self.axes)
        found = np.zeros((*np.shape(y), *sizes))
        for place, over, _, hit in self.winners(x, options):
            found[(*over, *place[1:])] = hit
        return found

    def row(self, cell: Index, y: Array, x: Array, **options: Any) -> Array:
        """For every window over a cell, 1 where this cell passes, else 0."""
        pool = map_of(x.shape, self.windows(x.shape, **options))
        over = pool.terms_of(np.array([ravel(cell, x.shape)])).upstream
        found = [pool.window(unravel(int(at), pool.upstream_shape)) for at in over]
        return np.array([passing(x, one.where) == cell for one in found if one], dtype=float)

    def to_input(
        self, g: Array, y: Array, x: Array, shared: Array | None = None, **options: Any
    ) -> Array:
        """∂L/∂x: each upstream cell for the cell of its window that passed."""
        found = np.zeros(x.shape, dtype=x.dtype)
        for _, over, cells, hit in self.winners(x, options, shared):
            found[cells] += g[over] * hit
        return found

    def place(self, x: Array, **options: Any) -> Array:
        """For every window, the number of the place that passes."""
        top = self.largest(x, **options)
        found = np.zeros(top.shape)
        for number, (_, over, _, hit) in enumerate(self.winners(x, options, top)):
            found[over] += number * hit
        return found

    def tied(self, x: Array, **options: Any) -> NDArray[np.bool_]:
        """True for every window in which several cells are the largest."""
        y = self.largest(x, **options)
        found = np.zeros(y.shape, dtype=np.int64)
        for _, over, cells in lying(self.windows(x.shape, **options)):
            found[over] += x[cells] == y[over]
        return found > 1

    # The mean of a window.

    def mean(self, x: Array, **options: Any) -> Array:
        """The mean of every window, with the zeros of its padding."""
        summed = self.gathered(x, np.add, 0.0, options)
        return summed / self.cells((np.shape(x),), options)

    def share(self, y: Array, x: Array, **options: Any) -> Array:
        """1/n, the part that every cell of a window has in its mean."""
        return np.asarray(1.0 / self.cells((np.shape(x),), options))

    def spread(self, g: Array, y: Array, x: Array, **options: Any) -> Array:
        """∂L/∂x: each upstream cell in equal parts for all cells of its window."""
        found, each = np.zeros(x.shape, dtype=x.dtype), g * self.share(y, x, **options)
        for _, over, cells in lying(self.windows(x.shape, **options)):
            found[cells] += each[over]
        return found


@lru_cache(maxsize=128)
def map_of(x: Shape, windows: tuple[Windows, ...]) -> PoolMap:
    """The map of an input of this shape, the same each time: it has made what it needs by then."""
    y = (*x[: -len(windows)], *(one.count for one in windows))
    return PoolMap(x, y, windows)


def last_nan(x: Array, y: Array, windows: Sequence[Windows]) -> NDArray[np.int64]:
    """For every window the number of the last place that lies on a NaN; −1 where none does."""
    found = np.full(y.shape, -1)
    for number, (_, over, cells) in enumerate(lying(windows)):
        found[over] = np.where(np.isnan(x[cells]), number, found[over])
    return found


def passing(x: Array, where: Sequence[range]) -> Index:
    """The cell of one window that passes: the first of the largest, or the last NaN."""
    window = x[np.ix_(*where)].reshape(-1)
    lost = np.flatnonzero(np.isnan(window))
    at = int(lost[-1] if len(lost) else np.argmax(window))
    index = unravel(at, tuple(map(len, where)))
    return tuple(cells[i] for cells, i in zip(where, index, strict=True))


def nested(row: tuple[float, ...], axes: int) -> Any:
    """A row as an input of a single example and channel."""
    found: Any = row
    for _ in range(axes + 1):
        found = (found,)
    return found


def along_last(axes: int, *, size: int, padding: int = 0) -> dict[str, tuple[int, ...]]:
    """The options of windows that reach along the last axis alone."""
    first = axes - 1
    return {"size": (*[1] * first, size), "padding": (*[0] * first, padding)}


def note_of(axes: int, more: str = "") -> str:
    """A sentence on operand and options."""
    each = "one number or a pair" if axes > 1 else "one number"
    return (
        f"x is {axis_names(axes)} or without N. size, stride and padding are {each}, and stride is "
        f"size where it is left out{more}, as in PyTorch."
    )


def max_pool(name: str, axes: int) -> Op:
    """Declare the maximum of every window over so many axes of space."""
    pool = Pooling(name, axes)
    options = along_last(axes, size=3)
    return register(
        Op(
            name,
            ("x",),
            forward=pool.largest,
            shared=pool.largest,
            select=pool.select,
            vjps={0: pool.to_input},
            options=OPTIONS,
            per_axis=("size", "padding"),
            edge_text=lambda layout, operand: EdgeText(function="unpool"),
            text=f"{name}({{x}})",
            latex=rf"\mathrm{{{{{latex_name(name)}}}}}({{x}})",
            family="window",
            keeps_scale=True,
            side=pool.place,
            kink=pool.tied,
            conventions=(
                Convention(
                    "of cells that tie for the maximum of a window the first gets the gradient",
                    (nested((2.0, 1.0, 2.0), axes),),
                    nested((2.0,), axes),
                    (nested((1.0, 0.0, 0.0), axes),),
                    options,
                ),
                Convention(
                    "a NaN in a window is its maximum, and the last NaN gets the gradient",
                    (nested((np.nan, np.nan, 1.0), axes),),
                    nested((np.nan,), axes),
                    (nested((0.0, 1.0, 0.0), axes),),
                    options,
                ),
            ),
            note=note_of(axes, "; padding never wins"),
            partials=(
                Partial(
                    pool.is_largest,
                    "[{x} = {y}]",
                    "[{x} = {y}]",
                    "of the window around {x} only the largest cell reaches {y}; the others could "
                    "move without {y} noticing",
                    row=pool.row,
                ),
            ),
        )
    )


def avg_pool(name: str, axes: int) -> Op:
    """Declare the mean of every window over so many axes of space."""
    pool = Pooling(name, axes)
    return register(
        Op(
            name,
            ("x",),
            forward=pool.mean,
            select=pool.select,
            vjps={0: pool.spread},
            options=OPTIONS,
            per_axis=("size", "padding"),
            edge_text=lambda layout, operand: EdgeText(function="spread"),
            text=f"{name}({{x}})",
            latex=rf"\mathrm{{{{{latex_name(name)}}}}}({{x}})",
            family="window",
            carries=Carries.REDUCES,
            averaged=pool.cells,
            conventions=(
                Convention(
                    "zeros of the padding count in the mean",
                    (nested((3.0, 6.0), axes),),
                    nested((1.5, 3.0), axes),
                    options=along_last(axes, size=2, padding=1),
                ),
            ),
            note=note_of(axes),
            partials=(
                Partial(
                    pool.share,
                    "1/{n}",
                    r"\tfrac{{1}}{{{n}}}",
                    "{x} is one of {n} cells averaged in {y}: move it by 1, and {y} moves by 1/{n}",
                ),
            ),
        )
    )


def latex_name(name: str) -> str:
    """The name inside of `\\mathrm`."""
    return name.replace("_", r"\_")


max_pool1d = max_pool("max_pool1d", 1)
max_pool2d = max_pool("max_pool2d", 2)
avg_pool1d = avg_pool("avg_pool1d", 1)
avg_pool2d = avg_pool("avg_pool2d", 2)
