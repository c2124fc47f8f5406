"""What arrays of recorded code need of the tracer that they report to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.building import Building
from bpdebug.recording.from_numpy.journal import Journal
from bpdebug.recording.lines import Line
from bpdebug.recording.value import Value
from bpdebug.recording.written import Written


class Reports(Protocol):
    """Who is told what code does with an array. Arrays are `TracedArray`."""

    building: Building
    journal: Journal

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, options: dict[str, Any]) -> Any:
        """A universal function was called."""

    def function(self, function: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy was called."""

    def item(self, array: Any, key: Any) -> Any:
        """An index stands behind an array."""

    def write(self, array: Any, key: Any, given: Any) -> None:
        """A part of an array is written."""

    def copied(self, array: Any) -> Any:
        """A copy is made."""

    def cast(self, array: Any, dtype: Any) -> Any:
        """Another kind of numbers is wanted."""

    def flat(self, array: Any) -> Any:
        """The cells are wanted in a row."""

    def reshaped(self, array: Any, shape: Any) -> None:
        """An array gets another shape in its place."""

    def missing(self, array: Any, name: str) -> Any:
        """An attribute is wanted that the wrapper does not have."""

    def took(self, value: Value, problem: str) -> Array:
        """Numbers leave the recording."""

    def decided(self, value: Value) -> None:
        """A value decides what the code does."""

    def data(self, result: Any) -> Any:
        """Something was made of plain numbers alone."""

    def record(self, made: Written, result: Any, call_of: Any = None) -> Any:
        """An op was computed."""

    def refuse(self, problem: str, arguments: Iterable[Any], result: Any, name: str) -> Any:
        """Something has no op."""

    def lift(self, argument: Any, line: Line) -> Value:
        """The value of an argument is wanted."""

    def line(self) -> Line:
        """The line of the user's code is wanted."""
