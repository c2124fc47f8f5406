"""The terms of a pooling: every window over a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpdebug.ops.maps.index_map import Array, Flat, Shape
from bpdebug.ops.maps.window_map import WindowMap
from bpdebug.ops.maps.windows import Steps, Windows, lying
from bpdebug.records import record


@record
class PoolMap(WindowMap):
    """The terms of an input's cell in a pooling: every window over it, with its place there.

    The local derivative has an axis for every axis of the result, and behind them one for every
    axis of a window.
    """

    cell_shape: Shape
    upstream_shape: Shape
    windows: tuple[Windows, ...]

    @property
    def local_shape(self) -> Shape:
        return (*self.upstream_shape, *(windows.size for windows in self.windows))

    @property
    def sums(self) -> int:
        return 1

    def steps_along(self, windows: Windows) -> Steps:
        return windows.places_by_cell()

    def leads(self, lead: Any, summand: Any) -> tuple[Any, Any]:
        return lead, lead

    def leads_of(self, lead: int) -> range:
        return range(lead, lead + 1)

    def channels(self, lead: int) -> range:
        channel = lead % self.cell_shape[-len(self.windows) - 1]
        return range(channel, channel + 1)

    def local_places(self, window: Sequence[Any], place: Sequence[Any]) -> Sequence[Any]:
        return [*window, *place]

    def indices_of(self, windows: Windows, window: int) -> Flat:
        found = windows.cells(window)
        return np.arange(found.start, found.stop, found.step)

    def contract(self, upstream: Array, local: Array) -> Array:
        above = np.asarray(upstream)
        factors = np.broadcast_to(local, self.local_shape)
        total = np.zeros(self.cell_shape, dtype=np.result_type(above, factors))
        for place, over, cells in lying(self.windows):
            total[cells] += above[over] * factors[(*over, *place[1:])]
        return total

    def carried(self, axis: int) -> int | None:
        return axis if axis < len(self.cell_shape) - len(self.windows) else None
