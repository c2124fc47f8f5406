"""Entries of [inputs] and [parameters], and a layer's weights: where an array comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import visible
from bpdebug.ops import Array, DType, Shape, of_dtype, show_shape
from bpdebug.ops.maps.index_map import first_where
from bpdebug.optimizer import Rule
from bpdebug.records import record
from bpdebug.scenario.arrays import Holds, array_from, checked
from bpdebug.scenario.context import LoadContext
from bpdebug.scenario.inits import INITS, initial
from bpdebug.scenario.optimizers import read_optimizer
from bpdebug.scenario.table import TomlTable, dotted, kind

INPUT_FLAGS = ("gradient", "batch", "standardize")
PARAMETER_FLAGS = ("frozen", "optimizer", "state")
FINITE = "finite"
"""The flag that says `false` where NaN and infinities are to be seen, not to be refused."""
SOURCES = ("file", "init", "value")


@record
class Leaf:
    """An input or a parameter with its values."""

    name: str
    values: Array
    gradient: bool = False
    """An input that asks for a gradient."""
    batch: bool | None = None
    """Whether an input is cut into batches; None when the scenario does not say."""
    frozen: bool = False
    """A parameter that is never updated."""
    optimizer: Rule | None = None
    """The optimizer that a parameter has to itself."""
    state: Mapping[str, Array] = field(default_factory=dict)
    """The states of its optimizer from earlier steps, where training continues."""


@record
class Wanted:
    """The shape that a parameter of a network's layer must have."""

    shape: Shape
    axes: str
    """What the axes are: `(units, inputs)`."""
    turned: bool = False
    """True for weights with a row for each input: drawn as (units, inputs), then transposed."""
    transposed: str = ""
    """What an error adds where the transpose would fit."""


def read_input(name: str, value: Any, key: str, context: LoadContext) -> Leaf:
    """An entry of [inputs]: numbers, or a table with a source and flags."""
    if not isinstance(value, dict):
        return Leaf(name, array_from(value, key, Holds.INFINITE))
    table = TomlTable(value, key)
    values = values_of(table, name, context, INPUT_FLAGS, holds=held_by(table, Holds.INFINITE))
    if table.flag("standardize", False):
        if not np.isfinite(values).all():
            what = "NaN" if np.isnan(values).any() else "inf"
            table.fail(f"data with {what} has no mean; leave it out", "standardize")
        values = checked(standardized(values), key)
    batch = table.flag("batch", True) if "batch" in table else None
    return Leaf(name, values, gradient=table.flag("gradient", False), batch=batch)


def read_parameter(
    name: str,
    value: Any,
    key: str,
    context: LoadContext,
    wanted: Wanted | None = None,
    *,
    frozen: bool = False,
) -> Leaf:
    """A parameter; in a network its shape is known, and must be that.

    `frozen` holds where its own entry does not say otherwise.
    """
    if isinstance(value, dict):
        table = TomlTable(value, key)
        holds = held_by(table, Holds.FINITE)
        values = values_of(table, name, context, PARAMETER_FLAGS, wanted, holds=holds)
        frozen = table.flag("frozen", frozen)
        if "optimizer" in table and frozen:
            table.fail("a frozen parameter is never updated; leave one of the two out")
        own = read_optimizer(table.table("optimizer")) if "optimizer" in table else None
        state = read_state(table.table("state"), values, name, context, holds)
        leaf = Leaf(name, values, gradient=True, frozen=frozen, optimizer=own, state=state)
    else:
        leaf = Leaf(name, array_from(value, key), gradient=True, frozen=frozen)
    if wanted is not None and leaf.values.shape != wanted.shape:
        problem = (
            f"has shape {show_shape(leaf.values.shape)}, but this layer needs "
            f"{show_shape(wanted.shape)}, which is {wanted.axes}"
        )
        if leaf.values.shape == wanted.shape[::-1]:
            problem += wanted.transposed
        raise BpdebugError(problem, key=key)
    return leaf


def held_by(table: TomlTable, usual: Holds) -> Holds:
    """What an entry may hold: the usual, or anything with `finite = false`."""
    return usual if table.flag(FINITE, True) else Holds.ANYTHING


def read_state(
    table: TomlTable, values: Array, parameter: str, context: LoadContext, holds: Holds
) -> dict[str, Array]:
    """The entries of a parameter's `state`, numbers or a file's, each of the parameter's shape."""
    found = {}
    for name in table:
        value, key = table.get(name), table.where(name)
        if isinstance(value, dict):
            entry = TomlTable(value, key)
            found[name] = values_of(entry, parameter, context, (), holds=held_by(entry, holds))
        else:
            found[name] = array_from(value, key, holds)
        if found[name].shape != values.shape:
            table.fail(
                f"has shape {show_shape(found[name].shape)}, but its parameter has "
                f"{show_shape(values.shape)}",
                name,
            )
    return found


def check_states(parameters: Iterable[Leaf], rule: Rule | None) -> None:
    """An error for an optimizer or a state of a parameter that nothing could use."""
    parameters = list(parameters)
    without = [leaf.name for leaf in parameters if leaf.optimizer is None and not leaf.frozen]
    for leaf in parameters:
        key = f"parameters.{leaf.name}"
        if leaf.optimizer is not None and rule is None and without:
            others = ", ".join(visible(name) for name in without[:8])
            raise BpdebugError(
                f"there is no [optimizer] for the other parameters ({others}); add one, or give "
                "each its own, or frozen = true",
                key=key,
            )
        own = leaf.optimizer or rule
        known = () if own is None or leaf.frozen else tuple(own.states)
        for name in leaf.state:
            if name not in known:
                has = f"known are {', '.join(known)}" if known else "its optimizer keeps none"
                raise BpdebugError(
                    f"there is no state '{visible(name)}'; {has}", key=f"{key}.state"
                )


def check_range(leaves: Iterable[Leaf], table: str, dtype: DType) -> None:
    """An error for the first number of a table that the run's kind of numbers cannot hold."""
    for leaf in leaves:
        for name, values in {"": leaf.values, **leaf.state}.items():
            lost = np.isinf(of_dtype(values, dtype)) & np.isfinite(values)
            if lost.any():
                cell = first_where(lost)
                where = f" at {list(cell)}" if cell else ""
                raise BpdebugError(
                    f"{values[cell]:g}{where} is past {dtype}'s range, which ends at about "
                    f"{np.finfo(dtype).max:.2g}; give a smaller number, or leave [run] dtype out",
                    key=f"{table}.{leaf.name}" + f".state.{name}" * bool(name),
                )


def values_of(
    table: TomlTable,
    name: str,
    context: LoadContext,
    flags: tuple[str, ...],
    wanted: Wanted | None = None,
    *,
    holds: Holds,
) -> Array:
    """The array that a table asks for, from exactly one source."""
    # `constant` takes a setting named value, so `init` comes before `value`.
    source = next((one for one in SOURCES if one in table), None)
    if source == "init" and FINITE in table:
        table.fail("has no effect: what is drawn is finite; leave it out", FINITE)
    flags = (*flags, FINITE)
    if source == "file":
        # Loaded only when there is a file: the readers cost as much as the rest of a small lesson.
        from bpdebug.scenario.files import from_file

        table.only("file", "columns", "key", *flags)
        return checked(from_file(table, context), table.key, holds)
    if source == "init":
        settings = INITS[table.choice("init", INITS)].settings
        table.only("init", "shape", "seed", *settings, *flags)
        if wanted is None:
            return initial(table, name, context)
        return initial(table, name, context, wanted.shape, wanted.axes, turned=wanted.turned)
    known = ("value", "file", "columns", "key", "init", "shape", "seed", *flags)
    try:
        table.only(*known)
    except BpdebugError as error:
        raise BpdebugError(
            error.problem + dotted(name, table.values, known), key=error.key
        ) from None
    if source is None:
        table.fail(
            'has no values; give numbers, or a table with one of value = …, file = "…", init = "…"'
        )
    table.only("value", *flags)
    if isinstance(table.get("value"), dict):
        table.fail(f"must be numbers, not {kind(table.get('value'))}", "value")
    return array_from(table.get("value"), table.where("value"), holds)


def standardized(values: Array) -> Array:
    """Each column less its mean, over its standard deviation; a constant column becomes 0."""
    with np.errstate(all="ignore"):
        centred = values - np.mean(values, axis=0)
        spread = np.std(values, axis=0)
        return np.asarray(centred / np.where(spread == 0, 1.0, spread))
