"""What is wrong with a layer's δ: vanishing, exploding, dead, saturated, NaN, infinite."""

from __future__ import annotations

from functools import partial
from math import isfinite

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.graph.health import EXPLODING, STEEPEST, VANISHING, flat_units, silent_units
from bpdebug.ops import Array
from bpdebug.tui.draw.measure import measure, remembered


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
    return int(np.count_nonzero(silent_units(delta)))


def saturated(moment: Moment, layer: Layer) -> int:
    """Units whose activation is flat in every row, by the slope that its own result gives."""
    node = moment.graph.nodes[layer.activation] if layer.activation is not None else None
    if node is None or node.op is None or node.op.name not in STEEPEST:
        return 0
    result = np.asarray(moment.run.values[node.index])
    return remembered(result, node.op.name, FLAT_UNITS[node.op.name])


def count_flat(activation: str, result: Array) -> int:
    """How many units of an activation's result are saturated."""
    flat = flat_units(activation, result)
    return 0 if flat is None else int(np.count_nonzero(flat))


FLAT_UNITS = {name: partial(count_flat, name) for name in STEEPEST}
