"""The loss diverges: it ends far above its first values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow

GROWN = 2.0
"""The loss diverges when it ends at least this many times as high as it begins."""
CLIMBS = 0.9
"""The part of the sampled iterations whose steps must go up the gradient, at the least."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss; none where the fault is that of `climbs`."""
    if not diverges(case) or climbing(case):
        return
    losses = case.losses
    rose = int(np.argmax(np.diff(losses) > 0)) + 1
    yield Finding(
        case.loss_name,
        f"{course(case)}; it first rises in {case.when(rose)}",
        "take a smaller learning rate",
        *case.at_loss_of(rose),
        node=case.graph.loss,
    )


def diverges(case: Case) -> bool:
    """Whether the mean of the last tenth is far above that of the first."""
    losses = case.losses
    if len(losses) < FEWEST or not case.trained:
        return False
    tenth = max(len(losses) // 10, 1)
    before, after = float(np.mean(losses[:tenth])), float(np.mean(losses[-tenth:]))
    rises = after - before > (GROWN - 1) * abs(before)
    return rises and bool(losses[-1] >= np.max(losses) / GROWN)


def climbing(case: Case) -> list[int]:
    """The sampled iterations whose step promises a higher loss; empty where they are few."""
    up = [s.number for s in case.finite if sum(p.promised for p in s.parameters.values()) > 0]
    return up if len(up) >= CLIMBS * len(case.finite) else []


def course(case: Case) -> str:
    """Describe where the loss begins and ends."""
    first, last = float(case.losses[0]), float(case.losses[-1])
    return (
        f"{case.loss_phrase} goes from {case.n(first)} in {case.when(0)} to {case.n(last)} in "
        f"{case.when(len(case.losses) - 1)}"
    )


RULE = Rule(
    "loss-diverges",
    "the loss diverges",
    When.END,
    f"of at least {FEWEST} losses, the last tenth has a mean of more than {GROWN:g} times that of "
    "the first tenth, and the last loss is near the highest",
    find_faults,
    cause=False,
    explains=follow("large-update", "not-finite"),
)
