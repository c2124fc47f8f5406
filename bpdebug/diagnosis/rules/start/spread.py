"""First weights too large, or too small: sizes grow or fade from layer to layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.inputs import first_columns
from bpdebug.diagnosis.rule import Rule, When, follow
from bpdebug.diagnosis.rules.start.sizes import unscaled
from bpdebug.diagnosis.rules.units.vanishing_exploding import faded
from bpdebug.diagnosis.survey import root_mean_square
from bpdebug.graph import Layer

GROWS, FADES = 4.0, 0.25
"""Weights that make a sum of unit inputs so many times as large are too large, or too small."""
FAR = 10.0
"""A first loss so many times that of a guess is far off."""


class Gain(NamedTuple):
    """What a layer's first weights do to the size of what comes in."""

    layer: Layer
    name: str
    spread: float
    """The root mean square of its weights."""
    inputs: int
    """How many inputs a unit has."""

    @property
    def size(self) -> float:
        """The size of a sum of as many inputs of unit size."""
        return self.spread * float(np.sqrt(self.inputs))


def gains(case: Case) -> list[Gain]:
    """The gain of each layer that has an array of weights with an axis of units."""
    found = []
    for layer in case.layers:
        for name, axis in case.network.weights(layer):
            values = np.asarray(case.run.problem.parameters[name])
            if axis is not None and values.ndim >= 2 and np.any(values):
                inputs = values.size // values.shape[axis]
                found.append(Gain(layer, name, root_mean_square(values), inputs))
    return found


def find_large(case: Case) -> Iterator[Finding]:
    """Yield at most one finding: the layer with the largest first weights.

    What shows them is a first loss far above that of a guess, with inputs of unit size.
    """
    large = [one for one in gains(case) if one.size > GROWS]
    if (
        not large
        or not case.every_loss.size
        or any(map(unscaled, first_columns(case.network, case.probe)))
    ):
        return
    first, guess = float(case.every_loss[0]), case.constant
    if guess is None or case.certain is None:
        return
    if first - case.certain < FAR * (guess - case.certain):
        return  # a first loss that is infinite or NaN is far, too
    worst = max(large, key=lambda one: one.size)
    yield Finding(
        case.name(worst.name),
        f"the first loss is {case.n(first)}, where the best constant answer has {case.n(guess)}: "
        f"the first weights {case.name(worst.name)} have a root mean square of "
        f"{case.n(worst.spread)} with {worst.inputs:,} inputs, where he_normal has "
        f"{case.n(float(np.sqrt(2 / worst.inputs)))}, so sizes grow {case.n(worst.size)} times "
        f"in {case.layer(worst.layer)}",
        "take first weights that follow the number of inputs: init = 'he_normal'",
        *case.at_value(worst.layer.pre_activation),
        node=worst.layer.pre_activation,
    )


def find_small(case: Case) -> Iterator[Finding]:
    """Yield at most one finding: first weights that let the gradient fade, where no flat
    activation does."""
    small = [one for one in gains(case) if one.size < FADES and one.layer in case.network.hidden]
    if not small or case.network.flat_ended or case.learned or not faded(case):
        return
    worst = min(small, key=lambda one: one.size)
    yield Finding(
        case.name(worst.name),
        f"the first weights {case.name(worst.name)} have a root mean square of "
        f"{case.n(worst.spread)} with {worst.inputs:,} inputs, where he_normal has "
        f"{case.n(float(np.sqrt(2 / worst.inputs)))}: a sum of unit inputs has the size "
        f"{case.n(worst.size)}, and so layer by layer",
        "take first weights that follow the number of inputs: init = 'he_normal'",
        *case.at_value(worst.layer.pre_activation),
        node=worst.layer.pre_activation,
    )


LARGE = Rule(
    "bad-init",
    "first weights too large",
    When.BEFORE,
    f"weights of some layer make a sum of unit inputs more than {GROWS:g} times as large, and the "
    f"first loss is {FAR:g} times that of the best constant answer",
    find_large,
    explains=follow(*OUTCOMES, "exploding-gradient", "dying-relu"),
    looks="A first loss far above that of a guess (ln C for C classes), and large first steps.",
    why="A unit sums over its inputs, so its result grows with the square root of their number, "
    "again in each layer.",
    mends="A spread that follows the number of inputs: √(2/n) for relu, √(1/n) for tanh.",
)
SMALL = Rule(
    "bad-init",
    "first weights too small",
    When.DURING,
    f"the gradient vanishes with the layer, no hidden activation is flat at both ends, and weights "
    f"make a sum of unit inputs less than {FADES:g} times as large",
    find_small,
    explains=follow(*OUTCOMES, "vanishing-gradient"),
)
