"""Changed settings of a scenario: `learning_rate=0.1`, `parameters.W1.init=zeros`.

A change names a key of the TOML, its parts separated by dots; a setting of [optimizer] or [run]
needs no more than its own name. The value is written as in TOML, but a word needs no quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import quoted
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.reading import toml_in
from bpdebug.records import record
from bpdebug.scenario.optimizers import ELSEWHERE
from bpdebug.scenario.settings import RUN_KEYS
from bpdebug.scenario.table import parse_float
from bpdebug.scenario.tables import ABOUT, CHANGEABLE, HELD_TO

NAMED = ("inputs", "parameters", "graph")
"""Tables of entries that have names of their own: a change adds none."""
PARTS = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^.\s"']+))\s*(?:\.|$)""")
WORD = re.compile(r"\w[\w ./@*+()\[\],-]*")
EXAMPLE = "write KEY=VALUE, as in learning_rate=0.1"


@record
class Change:
    """A key of a scenario and its new value, as the user wrote them."""

    parts: tuple[str, ...]
    value: Any
    text: str

    @property
    def shown(self) -> str:
        """`learning_rate = 0.1`, as a legend has it."""
        key, _, value = self.text.partition("=")
        return f"{key.strip()} = {value.strip()}"


def parse_change(text: str) -> Change:
    """A change from its text; BpdebugError where it is none."""
    key, sign, written = text.partition("=")
    if not sign or not key.strip() or not written.strip() or "\n" in text or "\r" in text:
        raise BpdebugError(EXAMPLE, key=quoted(text, 60))
    return Change(parts_of(key), value_of(written.strip(), text), text.strip())


def parts_of(key: str) -> tuple[str, ...]:
    """The parts of a dotted key; a part with dots of its own may stand in quotes."""
    parts, at = [], 0
    while at < len(key):
        found = PARTS.match(key, at)
        if found is None:
            raise BpdebugError(f"{quoted(key.strip(), 60)} is no key; {EXAMPLE}")
        parts.append(next(part for part in found.groups() if part is not None))
        at = found.end()
    return tuple(parts)


def value_of(written: str, text: str) -> Any:
    """The value as TOML reads it, a number such as `.5`, or a word without quotes."""
    try:
        return toml_in(f"value = {written}", parse_float)["value"]
    except BpdebugError:
        pass
    try:
        return parse_float(written)
    except ValueError:
        pass
    if WORD.fullmatch(written) is None:
        raise BpdebugError(
            f"{quoted(written, 60)} is no value; write it as in TOML: 0.1, true, [1, 2], "
            '"a text", { init = "zeros" }',
            key=quoted(text, 60),
        )
    return written


def full_path(parts: tuple[str, ...], tables: Mapping[str, Any]) -> tuple[str, ...]:
    """The path of a key from the top of the file."""
    first = parts[0]
    if first in CHANGEABLE and (len(parts) > 1 or first == "loss"):
        return parts
    if first in CHANGEABLE:
        example = {"optimizer": "optimizer.learning_rate=0.1", "run": "run.batch_size=4"}
        shown = example.get(first, f"{first}.{next(iter(keys(tables.get(first))), 'x')}=…")
        raise BpdebugError(f"'{first}' is a table; change one of its keys, as in {shown}")
    if first in (*ABOUT, *HELD_TO):
        raise BpdebugError(f"no curve depends on '{first}'; change what the run depends on")
    if first in RUN_KEYS:
        return ("run", *parts)
    if first in optimizer_keys():
        if "optimizer" not in tables:
            raise BpdebugError(
                f"there is no [optimizer] whose {first} it could change; add optimizer.name=sgd"
            )
        return ("optimizer", *parts)
    raise unknown(parts, tables)


def unknown(parts: tuple[str, ...], tables: Mapping[str, Any]) -> BpdebugError:
    """The error about a key that there is not, with the key that may be meant."""
    name = parts[0]
    known = [*RUN_KEYS, *optimizer_keys(), *CHANGEABLE]
    inside = {key: table for table in NAMED for key in keys(tables.get(table))}
    if name in inside:
        hint = f"; did you mean '{'.'.join((inside[name], *parts))}'?"
    elif name in ELSEWHERE:
        hint = f"; here that is {ELSEWHERE[name]}"
    else:
        hint = did_you_mean(name, known) or (
            f"; give a setting of [optimizer] or [run], or a key with its table: "
            f"{', '.join(f'{one}.…' for one in CHANGEABLE if one in tables and one != 'loss')}"
        )
    return BpdebugError(f"unknown key {quoted('.'.join(parts), 60)}{hint}")


def optimizer_keys() -> tuple[str, ...]:
    """The keys of [optimizer], with the settings of every optimizer."""
    settings = [name for optimizer in OPTIMIZERS.values() for name in optimizer.settings]
    return ("name", "schedule", "steps_taken", *dict.fromkeys(settings))


def keys(value: Any) -> Iterator[str]:
    """The keys of a table; none of anything else."""
    yield from value if isinstance(value, Mapping) else ()
