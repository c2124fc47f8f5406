"""The loss falls slowly: steadily, and so little that the run ends near where it began."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.rules.diverges import course
from bpdebug.diagnosis.rules.rule import FaultRule, percent

FALLS = 0.9
"""The part of the steps in which the loss must fall, at the least …"""
LITTLE = 0.25
"""… in all by less than this part of the first loss …"""
FLATTENS = 0.25
"""… and the last quarter of the run must bring this part of an average quarter, at the least."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss."""
    if not falls_slowly(case):
        return
    losses = case.losses
    fallen = float(losses[0] - losses[-1]) / abs(float(losses[0]))
    down, steps = int(np.sum(np.diff(losses) < 0)), len(losses) - 1
    yield Finding(
        Fault.SLOW,
        case.loss_name,
        f"{course(case)}, {case.n(100 * fallen)} % less; it falls in {down:,} of {steps:,} steps, "
        f"and in the last quarter of the run still by {case.n(last_quarter(losses))}",
        "take a larger learning rate, or more iterations",
        *case.at_loss_of(len(losses) - 1),
        node=case.graph.loss,
    )


def falls_slowly(case: Case) -> bool:
    """Whether the loss falls steadily to the end, and not far."""
    losses = case.losses
    if len(losses) < FEWEST or not case.trained or case.at_rest:
        return False
    fallen = float(losses[0] - losses[-1])
    down = np.mean(np.diff(losses) < 0)
    return (
        case.rounding * abs(float(losses[0])) < fallen < LITTLE * abs(float(losses[0]))
        and bool(down >= FALLS)
        and last_quarter(losses) >= FLATTENS * fallen / 4
    )


def last_quarter(losses: np.ndarray) -> float:
    """By how much the loss falls in the last quarter of the run."""
    return float(losses[-1 - max(len(losses) // 4, 1)] - losses[-1])


RULE = FaultRule(
    Fault.SLOW,
    f"of at least {FEWEST} losses, at least {percent(FALLS)} of the steps go down, the last loss "
    f"is less than {percent(LITTLE)} below the first, and the last quarter still brings a fair "
    "part of that",
    find_faults,
)
