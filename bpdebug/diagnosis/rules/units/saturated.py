"""Saturated units: sigmoids and tanhs flat for every example, where the run does not learn."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, fraction, percent
from bpdebug.diagnosis.rules.units.stuck_units import MANY, stuck
from bpdebug.graph.faults import FLAT


def find_faults(case: Case) -> Iterator[Finding]:
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
            yield Finding(subject, evidence, harmless=True)
            continue
        yield Finding(
            subject,
            f"{evidence}, and the gradient is multiplied by that",
            "take smaller weights at the start, or inputs of about unit size"
            if flat.from_start
            else "take a smaller learning rate, or inputs of about unit size",
            *case.at_delta(layer, flat.since),
            node=layer.pre_activation,
        )


RULE = Rule(
    "saturated-units",
    "saturated units",
    When.END,
    f"to the end of the run, at least {percent(MANY)} of a hidden layer's sigmoids or tanhs have a "
    f"slope below {fraction(FLAT)} of their steepest for every example, and the loss does not "
    f"end well below that of a constant answer",
    find_faults,
    cause=False,
    explains=follow("loss-stands-still", "same-output"),
    looks="The units of a layer give the same for every row, near the ends of their range.",
    why="Large weights or large inputs drive a sigmoid to where its slope is nearly 0.",
    mends="Smaller first weights, inputs of about unit size, or a smaller rate.",
)
