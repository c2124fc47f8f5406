"""Steps go up the gradient: the loss diverges, and the updates promise just that."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.rules.diverges import CLIMBS, climbing, course, diverges
from bpdebug.diagnosis.rules.rule import FaultRule, percent


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss."""
    up = climbing(case)
    if not up or not diverges(case):
        return
    promise = case.script.either(f"∂{case.loss_name}/∂θ · Δθ", "grad * change")
    rule = case.run.problem.rule
    maximize = rule is not None and "maximize" in rule.flags
    yield Finding(
        Fault.CLIMBS,
        case.loss_name,
        f"in {len(up):,} of {len(case.finite):,} iterations looked at the step raises the loss "
        f"by its own gradient ({promise} is above 0), and {course(case)}",
        "take maximize out of the optimizer" if maximize else "turn the sign of the loss round",
        *case.at_end(up[0]),
        node=case.graph.loss,
    )


RULE = FaultRule(
    Fault.CLIMBS,
    f"the loss diverges, and in at least {percent(CLIMBS)} of the iterations the sum of ∂L/∂θ · Δθ "
    "over all parameters is above 0",
    find_faults,
)
