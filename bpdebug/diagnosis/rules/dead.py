"""Dead units: relus that give 0 for every example, where that costs the run something."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.diagnosis.rules.rule import FaultRule, percent
from bpdebug.diagnosis.rules.stuck_units import MANY, Stuck, stuck
from bpdebug.graph import Layer


def find_faults(case: Case) -> Iterator[Finding | HarmlessFinding]:
    """Yield at most one finding, harmless or not, for each layer.

    Some dead units are usual in a run that learns. They do harm where a whole layer is dead,
    where a unit of the output should not give 0, where a single step kills a large part of a
    layer, and where the run does not learn with the remaining units.
    """
    for layer in case.layers:
        dead = stuck(case, layer, lambda sample: sample.silent)
        if dead is None:
            continue
        subject = case.layer(layer)
        verb = "gives" if dead.number == 1 else "give"
        evidence = (
            f"{dead.units()} {verb} 0 for every example looked at since iteration {dead.since}, "
            "where the slope of relu is 0 too"
        )
        if not harms(case, layer, dead):
            yield HarmlessFinding(Fault.DEAD, subject, evidence)
            continue
        yield Finding(
            Fault.DEAD,
            subject,
            f"{evidence}: no gradient gets past {'it' if dead.number == 1 else 'them'}",
            remedy(case, layer, dead),
            *case.at_delta(layer, dead.since),
            node=layer.pre_activation,
            blocks=dead.whole,
        )


def harms(case: Case, layer: Layer, dead: Stuck) -> bool:
    """Whether dead units do the run harm."""
    if layer in case.network.outputs:
        return not (case.learned or case.network.zero_targets(dead.flags))
    # Units before and after a step can only be compared where both steps see the same rows.
    killed = dead.since > 1 and not case.batched and dead.at_once >= MANY * dead.flags.size
    return dead.whole or killed or (dead.many and case.failed)


def remedy(case: Case, layer: Layer, dead: Stuck) -> str:
    """What helps, by when the units died and by their layer."""
    if layer in case.network.outputs:
        return (
            "take an output that can be negative and has a slope there: no relu on the last layer"
        )
    if dead.from_start:
        bias = ", a bias that starts above 0" if case.network.biased(layer) else ""
        return f"take other first weights{bias}, or leaky_relu"
    return "take a smaller learning rate, or leaky_relu"


RULE = FaultRule(
    Fault.DEAD,
    "to the end of the run, relus give 0 for every example. They are a whole layer, or a unit of "
    f"the output whose target is not 0, or at least {percent(MANY)} of a layer if a single step "
    "killed them or the loss does not end below half of its first value",
    find_faults,
)
