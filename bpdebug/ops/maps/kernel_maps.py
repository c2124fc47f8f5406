"""The terms of a convolution: of its input, and of its kernel."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from bpdebug.ops.maps.index_map import Array, Flat, Shape
from bpdebug.ops.maps.window_map import WindowMap
from bpdebug.ops.maps.windows import Steps, Windows, lying
from bpdebug.records import record


@record
class InputMap(WindowMap):
    """The terms of an input's cell in a convolution: every kernel's cell that lay on it.

    The kernel has shape (outputs, channels of a group, …); each group of channels has its outputs.
    """

    cell_shape: Shape
    upstream_shape: Shape
    local_shape: Shape
    windows: tuple[Windows, ...]
    groups: int = 1

    @property
    def local_operand(self) -> int:
        return 1

    @property
    def kernel(self) -> Shape:
        return self.local_shape

    @property
    def sums(self) -> int:
        return self.local_shape[0] // self.groups

    def steps_along(self, windows: Windows) -> Steps:
        return windows.places_by_cell()

    def leads(self, lead: Any, summand: Any) -> tuple[Any, Any]:
        outputs, own = self.local_shape[:2]
        example, channel = divmod(lead, own * self.groups)
        group, within = divmod(channel, own)
        output = group * self.sums + summand
        return example * outputs + output, output * own + within

    def leads_of(self, lead: int) -> range:
        example, _ = divmod(lead, self.local_shape[0])
        channels = self.channels(lead)
        first = example * self.local_shape[1] * self.groups
        return range(first + channels.start, first + channels.stop)

    def channels(self, lead: int) -> range:
        return channels_of(lead, self.local_shape, self.groups)

    def indices_of(self, windows: Windows, window: int) -> Flat:
        found = windows.cells(window)
        return np.arange(found.start, found.stop, found.step)

    def contract(self, upstream: Array, local: Array) -> Array:
        axes, own = len(self.windows), self.local_shape[1]
        grouped = (self.groups, self.sums)
        above = np.reshape(upstream, (-1, *grouped, *self.upstream_shape[-axes:]))
        kernel = np.broadcast_to(local, self.local_shape).reshape(
            *grouped, own, *self.local_shape[2:]
        )
        shape = (len(above), self.groups, own, *self.cell_shape[-axes:])
        total = np.zeros(shape, dtype=np.result_type(above, kernel))
        for place, over, cells in lying(self.windows):
            part = above[over]
            flat = part.reshape(*part.shape[:3], -1)
            products = np.swapaxes(kernel[place], 1, 2) @ flat
            total[cells] += products.reshape(*products.shape[:3], *part.shape[3:])
        return total.reshape(self.cell_shape)

    def carried(self, axis: int) -> int | None:
        return axis if axis < len(self.cell_shape) - len(self.windows) - 1 else None


@record
class KernelMap(WindowMap):
    """The terms of a kernel's cell in a convolution: every cell of the input that it lay on."""

    cell_shape: Shape
    upstream_shape: Shape
    local_shape: Shape
    windows: tuple[Windows, ...]
    groups: int = 1

    @property
    def local_operand(self) -> int:
        return 0

    @property
    def kernel(self) -> Shape:
        return self.cell_shape

    @property
    def sums(self) -> int:
        return prod(self.local_shape[: -len(self.windows) - 1])

    def steps_along(self, windows: Windows) -> Steps:
        return windows.cells_by_place()

    def leads(self, lead: Any, summand: Any) -> tuple[Any, Any]:
        outputs, own = self.cell_shape[:2]
        output, within = divmod(lead, own)
        channel = output // (outputs // self.groups) * own + within
        return summand * outputs + output, summand * own * self.groups + channel

    def leads_of(self, lead: int) -> range:
        own = self.cell_shape[1]
        output = lead % self.cell_shape[0]
        return range(output * own, (output + 1) * own)

    def channels(self, lead: int) -> range:
        return channels_of(lead, self.cell_shape, self.groups)

    def indices_of(self, windows: Windows, window: int) -> Flat:
        found = windows.places(window)
        return np.arange(found.start, found.stop)

    def contract(self, upstream: Array, local: Array) -> Array:
        axes = len(self.windows)
        outputs, own = self.cell_shape[:2]
        above = np.reshape(
            upstream, (-1, self.groups, outputs // self.groups, *self.upstream_shape[-axes:])
        )
        below = np.broadcast_to(local, self.local_shape).reshape(
            len(above), self.groups, own, *self.local_shape[-axes:]
        )
        shape = (self.groups, outputs // self.groups, own, *self.cell_shape[2:])
        total = np.zeros(shape, dtype=np.result_type(above, below))
        for place, over, cells in lying(self.windows):
            left, right = above[over], below[cells]
            flat = left.reshape(*left.shape[:3], -1), right.reshape(*right.shape[:3], -1)
            products = flat[0] @ np.swapaxes(flat[1], 2, 3)
            total[place] = products.sum(axis=0)
        return total.reshape(self.cell_shape)

    def carried(self, axis: int) -> int | None:
        return len(self.upstream_shape) - len(self.windows) - 1 if axis == 0 else None


def channels_of(lead: int, kernel: Shape, groups: int) -> range:
    """The channels of the input under a kernel, by the flat leading indices of its result."""
    group = lead % kernel[0] // (kernel[0] // groups)
    return range(group * kernel[1], (group + 1) * kernel[1])
