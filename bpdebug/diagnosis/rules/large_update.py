"""An update larger than its weight: the step throws away all that the weight had learned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.rules.rule import FaultRule, percent
from bpdebug.diagnosis.survey import length

TOO_FAR = 0.1
"""The part of the iterations with an update larger than its weight, at the least …"""
FEWEST = 3
"""… and their number, at the least."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for parameters whose update is often larger than they are and were first.

    A parameter that starts at 0 must grow, and a parameter whose best value is 0 becomes as small
    as its steps.
    """
    if case.learned:
        return
    for name in case.trained:
        start = length(np.asarray(case.run.problem.parameters[name]))
        far = [
            s
            for s in case.finite
            if start and s.parameters[name].change > max(s.parameters[name].before, start)
        ]
        if len(far) < max(FEWEST, TOO_FAR * len(case.finite)):
            continue
        worst = max(
            far, key=lambda s: s.parameters[name].change / max(s.parameters[name].before, start)
        )
        moved = worst.parameters[name]
        change = case.norm(case.script.either("Δ", "change of ") + case.name(name))
        yield Finding(
            Fault.LARGE_UPDATE,
            case.name(name),
            f"in iteration {worst.number} {change} is {case.n(moved.change)} where "
            f"{case.norm(case.name(name))} is {case.n(moved.before)} and was {case.n(start)} at "
            f"the start; the change is larger than both in {len(far):,} of {len(case.finite):,} "
            "iterations looked at",
            "take a smaller learning rate",
            *case.at_end(worst.number),
            node=case.graph.names[name],
        )


RULE = FaultRule(
    Fault.LARGE_UPDATE,
    f"in at least {percent(TOO_FAR)} of the iterations, and at least {FEWEST} of them, ‖Δθ‖ is "
    "larger than ‖θ‖, and larger than ‖θ‖ was at the start, and the run does not learn",
    find_faults,
)
