"""What is wrong with a layer's δ: vanishing, exploding, dead, saturated, NaN, infinite."""

from __future__ import annotations

from math import isfinite

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.ops import Array
from bpdebug.tui.draw.measure import measure, remembered

VANISHING = 1e-2
"""A δ is called vanishing when its norm is below this fraction of the next layer's."""
EXPLODING = 1e2
"""And exploding when it is above this multiple."""
SATURATING = ("sigmoid", "tanh")
"""Activations whose slope goes to 0 at both ends."""
FLAT = 1e-2
"""A unit is called saturated where the slope of its activation is below this, in every row."""


def flag_words(moment: Moment, layer: Layer, delta: Array, ratio: float | None) -> list[str]:
    """The flags of a δ that is whole; `ratio` is its norm over that of the layer above."""
    flags = []
    found = measure(delta)
    if found.nans:
        flags.append("NaN")
    elif found.infinite:
        flags.append("infinite")
    if ratio is not None and isfinite(ratio) and found.norm > 0:
        if ratio < VANISHING:
            flags.append("vanishing")
        elif ratio > EXPLODING:
            flags.append("exploding")
    units = delta.shape[-1] if delta.ndim else 1
    dead = remembered(delta, "dead", silent)
    if dead:
        flags.append(f"dead {dead} of {units} units")
    flat = saturated(moment, layer)
    if flat:
        flags.append(f"saturated {flat} of {units}")
    return flags


def silent(delta: Array) -> int:
    """Units whose δ is 0 in every row: nothing reaches what is behind them."""
    units = delta.shape[-1] if delta.ndim else 1
    return int(np.count_nonzero(np.all(delta.reshape(-1, units) == 0, axis=0)))


def saturated(moment: Moment, layer: Layer) -> int:
    """Units whose activation is flat in every row, by the slope that its own result gives."""
    node = moment.graph.nodes[layer.activation] if layer.activation is not None else None
    if node is None or node.op is None or node.op.name not in SATURATING:
        return 0
    result = np.asarray(moment.run.values[node.index])
    return remembered(
        result, node.op.name, flat_logistic if node.op.name == "sigmoid" else flat_tanh
    )


def flat_logistic(result: Array) -> int:
    """Flat units by σ′ = y(1 − y)."""
    return flat_units(result * (1 - result))


def flat_tanh(result: Array) -> int:
    """Flat units by tanh′ = 1 − y²."""
    return flat_units(1 - result * result)


def flat_units(slope: Array) -> int:
    """Units whose slope is small in every row."""
    units = slope.shape[-1] if slope.ndim else 1
    return int(np.count_nonzero(np.all(slope.reshape(-1, units) < FLAT, axis=0)))
