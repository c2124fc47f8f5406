"""The sign of the loss: it is least where the answers are wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When

CLEAR = 1e-6
"""A difference of two losses below this part of them, or of 1, may be rounding."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss."""
    targets, rule = case.targets, case.run.problem.rule
    if targets is None or targets.constant is None or targets.certain is None:
        return
    if targets.low == targets.high or not np.ptp(targets.rows, axis=0).any():
        return  # a constant answer is right
    if targets.certain - targets.constant <= CLEAR * max(abs(targets.constant), 1.0):
        return
    if rule is not None and "maximize" in rule.flags:
        return
    yield Finding(
        case.loss_name,
        f"{case.loss_name} is {case.n(targets.certain)} where every answer is right, and "
        f"{case.n(targets.constant)} for a constant answer, which is less: the steps go away from "
        "right answers",
        "turn the sign of the loss round",
        *case.at_value(case.graph.loss),
        node=case.graph.loss,
    )


RULE = Rule(
    "loss-sign-flipped",
    "a loss that rewards errors",
    When.BEFORE,
    "the loss of right answers is above that of a constant answer, and the optimizer goes down",
    find_faults,
    explains=SPOILS,
)
