"""What the caller gives: arrays, and lists, tuples and dicts of arrays, by the names they get."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops import Array
from bpdebug.printable import quoted
from bpdebug.recording.called import valid

Path = tuple[Any, ...]
"""Keys and places from an argument to an array in it."""
DEEP = 8
"""How deep containers may stand in each other."""

LARGEST = 1023
"""Bits of a whole number that float64 can hold, whatever they are."""


def leaves(name: str, given: Any, *, learned: bool) -> Iterator[tuple[Path, Any]]:
    """The arrays in an argument, with the way to each.

    Of parameters plain numbers are leaves as well; of data they stay what they are.
    """
    pending: deque[tuple[Path, Any]] = deque([((), given)])
    while pending:
        path, one = pending.popleft()
        if learned and isinstance(one, int) and one.bit_length() > LARGEST:
            raise BpdebugError(
                f"the parameter {quoted(name)} holds a number that no float64 can hold; give a "
                "smaller one"
            )
        if is_array(one) or (learned and is_number(one)):
            yield path, one
        elif isinstance(one, Mapping) and len(path) < DEEP:
            pending += [((*path, key), entry) for key, entry in one.items()]
        elif inside(one) and len(path) < DEEP:
            pending += [((*path, at), entry) for at, entry in enumerate(one)]
        elif learned:
            what = type(one).__name__
            raise BpdebugError(
                f"the parameter {quoted(name)} holds a {what}; give arrays, or lists and dicts of "
                "arrays"
            )


def inside(one: Any) -> bool:
    """Whether an object is a list, a tuple, or an array of objects."""
    return isinstance(one, (list, tuple)) or (type(one) is np.ndarray and one.dtype == object)


def is_array(one: Any) -> bool:
    """Whether an object is an array of numbers; BpdebugError for one of complex numbers."""
    if isinstance(one, np.ndarray) and one.dtype.kind == "c":
        raise BpdebugError("an array of complex numbers has no op; give real numbers")
    return isinstance(one, np.ndarray) and one.dtype.kind in "fiub"


def is_number(one: Any) -> bool:
    """Whether an object is a number, and not a truth value."""
    return isinstance(one, (int, float, np.number)) and not isinstance(one, bool)


def name_of(argument: str, path: Path) -> str:
    """What a leaf is called: `W1` of `{"params": {"W1": …}}`, `W_0` of `{"W": [W1, W2]}`."""
    if path and isinstance(path[0], str):
        path, argument = path[1:], path[0]
    return valid("_".join([argument, *(str(one).replace("-", "m") for one in path)]))


def filled(given: Any, path: Path, found: Mapping[Path, Any]) -> Any:
    """An argument with other objects in the place of its arrays."""
    if path in found:
        return found[path]
    if isinstance(given, Mapping) and len(path) < DEEP:
        made = {key: filled(one, (*path, key), found) for key, one in given.items()}
        return made if type(given) is dict else like(given, made)
    if inside(given) and len(path) < DEEP:
        parts = [filled(one, (*path, at), found) for at, one in enumerate(given)]
        if isinstance(given, tuple):
            return tuple(parts) if type(given) is tuple else type(given)(*parts)
        if isinstance(given, list):
            return parts
        objects = np.empty(len(parts), dtype=object)
        for at, one in enumerate(parts):
            objects[at] = one
        return objects
    return given


def like(given: Any, made: dict[Any, Any]) -> Any:
    """A dict of the kind of another one, such as an OrderedDict."""
    try:
        return type(given)(made)
    except TypeError:
        return made


class Arguments:
    """The arrays that a function is called with, by the names that they have in a scenario."""

    def __init__(self, inputs: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        self.given = {**inputs, **parameters}
        both = inputs.keys() & parameters.keys()
        if both:
            raise BpdebugError(
                f"{quoted(sorted(both)[0])} is given as data and as a parameter; give it once"
            )
        if not parameters:
            raise BpdebugError(
                "no parameters are given, and gradients are those of parameters; give them as "
                'parameters={"W": W}'
            )
        self.names: dict[tuple[str, Path], str] = {}
        self.arrays: dict[str, Any] = {}
        self.learned: set[str] = set()
        for group, learned in ((inputs, False), (parameters, True)):
            for argument, given in group.items():
                for path, array in leaves(argument, given, learned=learned):
                    self._add(argument, path, array, learned=learned)

    def _add(self, argument: str, path: Path, array: Any, *, learned: bool) -> None:
        """Note an array by a name that is not taken."""
        name = first = name_of(argument, path)
        at = 1
        while name in self.arrays:
            at += 1
            name = f"{first}_{at}"
        self.names[argument, path] = name
        self.arrays[name] = array
        if learned:
            self.learned.add(name)

    def made(self, wrap: Callable[[str], Any]) -> dict[str, Any]:
        """The arguments by name, with `wrap(name)` in the place of each array."""
        wrapped: dict[str, dict[Path, Any]] = {}
        for (argument, path), name in self.names.items():
            wrapped.setdefault(argument, {})[path] = wrap(name)
        return {
            argument: filled(given, (), wrapped.get(argument, {}))
            for argument, given in self.given.items()
        }

    def other(self, name: str, array: Array | None) -> Array:
        """The array of this name as code computes with it: another one where that is given."""
        own = np.asarray(self.arrays[name])
        found = own if array is None else np.asarray(array)
        if name in self.learned or own.dtype.kind == "f":
            return np.array(found, dtype=np.float64)
        return np.array(np.rint(found) if found.dtype.kind == "f" else found, dtype=own.dtype)
