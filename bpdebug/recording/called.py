"""What recorded values are called in a scenario: valid names, each given once."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence
from functools import cache

from bpdebug.expression import reserved
from bpdebug.expression.limits import NAME_LENGTH
from bpdebug.recording.names import LocalNames, Place
from bpdebug.recording.value import Role, Value


class Names:
    """The names of a scenario that are given already, and those of the values in it."""

    def __init__(
        self,
        values: Sequence[Value],
        loss: Value,
        local: LocalNames,
        loss_name: str,
        uses: Mapping[Value, int],
    ) -> None:
        self._uses = uses
        """How often each value is used."""
        self._taken = {value.name for value in values if value.name}
        unnamed = [one for one in values if not one.name and one.role is not Role.NUMBER]
        # Data first: the x of the caller keeps its name, and an x that the model computes is x_2.
        # But what the code made itself, such as the zeros of a first state, is in line with what
        # its variable holds later.
        held = local.chosen(unnamed)
        given = [
            one
            for one in unnamed
            if one.leaf and (not one.hint or (one in held and held[one][0] == one.hint))
        ]
        self._from_locals(given, local)
        self._from_locals([one for one in unnamed if not one.name], local)
        for value in unnamed:
            if not value.name and value.role is Role.CONSTANT:
                self.give(value, value.hint or "data")
        if not loss.name:
            self.give(loss, loss_name)

    def _from_locals(self, values: Sequence[Value], local: LocalNames) -> None:
        """Name values after local variables.

        Where a variable of the recorded function held several values in turn, the last has its
        name and the others are numbered: that is what the name means when the function returns.
        """
        held: dict[tuple[str, str], list[tuple[Value, bool]]] = {}
        for value, (name, place) in local.chosen(values).items():
            if place is not Place.PASSED or self._uses[value] > 1:
                held.setdefault((value.group, name), []).append((value, place <= Place.ATTRIBUTE))
        for (group, name), found in held.items():
            last = next((one for one, main in reversed(found) if main), None)
            if last is None and len(found) == 1:
                last = found[0][0]
            data = self.taken(group, name)
            if data:  # data has it: then x, x_2, x_3 in their order
                last = None
            if last is not None:
                self.give(last, name)
            rest = [one for one, _ in found if one is not last]
            first = 2 if data else 0 if rest and rest[0].leaf else 1
            for at, value in enumerate(rest, start=first):
                self.give(value, f"{name}_{at}", numbered=True)

    def taken(self, group: str, name: str) -> bool:
        """Whether another value has a name in its group."""
        return (f"{group}." if group else "") + valid(name) in self._taken

    def give(self, value: Value, name: str, *, numbered: bool = False) -> None:
        """Give a value this name, or the next that is free."""
        good = valid(name)
        prefix = f"{value.group}." if value.group else ""
        if prefix and good == "T":
            good = "T_"  # behind a dot it means transposed
        at = 1
        found = f"{prefix}{good}"
        while found in self._taken:
            at += 1
            found = f"{prefix}{good.rpartition('_')[0] if numbered else good}_{at}"
        self._taken.add(found)
        value.name = found


def valid(name: str) -> str:
    """A name that expressions can read, as like this one as may be."""
    good = "".join(
        char if char.isidentifier() or ("a" + char).isidentifier() else "_" for char in name
    )
    good = good[:NAME_LENGTH] or "step"
    if not good.isidentifier():
        good = f"_{good}"
    return f"{good}_" if keyword.iskeyword(good) or reserved(good) else good


def joined(root: str, path: str) -> str:
    """The path of something in a model as a name of a scenario, with the model's name before it."""
    parts = [readable(part) for part in path.split(".") if part]
    return ".".join([root, *parts] if root else parts)


@cache
def readable(part: str) -> str:
    """A part of a path as expressions can read it: a number, or a valid name."""
    return part if part.isdigit() else valid(part)
