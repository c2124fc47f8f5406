"""What is wrong with a layer's δ: vanishing, exploding, dead, saturated, NaN, infinite."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.graph.health import FAR_ABOVE, FAR_BELOW, flat_units, silent_units, unit_count
from bpdebug.ops import Array
from bpdebug.tui.draw.measures import measure, remembered

Units = NDArray[np.bool_] | None
Flag = tuple[str, ...]
"""What is said of a δ, as wordings from long to short."""


def flag_words(moment: Moment, layer: Layer, delta: Array) -> list[Flag]:
    """The flags of a δ that is whole, by the bounds that the diagnosis has."""
    flags: list[Flag] = []
    found = measure(delta)
    if found.nans:
        flags.append(("NaN",))
    elif found.infinite:
        flags.append(("infinite",))
    ratio = of_the_last(moment, layer)
    if ratio is not None:
        flags += [("vanishing",)] * (ratio < FAR_BELOW) + [("exploding",)] * (ratio > FAR_ABOVE)
    units = unit_count(delta, layer.units_axis)
    dead = silent(moment, layer)
    if dead:
        # In a batch a unit may be silent that other rows wake up.
        whole = moment.problem.batch_size is None
        flags.append(counted("dead" if whole else "0 in this batch:", dead, units))
    flat = saturated(moment, layer)
    if flat:
        flags.append(counted("saturated", flat, units))
    return flags


def counted(word: str, some: int, units: int) -> Flag:
    """`dead 2 of 4 units`, `dead 2 of 4`, `dead 2/4`: how many units are so."""
    count = f"{word} {some} of {units}"
    return f"{count} units", count, f"{word} {some}/{units}"


def of_the_last(moment: Moment, layer: Layer) -> float | None:
    """A δ's size (root mean square) as a part of the last layer's; None where that says nothing."""
    last = moment.layers[-1]
    if layer.number >= last.number:
        return None
    here, there = (size(moment, one) for one in (layer, last))
    return here / there if here and there and isfinite(here) and isfinite(there) else None


def size(moment: Moment, layer: Layer) -> float:
    """The root mean square of a layer's δ."""
    delta = np.asarray(moment.recorded.gradients[layer.pre_activation])
    return measure(delta).norm / sqrt(max(delta.size, 1))


def silent(moment: Moment, layer: Layer) -> int:
    """Units whose relu gives 0 for every example: no gradient gets past them."""
    function = layer.function
    if layer.activation is None or function is None or function.rectifies is None:
        return 0
    return units_that(moment, layer, "dead", lambda result: silent_units(result, layer.units_axis))


def saturated(moment: Moment, layer: Layer) -> int:
    """Hidden units whose activation is flat for every example, by the slope that its result gives.

    A saturated output may be a right and certain answer.
    """
    if layer.number == moment.layers[-1].number:
        return 0
    if layer.activation is None or layer.function is None or layer.function.steepest is None:
        return 0
    function, axis = layer.function, layer.units_axis
    return units_that(moment, layer, "flat", lambda result: flat_units(function, result, axis))


def units_that(moment: Moment, layer: Layer, are: str, find: Callable[[Array], Units]) -> int:
    """How many units of a layer's activation are so, by what is found in its recorded value."""
    assert layer.activation is not None

    def count(result: Array) -> int:
        units = find(result)
        return 0 if units is None else int(np.count_nonzero(units))

    result = np.asarray(moment.recorded.values[layer.activation])
    return remembered(result, f"{are} {layer.units_axis}", count)
