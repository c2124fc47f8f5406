"""The names of intermediate values: the local variables in which the recorded code held them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import IntEnum
from types import FrameType
from typing import Any

from bpdebug.recording.value import Value

MOST_HELD = 200
"""Entries of a list or dict whose values are named after it."""


class Place(IntEnum):
    """Where a name was seen. A name from the recorded function stays, whatever holds it later."""

    MAIN = 0
    """In a variable of the function that is recorded."""
    ATTRIBUTE = 1
    """In an attribute of its object."""
    ENTRY = 2
    """In a list or dict of these."""
    HELPER = 3
    """In a function that it called."""
    CONTAINER = 4
    """In a list or dict there."""
    PASSED = 5
    """In an argument of a function that it called, which has a word of its own for it."""


Find = Callable[[Any], Value | None]
"""The value that an object of the user's code stands for; None for any other object."""


class LocalNames:
    """The local variables that held values, the latest last."""

    def __init__(self) -> None:
        self._seen: dict[Value, tuple[Place, str]] = {}
        self._order: list[Value] = []

    def clear(self) -> None:
        """Hold no value any more."""
        self._seen.clear()
        self._order.clear()

    def look(self, frame: FrameType, find: Find, *, main: bool) -> None:
        """Note which local variables of a frame hold values now."""
        if main:
            self.note(frame.f_locals, find, Place.MAIN)
            return
        code = frame.f_code
        passed = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        self.note(frame.f_locals, find, Place.HELPER, (code.co_name, passed))

    def look_into(self, held: Mapping[str, Any], find: Find, *, main: bool) -> None:
        """Note which attributes of an object hold values now: `self.h` is called h."""
        self.note(held, find, Place.ATTRIBUTE if main else Place.HELPER)

    def note(
        self,
        held: Mapping[str, Any],
        find: Find,
        place: Place,
        function: tuple[str, Collection[str]] = ("", ()),
    ) -> None:
        """Note names and what they hold; lists, tuples and dicts are looked into, one level.

        `function` is the one whose variables these are, and its arguments.
        """
        called, passed = function
        containers = []
        for name, one in held.items():
            value = find(one)
            if value is not None:
                outside = name in passed and value.line.function != called
                self._name(value, name, Place.PASSED if outside else place)
            elif isinstance(one, (list, tuple, dict)):
                containers.append((name, one))
        inside = Place.ENTRY if place <= Place.ATTRIBUTE else Place.CONTAINER
        for name, one in containers:
            for word, entry in entries(name, one):
                value = find(entry)
                if value is not None:
                    self._name(value, word, inside)

    def note_rows(self, name: str, rows: Iterable[tuple[int, Value]], *, main: bool) -> None:
        """Note what stands in the rows of a buffer: the values of `hs` are hs_0, hs_1, …"""
        for at, value in rows:
            self._name(value, f"{name}_{at}", Place.ENTRY if main else Place.CONTAINER)

    def _name(self, value: Value, name: str, place: Place) -> None:
        """A name for a value, where no better one is known."""
        if value.leaf and value.name:
            return
        if value not in self._seen:
            self._order.append(value)
        elif self._seen[value][0] <= max(place, Place.ENTRY):
            return
        self._seen[value] = (place, name)

    def chosen(self, values: Iterable[Value]) -> dict[Value, tuple[str, Place]]:
        """The name of each value that has one, and where it was seen.

        Values are in the order in which they were first held.
        """
        wanted = set(values)
        return {
            value: (self._seen[value][1], self._seen[value][0])
            for value in self._order
            if value in wanted
        }


def entries(
    name: str, held: list[Any] | tuple[Any, ...] | dict[Any, Any]
) -> Iterable[tuple[str, Any]]:
    """The first entries of a list, tuple or dict, each with its name.

    The entry `"z1"` of a dict is called z1, and the entry 2 of `hs` is called hs_2.
    """
    pairs = held.items() if isinstance(held, dict) else enumerate(held)
    for count, (at, one) in enumerate(pairs):
        if count >= MOST_HELD:
            return
        if isinstance(at, str) and at.isidentifier():
            yield at, one
        elif isinstance(at, (str, int)):
            yield f"{name}_{str(at).replace('-', 'm')}", one
