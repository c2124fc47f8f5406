"""The tables of a scenario with some of its keys changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any
from unicodedata import normalize

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import quoted
from bpdebug.ops import Shape
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.scenario.changes import NAMED, Change, full_path, optimizer_keys
from bpdebug.scenario.inits import INITS
from bpdebug.scenario.table import kind
from bpdebug.scenario.tables import HELD_TO

ENTRY_SOURCES = ("init", "shape", "seed", "file", "columns", "key")
"""Keys of an entry of numbers that a `value` stands in place of."""


def changed(
    tables: Mapping[str, Any], changes: Sequence[Change], shapes: Mapping[str, Shape]
) -> dict[str, Any]:
    """The tables with some keys changed, without what is held to the scenario as it stands.

    `shapes` are those of its inputs and parameters by name. What belongs to an optimizer or an
    initial distribution that was replaced, and not to the new one, goes with it. BpdebugError for a
    key that cannot be there; its table is not read yet.
    """
    made = deepcopy({name: value for name, value in tables.items() if name not in HELD_TO})
    # What replaces an optimizer or an init comes first: it then removes nothing that the user set.
    for change in sorted(changes, key=lambda change: change.parts[-1] not in ("name", "init")):
        path = full_path(change.parts, made)
        if path == ("loss",) and "network" in made:
            path = ("network", "loss")
        put(made, path, change, shapes)
        if path == ("optimizer", "name"):
            keep_settings(made["optimizer"], change.value)
            if change.value != tables.get("optimizer", {}).get("name"):
                drop_states(made)
    return made


def put(
    tables: dict[str, Any], path: tuple[str, ...], change: Change, shapes: Mapping[str, Shape]
) -> None:
    """Set the value at a path; tables on the way to it are made where they may be."""
    here: Any = tables
    above: list[str] = []
    rest = list(path)
    while rest:
        key: str | int
        if isinstance(here, list):
            name, key, taken = rest[0], index_of(here, rest[0], above), 1
            below = here[key]
        else:
            name = key = longest(here, rest, above)
            taken = name.count(".") + 1 if name in here else 1
            below = here.get(name, {})
        del rest[:taken]
        if not rest:
            here[key] = change.value
            if isinstance(here, dict) and len(above) > 1:
                drop_replaced(here, name, shapes.get(normalize("NFKC", above[1])))
            return
        if not isinstance(below, dict) and not is_list_of_tables(below):
            below = as_table(below, [*above, name], rest)
        here[key] = here = below
        above.append(name)


def longest(table: Mapping[str, Any], rest: Sequence[str], above: Sequence[str]) -> str:
    """The key of a table that the next parts name: names may have dots of their own.

    BpdebugError where the table's entries have names of their own, and none has this name.
    """
    for count in range(len(rest), 0, -1):
        if ".".join(rest[:count]) in table:
            return ".".join(rest[:count])
    if len(above) == 1 and above[0] in NAMED:
        hint = did_you_mean(rest[0], table) or f"; it has {', '.join(list(table)[:8])}"
        raise BpdebugError(
            f"there is no {quoted(rest[0], 60)} in [{above[0]}]{hint if table else ''}"
        )
    if not above and rest[0] == "parameters" and "network" in table:
        raise BpdebugError(
            "the weights of a [network] stand in its layers; change those, as in "
            "network.layers.1.weights.init=he_normal"
        )
    return rest[0]


def index_of(tables: Sequence[Any], name: str, above: Sequence[str]) -> int:
    """The place in a list of tables; the user counts from 1, as errors do."""
    whole = name.isascii() and name.isdigit()
    if not whole or not 1 <= int(name[:9]) <= len(tables):
        where = ".".join(above)
        raise BpdebugError(
            f"{where} has {len(tables)} tables, counted from 1, as in {where}.1.…; "
            f"there is no {quoted(name, 60)}"
        )
    return int(name) - 1


def is_list_of_tables(value: Any) -> bool:
    """True for what TOML writes as `[[…]]`."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def as_table(value: Any, above: Sequence[str], rest: Sequence[str]) -> dict[str, Any]:
    """An entry that was given as plain numbers, as a table that takes more keys."""
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        where = ".".join(above)
        raise BpdebugError(f"{where} is {kind(value)}, and has no key {quoted(rest[0], 60)}")
    return {"value": value}


def drop_replaced(entry: dict[str, Any], name: str, shape: Shape | None) -> None:
    """Remove from an entry what its new `init` or `value` stands in place of.

    Numbers, the entry's own or a file's, leave their `shape`; None where a layer gives the shape.
    """
    init = INITS.get(entry["init"]) if isinstance(entry.get("init"), str) else None
    known = init.settings if init is not None else {}
    if name == "value" and "value" not in known:
        for other in ENTRY_SOURCES:
            entry.pop(other, None)
    if name != "init" or init is None:
        return
    if shape is not None:
        entry.setdefault("shape", list(shape))
    if isinstance(entry.get("value"), list):
        del entry["value"]  # the numbers, not the setting of `constant`
    replaced = {name for other in INITS.values() for name in other.settings} | {"value", "file"}
    of_numbers = ("columns", "key", "finite")
    for other in (*replaced - known.keys(), *of_numbers, *([] if init.draws else ["seed"])):
        entry.pop(other, None)


def keep_settings(table: dict[str, Any], name: Any) -> None:
    """Remove the settings that the optimizer of this name does not have."""
    mine = OPTIMIZERS.get(name) if isinstance(name, str) else None
    if mine is not None:
        known = ("name", "schedule", "steps_taken", *mine.settings)
        for setting in optimizer_keys():
            if setting not in known:
                table.pop(setting, None)


def drop_states(tables: dict[str, Any]) -> None:
    """Remove the states that earlier steps left to the optimizer: another one begins anew.

    Where there are any, the number of those steps goes too. A parameter with an optimizer of its
    own keeps its states.
    """
    network = tables.get("network")
    layers = network.get("layers") if isinstance(network, dict) else None
    for table in (tables.get("parameters"), *(layers if isinstance(layers, list) else ())):
        for entry in table.values() if isinstance(table, dict) else ():
            if isinstance(entry, dict) and "state" in entry and "optimizer" not in entry:
                del entry["state"]
                tables["optimizer"].pop("steps_taken", None)
