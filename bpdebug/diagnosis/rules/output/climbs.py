"""Steps go up the gradient: the loss diverges, and the updates promise just that."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.rules.course.diverges import CLIMBS, climbing, course, diverges


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss."""
    up = climbing(case)
    if not up or not diverges(case):
        return
    promise = case.script.either(f"∂{case.loss_name}/∂θ · Δθ", "grad * change")
    rule = case.run.problem.rule
    maximize = rule is not None and "maximize" in rule.flags
    yield Finding(
        case.loss_name,
        f"in {len(up):,} of {len(case.finite):,} iterations looked at the step raises the loss "
        f"by its own gradient ({promise} is above 0), and {course(case)}",
        "take maximize out of the optimizer" if maximize else "turn the sign of the loss round",
        *case.at_end(up[0]),
        node=case.graph.loss,
    )


RULE = Rule(
    "loss-sign-flipped",
    "steps go up the gradient",
    When.DURING,
    f"the loss diverges, and in at least {percent(CLIMBS)} of the iterations the sum of ∂L/∂θ · Δθ "
    "over all parameters is above 0",
    find_faults,
    explains=follow(*OUTCOMES),
    looks="The loss rises from the first step on, or falls below 0 and for ever.",
    why="The update adds the gradient, or the loss has a minus too many: errors are rewarded.",
    mends="Descent: no maximize, and a loss that is least where the answer is right.",
)
