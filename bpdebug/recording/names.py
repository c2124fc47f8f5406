"""The names of intermediate values: the local variables in which the recorded code held them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any

from bpdebug.recording.value import Value

MOST_HELD = 200
"""Entries of a list or dict whose values are named after it."""
MAIN, HELPER, CONTAINER = 0, 1, 2
"""Where a name was seen: in the function that is recorded, in one that it called, in a list or dict
of it. The first is what the user calls a value."""

Find = Callable[[Any], Value | None]
"""The value that an object of the user's code stands for; None for any other object."""


class LocalNames:
    """The local variables that held values, the latest last."""

    def __init__(self) -> None:
        self._seen: dict[Value, tuple[int, str]] = {}
        self._order: list[Value] = []

    def look(self, frame: FrameType, find: Find, *, main: bool) -> None:
        """Note which local variables of a frame hold values now."""
        self.note(frame.f_locals, find, MAIN if main else HELPER)

    def note(self, held: Mapping[str, Any], find: Find, place: int) -> None:
        """Note names and what they hold; lists, tuples and dicts are looked into, one level."""
        for name, one in held.items():
            value = find(one)
            if value is not None:
                self._name(value, name, place)
            elif isinstance(one, (list, tuple, dict)):
                for at, entry in entries(one):
                    value = find(entry)
                    if value is not None:
                        self._name(value, f"{name}_{at}", CONTAINER)

    def _name(self, value: Value, name: str, place: int) -> None:
        """A name for a value, where no better one is known: the first name it had in its place."""
        if value.leaf and value.name:
            return
        if value not in self._seen:
            self._order.append(value)
        elif self._seen[value][0] <= place:
            return
        self._seen[value] = (place, name)

    def chosen(self, values: Iterable[Value]) -> dict[Value, tuple[str, bool]]:
        """The name of each value that has one, and whether it is from the recorded function itself.

        Values are in the order in which they were first held.
        """
        wanted = set(values)
        return {
            value: (self._seen[value][1], self._seen[value][0] == MAIN)
            for value in self._order
            if value in wanted
        }


def entries(held: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> Iterable[tuple[str, Any]]:
    """The first entries of a list, tuple or dict, each with a word for its place."""
    pairs = held.items() if isinstance(held, dict) else enumerate(held)
    for count, (at, one) in enumerate(pairs):
        if count >= MOST_HELD:
            return
        word = str(at).replace("-", "m")
        if word.isidentifier() or word.isdigit() or word[1:].isdigit():
            yield word, one
