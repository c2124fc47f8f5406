"""First values drawn from a seeded generator. For (units, inputs), fan-in is inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, prod, sqrt

import numpy as np

from bpdebug.expression.limits import AXES
from bpdebug.ops import Array, Shape
from bpdebug.optimizer import Setting
from bpdebug.printable import quoted
from bpdebug.records import record
from bpdebug.scenario.arrays import checked
from bpdebug.scenario.context import LoadContext
from bpdebug.scenario.optimizers import in_range
from bpdebug.scenario.table import TomlTable, kind

InitSettings = Mapping[str, float]
Make = Callable[["np.random.Generator", Shape, InitSettings], Array]
"""The generator is named in quotes, so that numpy.random is loaded only when it is used."""


@record
class Init:
    """A way to make first values: its settings, and what makes an array of them."""

    settings: Mapping[str, Setting]
    make: Make
    draws: bool = True
    """False where the values are the same for every seed."""
    together: tuple[str, ...] = ()
    """Settings that mean something only together: all or none of them are given."""


def fans(shape: Shape) -> tuple[int, int]:
    """Fan-in and fan-out, as PyTorch counts them; a vector is one unit with as many inputs."""
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return shape[0], 1
    field = prod(shape[2:])
    return shape[1] * field, shape[0] * field


def uniform(bound: float, rng: np.random.Generator, shape: Shape) -> Array:
    """Evenly between −bound and bound."""
    return np.asarray(rng.uniform(-bound, bound, shape))


def real(default: float | None, what: str) -> Setting:
    """A setting that is any finite number; without a default it must be given."""
    return Setting(default, what, low=-inf)


GAIN = {"gain": Setting(1.0, "what the spread is multiplied by", open_low=True)}
INITS: dict[str, Init] = {
    "zeros": Init({}, lambda rng, shape, s: np.zeros(shape), draws=False),
    "ones": Init({}, lambda rng, shape, s: np.ones(shape), draws=False),
    "constant": Init(
        {"value": real(None, "what every entry is, as in value = 0.5")},
        lambda rng, shape, s: np.full(shape, s["value"]),
        draws=False,
    ),
    "uniform": Init(
        {"low": real(0.0, "the lower end"), "high": real(1.0, "the upper end")},
        lambda rng, shape, s: np.asarray(
            s["low"] + (s["high"] - s["low"]) * rng.random(shape, dtype=np.float64)
        ),
        together=("low", "high"),
    ),
    "normal": Init(
        {
            "mean": real(0.0, "the middle"),
            "std": Setting(1.0, "the standard deviation", open_low=True),
        },
        lambda rng, shape, s: np.asarray(s["mean"] + s["std"] * rng.standard_normal(shape)),
    ),
    "xavier_uniform": Init(
        GAIN,
        lambda rng, shape, s: uniform(s["gain"] * sqrt(6.0 / sum(fans(shape))), rng, shape),
    ),
    "xavier_normal": Init(
        GAIN,
        lambda rng, shape, s: np.asarray(
            s["gain"] * sqrt(2.0 / sum(fans(shape))) * rng.standard_normal(shape)
        ),
    ),
    "he_uniform": Init(
        {},
        lambda rng, shape, s: uniform(sqrt(6.0 / fans(shape)[0]), rng, shape),
    ),
    "he_normal": Init(
        {},
        lambda rng, shape, s: np.asarray(sqrt(2.0 / fans(shape)[0]) * rng.standard_normal(shape)),
    ),
}
"""How first values are made, by name."""


def given_to(init: Init, table: TomlTable) -> dict[str, float]:
    """The settings of an init that a table gives, with the defaults of the others.

    BpdebugError for a setting that is missing, out of its range, or without effect.
    """
    if "seed" in table and not init.draws:
        table.fail(f"has no effect: {table.text('init')} draws nothing; leave it out", "seed")
    missing = [name for name in init.together if name not in table]
    if missing and len(missing) < len(init.together):
        usual = " and ".join(
            f"{name} = {init.settings[name].default_text()}" for name in init.together
        )
        table.fail(f"the key '{missing[0]}' is missing; give both, or none for {usual}")
    known = {}
    for name, setting in init.settings.items():
        if name in table:
            known[name] = in_range(table, name, setting)
        elif setting.default is None:
            table.fail(f"the key '{name}' is missing: {setting.what}")
        else:
            known[name] = float(setting.default)
    if "high" in known and not known["low"] < known["high"]:
        table.fail(f"must be above low, which is {known['low']:g}; not {known['high']:g}", "high")
    return known


def shape_of(table: TomlTable, default: Shape | None = None) -> Shape:
    """The entry `shape`: a list of sizes, or a single size."""
    if default is not None and "shape" not in table:
        return default
    value = table.get("shape")
    sizes = value if isinstance(value, list) else [value]
    if len(sizes) > AXES:
        table.fail(f"has more than {AXES} axes", "shape")
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int):
            table.fail(f"must be a list of whole numbers, not {kind(size)}", "shape")
        if not 1 <= size <= 2**31:
            table.fail(f"every size must be from 1 to {2**31:,}, not {quoted(size)[1:-1]}", "shape")
    return tuple(sizes)


def initial(
    table: TomlTable,
    name: str,
    context: LoadContext,
    shape: Shape | None = None,
    axes: str = "",
    *,
    turned: bool = False,
) -> Array:
    """The array that `{ shape = …, init = …, seed = … }` asks for.

    `shape` is known beforehand in a network, with its `axes` in words. Without a seed of its own,
    an array is drawn from the run's seed and its name, so that it does not depend on what else the
    scenario holds. `turned` draws the transpose, so that a layer has the same weights either way.
    """
    init = INITS[table.choice("init", INITS)]
    known = given_to(init, table)
    wanted = shape_of(table, shape)
    if shape is not None and wanted != shape:
        table.fail(f"must be {list(shape)}, which is {axes}", "shape")
    context.budget.take(wanted, table.key)
    if "seed" in table:
        rng = np.random.default_rng(table.whole("seed", low=0, high=2**63 - 1))
    else:
        rng = np.random.default_rng([context.seed, *name.encode()])
    with np.errstate(all="ignore"):
        made = init.make(rng, wanted[::-1] if turned else wanted, known)
        return checked(made.T if turned else made, table.key)
