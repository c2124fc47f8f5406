"""An update larger than its weight: the step throws away all that the weight had learned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, percent
from bpdebug.diagnosis.survey import IterationSample, length

TOO_FAR = 0.1
"""The part of the iterations with an update larger than its weight, at the least …"""
FEWEST = 3
"""… and their number, at the least."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for parameters whose update is often larger than they are and were first.

    A parameter that starts at 0 must grow, and a parameter whose best value is 0 becomes as small
    as its steps.
    """
    for name, far in far_moved(case).items():
        start = length(np.asarray(case.run.problem.parameters[name]))
        worst = max(
            far, key=lambda s: s.parameters[name].change / max(s.parameters[name].before, start)
        )
        moved = worst.parameters[name]
        change = case.norm(case.script.either("Δ", "change of ") + case.name(name))
        yield Finding(
            case.name(name),
            f"in iteration {worst.number} {change} is {case.n(moved.change)} where "
            f"{case.norm(case.name(name))} is {case.n(moved.before)} and was {case.n(start)} at "
            f"the start; the change is larger than both in {len(far):,} of {len(case.finite):,} "
            "iterations looked at",
            "take a smaller learning rate",
            *case.at_end(worst.number),
            node=case.graph.names[name],
        )


def far_moved(case: Case) -> dict[str, list[IterationSample]]:
    """By parameter with such updates: the samples of the iterations that make them."""
    found: dict[str, list[IterationSample]] = {}
    for name in case.trained if not case.learned else ():
        start = length(np.asarray(case.run.problem.parameters[name]))
        far = [
            s
            for s in case.finite
            if start and s.parameters[name].change > max(s.parameters[name].before, start)
        ]
        if len(far) >= max(FEWEST, TOO_FAR * len(case.finite)):
            found[name] = far
    return found


RULE = Rule(
    "large-update",
    "an update larger than its weight",
    When.DURING,
    f"in at least {percent(TOO_FAR)} of the iterations, and at least {FEWEST} of them, ‖Δθ‖ is "
    "larger than ‖θ‖, and larger than ‖θ‖ was at the start, and the run does not learn",
    find_faults,
    cause=False,
)
