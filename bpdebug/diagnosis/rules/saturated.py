"""Saturated units: sigmoids and tanhs flat for every example, where the run does not learn."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.diagnosis.rules.rule import FaultRule, fraction, percent
from bpdebug.diagnosis.rules.stuck_units import MANY, stuck
from bpdebug.graph.faults import FLAT


def find_faults(case: Case) -> Iterator[Finding | HarmlessFinding]:
    """Yield at most one finding, harmless or not, for each hidden layer.

    A saturated output is no fault: it may be a right and certain answer.
    """
    for layer in case.network.hidden:
        flat = stuck(case, layer, lambda sample: sample.saturated)
        if flat is None:
            continue
        subject = case.layer(layer)
        verb = "has" if flat.number == 1 else "have"
        evidence = (
            f"{flat.units()} {verb} a slope below {fraction(FLAT)} of the steepest for every "
            f"example looked at since iteration {flat.since}"
        )
        if not (flat.many and case.failed):
            yield HarmlessFinding(Fault.SATURATED, subject, evidence)
            continue
        yield Finding(
            Fault.SATURATED,
            subject,
            f"{evidence}, and the gradient is multiplied by that",
            "take smaller weights at the start, or inputs of about unit size"
            if flat.from_start
            else "take a smaller learning rate, or inputs of about unit size",
            *case.at_delta(layer, flat.since),
            node=layer.pre_activation,
        )


RULE = FaultRule(
    Fault.SATURATED,
    f"to the end of the run, at least {percent(MANY)} of a hidden layer's sigmoids or tanhs have a "
    f"slope below {fraction(FLAT)} of their steepest for every example, and the loss does not "
    "end below half of its first value",
    find_faults,
)
