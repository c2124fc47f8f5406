"""The loss stands still: it hardly changes at all, from the first iteration to the last."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, percent
from bpdebug.diagnosis.rules.course.slow import falls_slowly

STILL = 0.01
"""The loss stands still when its range is within this part of its size."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss."""
    losses = case.losses
    if len(losses) < FEWEST or not case.trained or not case.finite or case.at_rest:
        return
    low, high = float(np.min(losses)), float(np.max(losses))
    level = max(abs(low), abs(high))
    if high - low > STILL * level or level == 0 or falls_slowly(case):
        return
    last = case.finite[-1]
    slopes = [(p.gradient, name) for name, p in last.parameters.items() if name in case.trained]
    longest, name = max(slopes, default=(0.0, ""))
    slope = (
        f"the longest gradient in iteration {last.number} is {case.norm(case.slope(name))}"
        f"{f' = {case.n(longest)}' if longest >= case.rounding else f', below {case.rounded}'}"
        if longest
        else f"every gradient of a parameter in iteration {last.number} is 0"
    )
    yield Finding(
        case.loss_name,
        f"{case.loss_phrase} stays between {case.n(low)} and {case.n(high)} from {case.when(0)} to "
        f"{case.when(len(losses) - 1)}; {slope}",
        "take a larger learning rate, or see why the gradient is so small"
        if longest
        else "look at what the gradient is multiplied by on its way to the parameters",
        *case.at_loss_of(len(losses) - 1),
        node=case.graph.loss,
    )


RULE = Rule(
    "loss-stands-still",
    "the loss stands still",
    When.END,
    f"at least {FEWEST} losses all lie within {percent(STILL)}, do not fall steadily, and are not "
    "at a minimum",
    find_faults,
    cause=False,
)
