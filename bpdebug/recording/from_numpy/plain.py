"""Plain arrays and numbers of the code: they are recorded as constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.building import Building
from bpdebug.recording.lines import Line
from bpdebug.recording.value import Value


class PlainArrays:
    """The constants that plain arrays became, so that an array is recorded once."""

    def __init__(self, building: Building) -> None:
        self._building = building
        self._known: dict[int, tuple[Array, Value]] = {}
        """By identity, the arrays themselves (which so stay alive) and their values."""

    def value(self, given: Any, line: Line, *, hint: str = "") -> Value:
        """The value of a plain array or number, as it is now."""
        if type(given) is not np.ndarray or not given.ndim:
            array = np.asarray(given)
            if array.dtype.kind not in "fiub":
                raise line.error(f"{kind_of(given)} is no array of real numbers; no op takes it")
            return self._building.constant(array, line, hint=hint, shared=True)
        found = self.found(given)
        if found is not None and np.array_equal(
            found.array, given, equal_nan=given.dtype.kind == "f"
        ):
            return found
        if given.dtype.kind not in "fiub":
            raise line.error(f"an array of {given.dtype} is none of real numbers; no op takes it")
        value = self._building.constant(given.copy(), line, hint=hint, shared=hint != "")
        self._known[id(given)] = (given, value)
        return value

    def found(self, given: Array) -> Value | None:
        """The value that an array last had; None for one that was not used."""
        known = self._known.get(id(given))
        return known[1] if known is not None and known[0] is given else None


def kind_of(one: Any) -> str:
    """What an object is, with its article."""
    if isinstance(one, complex):
        return "a complex number"
    name = type(one).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def float64(array: Any) -> Array:
    """A copy of an array as recorded code computes with it: all real numbers are float64."""
    made = np.array(array)
    return made.astype(np.float64) if made.dtype.kind == "f" else made
