"""From recorded values to the text of a scenario: which get an entry, and what each is called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops import Array
from bpdebug.recording.called import Names
from bpdebug.recording.names import LocalNames
from bpdebug.recording.recording import ARCHIVE, Recording
from bpdebug.recording.setting import Setting
from bpdebug.recording.texts import Text
from bpdebug.recording.toml import comment, inline, key, table, text
from bpdebug.recording.value import Role, Value

LONGEST = 160
"""Characters of an expression that may still stand inside another."""
MOST_INSIDE = 2000
"""Characters of an expression above which its parts without a name get one."""
CALLED = re.compile(r"-?\(*([A-Za-z_][\w]*)\(")


class Writer:
    """Writes the values that led to a loss."""

    def __init__(
        self, leaves: Sequence[Value], loss: Value, local: LocalNames, setting: Setting
    ) -> None:
        self.loss, self.setting = loss, setting
        self.values = needed(loss)
        self.given = leaves
        self.leaves = [*leaves, *(one for one in self.values if one.role is Role.CONSTANT)]
        self.uses = Counter(operand for one in self.values for operand in one.operands)
        self.names = Names([*leaves, *self.values], loss, local, setting.loss, self.uses)

    def recording(self) -> Recording:
        """The recording; BpdebugError where the loss cannot be recorded."""
        check(self.loss, self.values)
        entries = self.entries()
        parts = [self.head(), *self.leaf_tables(), table("graph", entries), *self.tail()]
        return Recording(
            title=self.setting.title,
            text="\n".join(part for part in parts if part),
            arrays=self.arrays(),
            made={value.name: value for value in self.values if value.name},
            notes=self.setting.notes,
            given=tuple(one.name for one in self.given),
            aliases=self.setting.aliases,
        )

    def entries(self) -> list[str]:
        """The lines of [graph]. Values without a name of their own stand where they are used."""
        texts: dict[Value, Text] = {}
        lines = []
        users = {operand: one for one in self.values for operand in one.operands}
        for value in self.values:
            if value.role is Role.NUMBER:
                texts[value] = value.write([])
                continue
            if value.leaf:
                texts[value] = Text(value.name)
                continue
            written = value.write([texts[one] for one in value.operands])
            if len(written.text) > MOST_INSIDE:
                for one in value.operands:
                    if not one.name and not one.leaf:
                        lines.append(self.entry(one, texts))
                written = value.write([texts[one] for one in value.operands])
            if not value.name and self.stands_inside(value, users.get(value), written):
                texts[value] = written
                continue
            texts[value] = written
            lines.append(self.entry(value, texts))
        return lines

    def entry(self, value: Value, texts: dict[Value, Text]) -> str:
        """The line of [graph] for a value, which from then on is written by its name."""
        written = texts[value].text
        if not value.name:
            found = CALLED.match(written)
            self.names.give(value, value.hint or (found[1] if found else "step"))
        texts[value] = Text(value.name)
        return f"{key(value.name)} = {text(written)}{comment(value.line.short)}"

    def stands_inside(self, value: Value, user: Value | None, written: Text) -> bool:
        """Whether a value without a name stands in the expression of the only one that uses it."""
        return (
            user is not None
            and not value.apart
            and self.uses[value] == 1
            and user.group == value.group
            and len(written.text) <= LONGEST
        )

    def head(self) -> str:
        """The title, the name of the loss, and what the user should know."""
        lines = [f"title = {text(self.setting.title)}"]
        if self.setting.description:
            lines.append(f"description = {text(self.setting.description)}")
        if self.setting.notes:
            lines += ["notes = [", *(f"    {text(note)}," for note in self.setting.notes), "]"]
        return "\n".join([*lines, f"loss = {text(self.loss.name)}", ""])

    def leaf_tables(self) -> Iterable[str]:
        """[inputs] and [parameters]: where each array is, and what it has to itself."""
        inputs = [one for one in self.leaves if one.role is not Role.PARAMETER]
        parameters = [one for one in self.leaves if one.role is Role.PARAMETER]
        for name, leaves in (("inputs", inputs), ("parameters", parameters)):
            if leaves:
                yield table(name, [f"{key(one.name)} = {inline(self.leaf(one))}" for one in leaves])

    def leaf(self, value: Value) -> dict[str, object]:
        """The entry of an input or a parameter."""
        entry = held_in(value.name, value.array)
        own = self.setting.parameters.get(value.name)
        if own is None:
            return entry
        if own.frozen:
            entry["frozen"] = True
        if own.settings is not None:
            entry["optimizer"] = own.settings
        if own.state:
            entry["state"] = {
                state: held_in(f"{value.name}:{state}", at) for state, at in own.state.items()
            }
        return entry

    def tail(self) -> Iterable[str]:
        """[optimizer], [run] and [aliases]."""
        if self.setting.optimizer:
            rows = [f"{key(name)} = {inline(one)}" for name, one in self.setting.optimizer.items()]
            yield table("optimizer", rows)
        run = [f"iterations = {self.setting.iterations}"] if self.setting.iterations else []
        run += ['dtype = "float32"'] if self.setting.dtype == np.float32 else []
        if run:
            yield table("run", run)
        if self.setting.aliases:
            rows = [f"{key(name)} = {text(own)}" for name, own in self.setting.aliases.items()]
            yield table("aliases", rows)

    def arrays(self) -> dict[str, Array]:
        """The arrays of inputs, parameters and states, by their keys."""
        found = {one.name: as_saved(one.array) for one in self.leaves}
        for name, own in self.setting.parameters.items():
            found |= {f"{name}:{state}": np.asarray(at) for state, at in own.state.items()}
        return found


def held_in(key: str, array: Array) -> dict[str, object]:
    """The entry of an array in the archive; one that is not finite says so."""
    entry: dict[str, object] = {"file": ARCHIVE, "key": key}
    return entry if np.isfinite(array).all() else entry | {"finite": False}


def as_saved(array: Array) -> Array:
    """An array as it stands in an archive: truth values are 1 and 0."""
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype == np.bool_ else array


def needed(loss: Value) -> list[Value]:
    """The loss and all that it was computed from, in the order in which it was computed."""
    found: set[Value] = set()
    pending = [loss]
    while pending:
        value = pending.pop()
        if value not in found:
            found.add(value)
            pending += value.operands
    return sorted(found, key=lambda one: one.at)


def check(loss: Value, values: Sequence[Value]) -> None:
    """BpdebugError where the loss is no number, depends on no parameter, or cannot be recorded."""
    for value in values:
        if value.problem:
            raise value.line.error(value.problem)
    if np.size(loss.array) != 1:
        raise loss.line.error(
            f"the loss has shape {np.shape(loss.array)}; reduce it to one number, as by .mean()"
        )
    if not loss.learned:
        raise BpdebugError("the loss depends on no parameter, so that there is no gradient")
