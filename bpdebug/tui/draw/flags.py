"""What is wrong with a layer's δ: vanishing, exploding, dead, saturated, NaN, infinite."""

from __future__ import annotations

from math import isfinite

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.graph.health import EXPLODING, VANISHING, flat_units, silent_units, unit_count
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
    units = unit_count(delta, layer.units_axis)
    dead = remembered(delta, f"dead {layer.units_axis}", lambda array: silent(array, layer))
    if dead:
        flags.append(f"dead {dead} of {units} units")
    flat = saturated(moment, layer)
    if flat:
        flags.append(f"saturated {flat} of {units}")
    return flags


def silent(delta: Array, layer: Layer) -> int:
    """Units whose δ is 0 for every example: nothing reaches what is behind them."""
    return int(np.count_nonzero(silent_units(delta, layer.units_axis)))


def saturated(moment: Moment, layer: Layer) -> int:
    """Units whose activation is flat for every example, by the slope that its own result gives."""
    if layer.activation is None or layer.function is None or layer.function.steepest is None:
        return 0
    result = np.asarray(moment.run.values[layer.activation])
    return remembered(result, f"flat {layer.units_axis}", lambda array: count_flat(array, layer))


def count_flat(result: Array, layer: Layer) -> int:
    """How many units of a layer's activation are saturated."""
    flat = flat_units(layer.function, result, layer.units_axis)
    return 0 if flat is None else int(np.count_nonzero(flat))
