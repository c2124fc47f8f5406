"""Convolutions: a kernel lies on its input, moved along; each place is a product and a sum.

As in PyTorch the kernel is not flipped, so that mathematics would call this a cross-correlation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import EdgeText, Op, Partial, Product
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.families.windowed import (
    axis_names,
    checked_input,
    folded,
    unfolded,
    windows_over,
)
from bpdebug.ops.letters import Layout, Options, show_shape
from bpdebug.ops.maps.index_map import Array, IndexMap, Shape
from bpdebug.ops.maps.kernel_maps import InputMap, KernelMap
from bpdebug.ops.maps.letter_map import LetterMap
from bpdebug.ops.maps.windows import Windows
from bpdebug.ops.registry import register

OPTIONS: dict[str, Any] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}


def checked_kernel(op: str, x: Shape, w: Shape, groups: int, axes: int) -> None:
    """BpdebugError for a kernel whose axes, channels or groups do not fit the input."""
    channels = x[-axes - 1]
    names = axis_names(axes).replace("N, C", "outputs, channels of a group").lower()
    if len(w) != axes + 2:
        raise BpdebugError(
            f"{op}: w has shape {show_shape(w)}, but its axes are {names}; reshape it"
        )
    if groups < 1:
        raise BpdebugError(f"{op}: groups must be at least 1, not {groups}")
    counts = ((channels, "channel", f"x of shape {show_shape(x)}"),
              (w[0], "output", f"w of shape {show_shape(w)}"))  # fmt: skip
    for count, what, of in counts:
        if count % groups:
            raise BpdebugError(
                f"{op}: groups={groups} does not divide the {counted(count, what)} of {of}; "
                "each group has equally many of them"
            )
    if w[1] * groups == channels:
        return
    each = f" in {groups} groups" if groups > 1 else ""
    fitting = channels // w[1]
    divides = groups == 1 and fitting > 1 and channels % w[1] == 0 and w[0] % fitting == 0
    raise BpdebugError(
        f"{op}: x of shape {show_shape(x)} has {counted(channels, 'channel')}{each}, but w of "
        f"shape {show_shape(w)} is made for {w[1]} in each group; its axis 1 must be "
        f"{channels // groups}{f', or groups={fitting} given' * divides}"
    )


def counted(count: int, what: str) -> str:
    """`3 channels`, `1 channel`."""
    return f"{count} {what}{'s' * (count != 1)}"


def lying(name: str, x: Shape, w: Shape, options: Options, axes: int) -> tuple[Windows, ...]:
    """The kernel's windows along every axis of space; BpdebugError where something does not fit."""
    checked_input(name, x, axes)
    checked_kernel(name, x, w, options["groups"], axes)
    return windows_over(name, x, w[2:], options["stride"], options["padding"], options["dilation"])


def selecting(name: str, axes: int) -> Callable[..., tuple[Shape, tuple[IndexMap, ...]]]:
    """The `select` of a convolution over so many axes of space."""

    def select(shapes: tuple[Shape, ...], options: Options) -> tuple[Shape, tuple[IndexMap, ...]]:
        x, w = shapes[:2]
        windows = lying(name, x, w, options, axes)
        batch, counts = x[: -axes - 1], tuple(one.count for one in windows)
        y = (*batch, w[0], *counts)
        groups = options["groups"]
        maps: list[IndexMap] = [
            InputMap(x, y, w, windows, groups),
            KernelMap(w, y, x, windows, groups),
        ]
        if len(shapes) > 2:
            if shapes[2] != w[:1]:
                raise BpdebugError(
                    f"{name}: b has shape {show_shape(shapes[2])}, but w of shape "
                    f"{show_shape(w)} has {w[0]} outputs; b must have shape ({w[0]})"
                )
            behind = range(len(batch) + 1, len(y))
            at = (*range(1, len(batch) + 1), 0, *behind)
            maps.append(LetterMap(w[:1], (*batch, *counts), at, ()))
        return y, tuple(maps)

    return select


class Convolving:
    """The fast forward and backward computations of a convolution over some axes of space.

    `columns` are the cells under every window, `(N, groups, places of a group, windows)`. Forward
    and backward pass need the same, so the engine computes them once for both.
    """

    def __init__(self, name: str, axes: int) -> None:
        self.name = name
        self.axes = axes

    def windows(self, x: Array, w: Array, options: Options) -> tuple[Windows, ...]:
        """The kernel's windows along every axis of space."""
        return lying(self.name, x.shape, w.shape, options, self.axes)

    def columns(self, x: Array, w: Array, b: Array | None = None, **options: Any) -> Array:
        """The cells under every window, by group of channels."""
        batch = x.reshape(-1, *x.shape[-self.axes - 1 :])
        found = unfolded(batch, self.windows(x, w, options))
        return found.reshape(len(batch), options["groups"], -1, found.shape[-1])

    def forward(
        self,
        x: Array,
        w: Array,
        b: Array | None = None,
        shared: Array | None = None,
        **options: Any,
    ) -> Array:
        """Every kernel times the cells under it, and the bias."""
        columns = self.columns(x, w, **options) if shared is None else shared
        found: Array = matrix(w, options["groups"]) @ columns
        found = found.reshape(len(columns), len(w), -1)
        if b is not None:
            found += b[:, None]
        counts = [one.count for one in self.windows(x, w, options)]
        return found.reshape(*x.shape[: -self.axes - 1], len(w), *counts)

    def to_input(
        self, g: Array, y: Array, x: Array, w: Array, b: Array | None = None, **options: Any
    ) -> Array:
        """∂L/∂x: every upstream cell times the kernel, added to the cells that lay under it."""
        options.pop("shared", None)
        above = self.grouped(g, options["groups"])
        columns = np.swapaxes(matrix(w, options["groups"]), 1, 2) @ above
        parts = columns.reshape(len(above), -1, prod(w.shape[2:]), above.shape[-1])
        return folded(parts, self.windows(x, w, options)).reshape(x.shape)

    def to_kernel(
        self,
        g: Array,
        y: Array,
        x: Array,
        w: Array,
        b: Array | None = None,
        shared: Array | None = None,
        **options: Any,
    ) -> Array:
        """∂L/∂w: the upstream gradient times the cells under each window, summed over windows."""
        columns = self.columns(x, w, **options) if shared is None else shared
        above = self.grouped(g, options["groups"])
        products = above @ np.swapaxes(columns, 2, 3)
        return np.asarray(np.add.reduce(products, axis=0).reshape(w.shape))

    def to_bias(self, g: Array, y: Array, x: Array, w: Array, b: Array, **options: Any) -> Array:
        """∂L/∂b: the upstream gradient summed over all but its channels."""
        channels = g.reshape(-1, len(w), prod(g.shape[-self.axes :]))
        return np.asarray(np.add.reduce(np.add.reduce(channels, axis=2)))

    def grouped(self, g: Array, groups: int) -> Array:
        """The upstream gradient as `(N, groups, outputs of a group, windows)`."""
        outputs = g.shape[-self.axes - 1] // groups
        return g.reshape(-1, groups, outputs, prod(g.shape[-self.axes :]))


def matrix(w: Array, groups: int) -> Array:
    """The kernels as matrices `(groups, outputs of a group, places of a group)`."""
    return w.reshape(groups, len(w) // groups, -1)


EDGES = ("conv_transpose", "correlate", "sum_per_channel")
"""What the edges to input, kernel and bias compute."""


def edge_text(layout: Layout, operand: int) -> EdgeText:
    """`∂L/∂w = correlate(∂L/∂z, x)`."""
    return EdgeText(function=EDGES[operand])


def convolution(name: str, axes: int) -> Op:
    """Declare the convolution over so many axes of space."""
    fast = Convolving(name, axes)
    # The row of 1, 2, 3 under the kernel 1, 10, in the form of an input and of a kernel.
    row, kernel, found = (1.0, 2.0, 3.0), (1.0, 10.0), (21.0, 32.0)
    for _ in range(axes + 1):
        row, kernel, found = (row,), (kernel,), (found,)  # type: ignore[assignment]
    return register(
        Op(
            name,
            ("x", "w", "b"),
            least=2,
            forward=fast.forward,
            shared=fast.columns,
            select=selecting(name, axes),
            vjps={0: fast.to_input, 1: fast.to_kernel, 2: fast.to_bias},
            options=OPTIONS,
            per_axis=("stride", "padding", "dilation"),
            edge_text=edge_text,
            text=f"{name}({{x}}, {{w}}, {{b}})",
            latex=rf"\mathrm{{{{{name}}}}}({{x}}, {{w}}, {{b}})",
            family="window",
            product=Product.SUMS,
            note=f"x is {axis_names(axes)} or without N, w is (outputs, C/groups, "
            f"{'kh, kw' if axes > 1 else 'k'}), b is (outputs) or left out. stride, padding and "
            f"dilation are one number{' or a pair' * (axes > 1)}; all of it is as in PyTorch.",
            conventions=(
                Convention(
                    "the kernel is not flipped: its first cell lies on the first cell of a window",
                    (row, kernel),
                    found,
                ),
            ),
            partials=(
                Partial(
                    lambda y, x, w, b=None, **options: w,
                    "{w}",
                    "{w}",
                    "for {y} the kernel has {w} on {x}: move {x} by 1, and {y} moves by {w}",
                ),
                Partial(
                    lambda y, x, w, b=None, **options: x,
                    "{x}",
                    "{x}",
                    "for {y} the kernel has {w} on {x}: move {w} by 1, and {y} moves by {x}",
                ),
                Partial(
                    lambda y, x, w, b, **options: ONE,
                    "1",
                    "1",
                    "{b} is added to every cell of its channel, so to {y}: move it by 1, and {y} "
                    "moves by 1",
                ),
            ),
        )
    )


conv1d = convolution("conv1d", 1)
conv2d = convolution("conv2d", 2)
