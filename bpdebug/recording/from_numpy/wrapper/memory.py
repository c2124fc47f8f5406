"""The memory behind arrays: several arrays may be views of it, and each sees what another writes.

A value of a recording never changes. What NumPy writes into memory puts another value in its place,
and a view is computed from that again when it is next read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.building import Building
from bpdebug.recording.from_numpy.wrapper.pending import Cells, Place, Rows
from bpdebug.recording.lines import Line
from bpdebug.recording.texts import Form
from bpdebug.recording.value import Value
from bpdebug.records import record


@record
class Step:
    """How a view is made from what it is a view of: `x.T`, `x[0]`, `x.reshape(2, 3)`."""

    form: Form
    of: Callable[[Array], Any]
    """What NumPy makes of an array."""
    key: tuple[Any, ...] | None = None
    """The index, where it is one."""


class Memory:
    """What an array owns, or several that are views of one."""

    __slots__ = ("_building", "_value", "pending", "version")

    def __init__(self, building: Building, value: Value) -> None:
        self._building = building
        self._value = value
        self.pending: Rows | Cells | None = None
        """What was written into parts of it since it was last read as a whole."""
        self.version = 0
        """It counts what is written."""

    @property
    def settled(self) -> Value | None:
        """Its value, where nothing waits to be put into it."""
        return None if self.pending else self._value

    @property
    def before(self) -> Value:
        """Its value without what is pending."""
        return self._value

    def read(self) -> Value:
        """Its value as a whole, in the shape of the array that owns it."""
        if self.pending is not None:
            self._value = self.pending.joined(self._building, self._value)
            self.pending = None
        return self._value

    def write_row(self, place: Place, value: Value, line: Line) -> None:
        """Write into rows along one axis; `value` has their shape."""
        shape = np.shape(self._value.array)
        if not isinstance(self.pending, Rows) or not self.pending.takes(place):
            self.read()
            self.pending = Rows(shape, place.axis)
        self.pending.write(place, value, line)
        self.version += 1

    def write_cells(self, places: Any, value: Value, line: Line) -> None:
        """Write into any cells; `places` are positions in the flat array."""
        if not isinstance(self.pending, Cells):
            self.read()
            self.pending = Cells(np.shape(self._value.array))
        self.pending.write(places, value, line)
        self.version += 1

    def put(self, value: Value) -> None:
        """Put another value in the place of all of it."""
        self._value = value
        self.pending = None
        self.version += 1

    def part(self, key: tuple[Any, ...]) -> Value | None:
        """What was written to exactly this part of it, or was there; None where that is unclear."""
        return self.pending.part(self._building, self._value, key) if self.pending else None

    def viewed(self, steps: tuple[Step, ...]) -> Value:
        """The value of a view."""
        rest = list(steps)
        value = self.part(rest[0].key) if rest and rest[0].key is not None else None
        if value is not None:
            rest.pop(0)
        else:
            value = self.read()
        for step in rest:
            value = self._building.op(step.form, [value], step.of(value.array), keep=True)
        return value
