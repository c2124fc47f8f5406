"""Units that start alike and stay alike, since they all get the same gradient."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES, blocks, cuts_off, same_node
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow
from bpdebug.ops import Array


def find_faults(zeros: bool, case: Case) -> Iterator[Finding]:
    """Yield a finding for every hidden layer whose weights are and stay equal, unit by unit."""
    if not case.finite:
        return
    first, last = case.finite[0], case.finite[-1]
    values = case.run.problem.parameters
    for layer in case.network.hidden:
        at = layer.at
        if not (first.layers[at].alike and last.layers[at].alike):
            continue
        weights = case.network.weights(layer)
        if not weights or not all(equal(values[name], axis) for name, axis in weights):
            continue
        zero = [name for name, _ in weights if not np.any(values[name])]
        if bool(zero) is not zeros:
            continue
        cause = f"{case.name(zero[0])} is all 0" if zero else "their weights are equal"
        still = f"still in iteration {last.number}"
        still = still if last is not first else "nothing in the pass tells them apart"
        yield Finding(
            case.layer(layer),
            f"all {first.layers[at].low.size} units start alike ({cause}) and get the same "
            f"gradient, {still}",
            "start the weights at random: init = 'xavier_uniform' or 'he_normal'",
            *case.at_delta(layer, first.number),
            node=layer.pre_activation,
            blocks=bool(zero),
        )


def equal(array: Array, axis: int | None) -> bool:
    """True where weights are equal for all units, the entries along `axis`."""
    return axis is not None and bool(np.all(array == np.take(array, [0], axis=axis)))


EXPLAINS = (
    follow("never-moves", when=cuts_off)
    | follow("dying-relu", when=same_node)
    | follow(*OUTCOMES, "gradient-is-rounding", when=blocks)
)
ZERO = Rule(
    "bad-init",
    "zero initialisation",
    When.DURING,
    "all units of a hidden layer start alike, and stay so; the weights are 0",
    partial(find_faults, True),
    explains=EXPLAINS,
    looks="The weights of a layer's units stay equal, or do not move at all.",
    why="Units that start alike get the same gradient in each step, so they stay a single unit.",
    mends="First weights at random.",
)
SYMMETRIC = Rule(
    "bad-init",
    "symmetric initialisation",
    When.DURING,
    "all units of a hidden layer start alike, and stay so; the weights are equal and not 0",
    partial(find_faults, False),
    explains=EXPLAINS,
)
