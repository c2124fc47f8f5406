"""A gradient that is rounding only: its terms cancel, and what is left of them means nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, percent
from bpdebug.ops import Array, epsilon

SUSPECT, SUSPECT_SINGLE = 1e-9, 1e-3
"""Only a gradient below this part of the largest, or of 1, is examined: that costs a pass. In
float64, and in float32."""
PLACES = 256
"""A gradient below so many times 2⁻⁵² of its terms is rounding; of 2⁻²³ in float32."""
BOUND, BOUND_SINGLE = 1e-13, 1e-4
"""The bound in the evidence: rounding differs from processor to processor."""
MOVED = 0.1
"""The part of itself that a parameter is moved by, to see whether the loss depends on it."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every parameter whose gradient is rounding in the first iteration.

    It is harmless for a parameter that is only added in a run that learns: a normalisation undoes
    a bias.
    """
    names = suspects(case)
    if not names:
        return
    first = case.run.iteration(1)
    for name in names:
        node = case.graph.names[name]
        gradient, terms = np.abs(np.asarray(first.recorded.gradients[node])), case.first_terms[node]
        rounding = PLACES * epsilon(case.run.problem.dtype)
        bound = BOUND_SINGLE if case.single else BOUND
        if terms is None or not np.all(gradient <= rounding * terms):
            continue
        by, how = changed_parameter(np.asarray(first.before[name]))
        moves = abs(case.run.loss_of(first, {name: first.before[name] + by}) - first.loss)
        evidence = (
            f"in iteration 1 no cell of {case.slope(name)} is beyond {case.n(bound)} of the terms "
            f"that it is the sum of, which come to {case.n(float(np.max(terms)))}: they cancel, "
            f"and rounding is left; {case.name(name)} {how} changes {case.loss_name} by "
            f"{change_text(case, moves, first.loss)}"
        )
        if case.learned and not case.network.scales(node):
            yield Finding(case.name(name), evidence, harmless=True)
            continue
        yield Finding(
            case.name(name),
            evidence,
            "see whether the loss depends on it at all: a sum or a mean of what was normalised "
            "does not",
            *case.at_gradient(name, 1),
            node=node,
        )


def suspects(case: Case) -> list[str]:
    """The trained parameters whose gradient is tiny, but not 0, in the first iteration."""
    if not case.finite:
        return []
    sizes = {name: case.finite[0].parameters[name].largest for name in case.trained}
    top = max([1.0, *sizes.values()])
    suspect = SUSPECT_SINGLE if case.single else SUSPECT
    return [name for name, largest in sizes.items() if 0 < largest < suspect * top]


def changed_parameter(value: Array) -> tuple[Array, str]:
    """What to add to a parameter, to test the loss on it, and words for the evidence."""
    if np.any(value):
        return MOVED * value, f"made larger by {percent(MOVED)}"
    return np.full_like(value, MOVED), f"with {MOVED:g} in place of 0"


def change_text(case: Case, moves: float, loss: float) -> str:
    """By how much the loss changes; a bound, of 1 or of the loss, where that may be rounding."""
    if case.rounding <= moves < case.rounding * abs(loss):
        return f"less than {case.rounded} of itself"
    return case.difference(moves)


RULE = Rule(
    "gradient-is-rounding",
    "a gradient that is rounding only",
    When.DURING,
    "in the first iteration, no cell of a trained parameter's gradient is above 2⁻⁴⁴ times the sum "
    "of the absolute values of its terms (2⁻¹⁵ times in float32)",
    find_faults,
    looks="A gradient of 1e−17, and a parameter that trembles or never moves.",
    why="The terms cancel: the loss does not depend on the parameter, as behind a normalisation.",
    mends="A loss that depends on it.",
)
