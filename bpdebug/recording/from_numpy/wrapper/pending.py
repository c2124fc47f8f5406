"""What is written into a buffer part by part, until somebody reads it as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpdebug.ops import Array, Shape
from bpdebug.recording.from_numpy.building import Building
from bpdebug.recording.lines import NOWHERE, Line
from bpdebug.recording.value import Value
from bpdebug.records import record


@record
class Place:
    """A part of an array along one axis: a single row, or several behind each other."""

    axis: int
    start: int
    stop: int
    single: bool

    def key(self) -> tuple[Any, ...]:
        """The part as an index."""
        at = self.start if self.single else slice(self.start, self.stop)
        return (*[slice(None)] * self.axis, at)

    def shape(self, whole: Shape) -> Shape:
        """The shape of this part of an array of that shape."""
        own = () if self.single else (self.stop - self.start,)
        return (*whole[: self.axis], *own, *whole[self.axis + 1 :])


def place_of(key: tuple[Any, ...], shape: Shape) -> Place | None:
    """The part along one axis that an index names; None for any other index."""
    if len(key) > len(shape):
        return None
    found = [(at, one) for at, one in enumerate(key) if not whole(one, shape[at])]
    if len(found) != 1:
        return None
    ((axis, one),) = found
    extent = shape[axis]
    if isinstance(one, slice):
        span = range(*one.indices(extent))
        return Place(axis, span.start, span.stop, single=False) if span.step == 1 and span else None
    if isinstance(one, (int, np.integer)) and not isinstance(one, (bool, np.bool_)):
        at = int(one) % extent
        return Place(axis, at, at + 1, single=True)
    return None


def whole(part: Any, extent: int) -> bool:
    """Whether a part of an index is all of its axis."""
    return isinstance(part, slice) and range(*part.indices(extent)) == range(extent)


class Rows:
    """Parts that are written along one axis and do not overlap."""

    def __init__(self, shape: Shape, axis: int) -> None:
        self.shape, self.axis = shape, axis
        self._parts: dict[tuple[int, int, bool], Value] = {}
        self._rows: list[tuple[int, Value]] = []
        self._told: dict[tuple[str, bool], int] = {}
        """How many of the rows were told, by who asked."""
        self._line = NOWHERE

    def takes(self, place: Place) -> bool:
        """Whether a part is along the axis, and new or exactly one that was written."""
        if place.axis != self.axis:
            return False
        own = (place.start, place.stop, place.single)
        return own in self._parts or not any(
            start < place.stop and place.start < stop for start, stop, _ in self._parts
        )

    def write(self, place: Place, value: Value, line: Line) -> None:
        """Note what is written to a part."""
        self._parts[place.start, place.stop, place.single] = value
        self._line = line
        if place.single:
            self._rows.append((place.start, value))

    def new_rows(self, name: str, *, main: bool) -> Sequence[tuple[int, Value]]:
        """The single rows that were written since they were told last to a variable of this name.

        Each is with its place; `main` is whether the variable is one of the recorded function.
        """
        told = self._told.get((name, main), 0)
        self._told[name, main] = len(self._rows)
        return self._rows[told:]

    def part(self, building: Building, before: Value, key: tuple[Any, ...]) -> Value | None:
        """What stands in a part; None where it was written otherwise than as a whole."""
        place = place_of(key, self.shape)
        if place is None or place.axis != self.axis:
            return None
        found = self._parts.get((place.start, place.stop, place.single))
        if found is None and self.takes(place):
            return building.index(before, place.key(), self._line)
        return found

    def joined(self, building: Building, before: Value) -> Value:
        """The whole: the parts stacked, or joined with what was there before."""
        extent = self.shape[self.axis]
        parts = sorted(self._parts.items())
        missing = extent - len(parts)
        if all(single for (_, _, single), _ in parts) and (missing == 0 or before.constant):
            rows = {start: value for (start, _, _), value in parts}
            every = [
                rows[at]
                if at in rows
                else building.index(
                    before, Place(self.axis, at, at + 1, single=True).key(), self._line
                )
                for at in range(extent)
            ]
            return building.stack(every, self.axis, self._line)
        pieces: list[Value] = []
        at = 0
        for (start, stop, single), value in [*parts, ((extent, extent, False), before)]:
            if at < start:
                gap = Place(self.axis, at, start, single=False).key()
                pieces.append(building.index(before, gap, self._line))
            if start < extent:
                raised = building.expand(value, self.axis, self._line) if single else value
                pieces.append(raised)
            at = stop
        return building.concat(pieces, self.axis, self._line)


class Cells:
    """Cells that are written anywhere."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._parts: list[tuple[Array, Value]] = []
        self._single: dict[int, Value] = {}
        self._written = np.zeros(int(np.prod(shape)), dtype=bool)
        self._line = NOWHERE

    def write(self, places: Any, value: Value, line: Line) -> None:
        """Note what is written; `places` are positions in the flat array."""
        self._parts.append((places, value))
        self._written[places] = True
        self._line = line
        if places.ndim == 0:
            self._single[int(places)] = value
        elif self._single:
            for place in places.reshape(-1):
                self._single.pop(int(place), None)

    def part(self, building: Building, before: Value, key: tuple[Any, ...]) -> Value | None:
        """What stands in a single cell; None for any other index."""
        numbers = all(isinstance(one, (int, np.integer)) for one in key)
        if len(key) != len(self.shape) or not numbers:
            return None
        places = [int(one) % extent for one, extent in zip(key, self.shape, strict=True)]
        at = int(np.ravel_multi_index(places, self.shape))
        if at in self._single or self._written[at]:
            return self._single.get(at)
        return building.index(before, tuple(places), self._line)

    def joined(self, building: Building, before: Value) -> Value:
        """The whole: every cell is picked from what was written to it last, or was there."""
        line = self._line
        if len(self._parts) == 1 and np.size(self._parts[0][1].array) == 1:
            value = building.reshape(self._parts[0][1], (), line)
            mask = self._written.reshape(self.shape)
            return value if not self.shape else building.where(mask, value, before, line)
        source = np.full(self._written.shape, -1)
        pieces, offset = [], 0
        for places, value in self._parts:
            size = np.size(value.array)
            own = np.arange(offset, offset + size).reshape(np.shape(value.array))
            source[places] = np.broadcast_to(squeezed(own, places.ndim), places.shape)
            pieces.append(value)
            offset += size
        if all(np.ndim(value.array) == 0 for value in pieces):
            joined = building.stack(pieces, 0, line)
        else:
            joined = building.concat(
                [building.reshape(one, (-1,), line) for one in pieces], 0, line
            )
        if np.array_equal(source, np.arange(offset)):
            return building.reshape(joined, self.shape, line)
        found = building.pick(joined, np.maximum(source, 0).reshape(self.shape), line)
        if self._written.all():
            return found
        return building.where(self._written.reshape(self.shape), found, before, line)


def squeezed(array: Any, rank: int) -> Any:
    """An array without leading axes of size 1 that are more than its target has."""
    return array.reshape(array.shape[array.ndim - rank :]) if array.ndim > rank else array
