"""What is wrong with a layer's δ: vanishing, exploding, dead, saturated, NaN, infinite."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.graph.faults import FAR_ABOVE, FAR_BELOW, flat_units, silent_units, unit_count
from bpdebug.ops import Array
from bpdebug.tui.draw.measures import cached, measure

Units = NDArray[np.bool_] | None
Flag = tuple[str, ...]
"""A warning about a δ, as wordings from long to short."""


def flag_words(moment: Moment, layer: Layer, delta: Array) -> list[Flag]:
    """The flags of a δ that is whole, by the bounds of the diagnosis; empty if nothing is wrong."""
    flags: list[Flag] = []
    numbers = measure(delta)
    if numbers.nans:
        flags.append(("NaN",))
    elif numbers.infinite:
        flags.append(("infinite",))
    ratio = ratio_to_last(moment, layer)
    if ratio is not None:
        flags += [("vanishing",)] * (ratio < FAR_BELOW) + [("exploding",)] * (ratio > FAR_ABOVE)
    units = unit_count(delta, layer.units_axis)
    dead = silent(moment, layer)
    if dead:
        # A unit that is silent for a batch may still answer to other examples.
        whole = moment.problem.batch_size is None
        flags.append(counted("dead" if whole else "0 in this batch:", dead, units))
    flat = saturated(moment, layer)
    if flat:
        flags.append(counted("saturated", flat, units))
    return flags


def counted(word: str, count: int, units: int) -> Flag:
    """How many units a flag is about: `dead 2 of 4 units`, `dead 2 of 4`, `dead 2/4`."""
    text = f"{word} {count} of {units}"
    return f"{text} units", text, f"{word} {count}/{units}"


def ratio_to_last(moment: Moment, layer: Layer) -> float | None:
    """A δ's root mean square divided by the last layer's; None where that is no finite ratio.

    None for the last layer too.
    """
    last = moment.layers[-1]
    if layer.number >= last.number:
        return None
    own, final = size(moment, layer), size(moment, last)
    return own / final if own and final and isfinite(own) and isfinite(final) else None


def size(moment: Moment, layer: Layer) -> float:
    """The root mean square of a layer's δ."""
    delta = np.asarray(moment.recorded.gradients[layer.pre_activation])
    return measure(delta).norm / sqrt(max(delta.size, 1))


def silent(moment: Moment, layer: Layer) -> int:
    """How many units' relu gives 0 for every example, so that no gradient passes them."""
    function = layer.function
    if layer.activation is None or function is None or function.rectifies is None:
        return 0
    return units_that(moment, layer, "dead", lambda result: silent_units(result, layer.units_axis))


def saturated(moment: Moment, layer: Layer) -> int:
    """How many hidden units' activation is flat for every example, by the slope at its result.

    0 for the last layer, whose saturated output may be right and certain.
    """
    if layer.number == moment.layers[-1].number:
        return 0
    if layer.activation is None or layer.function is None or layer.function.steepest is None:
        return 0
    function, axis = layer.function, layer.units_axis
    return units_that(moment, layer, "flat", lambda result: flat_units(function, result, axis))


def units_that(moment: Moment, layer: Layer, what: str, find: Callable[[Array], Units]) -> int:
    """How many units of a layer `find` marks in the recorded value of its activation.

    `what` names the property: counts are cached by it.
    """
    assert layer.activation is not None

    def count(result: Array) -> int:
        units = find(result)
        return 0 if units is None else int(np.count_nonzero(units))

    result = np.asarray(moment.recorded.values[layer.activation])
    return cached(result, f"{what} {layer.units_axis}", count)
