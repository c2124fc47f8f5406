"""Activations and losses that a network may name, and how their options are read and written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bpdebug.expression.limits import WHOLE_NUMBER
from bpdebug.ops import REGISTRY, losses
from bpdebug.scenario.table import TomlTable

LOSSES = losses()
TAKING = {one.takes: one for one in LOSSES.values()}
"""The loss to take for what an activation gives."""
ACTIVATIONS = {
    name: op for name, op in REGISTRY.items() if op.activation and op.gives in {None, *TAKING}
}
"""All but those that give what no loss takes, such as logarithms of probabilities."""
GIVING = {op.gives: op for op in reversed(ACTIVATIONS.values())}
"""The activation to take for what a loss wants."""
OF_UNITS = "axis"
"""The option that says along which axis the units are; in a network that is known."""


def option_names(options: Iterable[str]) -> list[str]:
    """The options that a layer may give beside its activation."""
    return [name for name in options if name != OF_UNITS]


def read_options(table: TomlTable, usual: Mapping[str, Any]) -> dict[str, Any]:
    """The options that a table gives, each of the type of its default."""
    found: dict[str, Any] = {}
    for name, default in usual.items():
        if name not in table:
            continue
        if isinstance(default, bool):
            found[name] = table.flag(name, default)
        elif isinstance(default, str):
            found[name] = table.text(name)
        elif isinstance(default, int):
            found[name] = table.whole(name, low=-WHOLE_NUMBER, high=WHOLE_NUMBER)
        else:
            found[name] = table.number(name)
    return found


def written(options: Mapping[str, Any]) -> str:
    """Options as an expression writes them behind the operands: `, alpha=2.0`."""
    return "".join(
        f", {name}={json.dumps(value) if isinstance(value, str) else repr(value)}"
        for name, value in options.items()
    )
