"""The table [aliases]: further names of parameters, as a model elsewhere has them."""

from __future__ import annotations

from collections.abc import Collection

from bpdebug.errors import did_you_mean
from bpdebug.expression import quoted
from bpdebug.expression.limits import NAME_LENGTH, NODES
from bpdebug.scenario.table import TomlTable


def read_aliases(table: TomlTable, parameters: Collection[str]) -> dict[str, str]:
    """The further names, each with the parameter that it means.

    They may be anything, such as `0.weight`: gradients are handed in by them, but expressions
    cannot read them. BpdebugError where there is no such parameter.
    """
    if len(table.values) > NODES:
        table.fail(f"has {len(table.values):,} entries, more than {NODES:,}")
    found = {}
    for name in table:
        parameter = table.text(name)
        if len(name) > NAME_LENGTH:
            table.fail(f"has a name of more than {NAME_LENGTH} characters")
        if parameter not in parameters:
            hint = did_you_mean(parameter, parameters) or "; give the name of one"
            table.fail(f"there is no parameter {quoted(parameter)}{hint}", name)
        if name in parameters:
            table.fail("this is the name of a parameter itself; leave it out", name)
        found[name] = parameter
    return found
