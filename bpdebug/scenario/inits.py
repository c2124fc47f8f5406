"""First values drawn from a seeded generator. For (units, inputs), fan-in is inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod, sqrt

import numpy as np

from bpdebug.expression.limits import AXES
from bpdebug.ops import Array, Shape
from bpdebug.scenario.arrays import checked
from bpdebug.scenario.place import Place
from bpdebug.scenario.table import Table, kind

Settings = Mapping[str, float]
Make = Callable[["np.random.Generator", Shape, Settings], Array]
"""The generator is named in quotes, so that numpy.random is loaded only when it is used."""


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


INITS: dict[str, tuple[Settings, Make]] = {
    "zeros": ({}, lambda rng, shape, s: np.zeros(shape)),
    "ones": ({}, lambda rng, shape, s: np.ones(shape)),
    "constant": ({"value": 0.0}, lambda rng, shape, s: np.full(shape, s["value"])),
    "uniform": (
        {"low": 0.0, "high": 1.0},
        lambda rng, shape, s: np.asarray(
            s["low"] + (s["high"] - s["low"]) * rng.random(shape, dtype=np.float64)
        ),
    ),
    "normal": (
        {"mean": 0.0, "std": 1.0},
        lambda rng, shape, s: np.asarray(s["mean"] + s["std"] * rng.standard_normal(shape)),
    ),
    "xavier_uniform": (
        {"gain": 1.0},
        lambda rng, shape, s: uniform(s["gain"] * sqrt(6.0 / sum(fans(shape))), rng, shape),
    ),
    "xavier_normal": (
        {"gain": 1.0},
        lambda rng, shape, s: np.asarray(
            s["gain"] * sqrt(2.0 / sum(fans(shape))) * rng.standard_normal(shape)
        ),
    ),
    "he_uniform": (
        {},
        lambda rng, shape, s: uniform(sqrt(6.0 / fans(shape)[0]), rng, shape),
    ),
    "he_normal": (
        {},
        lambda rng, shape, s: np.asarray(sqrt(2.0 / fans(shape)[0]) * rng.standard_normal(shape)),
    ),
}
"""Name to its settings with defaults, and how it makes an array."""


def shape_of(table: Table, default: Shape | None = None) -> Shape:
    """The entry `shape`: a list of sizes, or one size."""
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
            table.fail("every size must be at least 1 and not gigantic", "shape")
    return tuple(sizes)


def initial(table: Table, name: str, place: Place, shape: Shape | None = None) -> Array:
    """The array that `{ shape = …, init = …, seed = … }` asks for.

    `shape` is known beforehand in a network. Without a seed of its own, an array is drawn from
    the run's seed and its name, so that it does not depend on what else the scenario holds.
    """
    init = table.choice("init", INITS)
    settings, make = INITS[init]
    known = {key: table.number(key, value) for key, value in settings.items()}
    wanted = shape_of(table, shape)
    if shape is not None and wanted != shape:
        table.fail(f"must be {list(shape)}, the units and inputs of this layer", "shape")
    place.budget.take(wanted, table.key)
    if "seed" in table:
        rng = np.random.default_rng(table.whole("seed", low=0, high=2**63 - 1))
    else:
        rng = np.random.default_rng([place.seed, *name.encode()])
    with np.errstate(all="ignore"):
        return checked(make(rng, wanted, known), table.key)
