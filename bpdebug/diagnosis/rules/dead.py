"""Dead units: relus that give 0 for every example, where that costs the run something."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.diagnosis.rules.rule import FaultRule, percent
from bpdebug.diagnosis.rules.stuck_units import MANY, Stuck, stuck
from bpdebug.graph import Layer


def find_faults(case: Case) -> Iterator[Finding | HarmlessFinding]:
    """Per layer at most one finding or note.

    Some dead units are usual in a run that learns. They cost something where a whole layer is
    dead, where a unit of the output is that should not give 0, where one step kills a large part
    of a layer, and where the run does not learn with what is left.
    """
    for layer in case.layers:
        dead = stuck(case, layer, lambda sample: sample.silent)
        if dead is None:
            continue
        subject = case.layer(layer)
        verb = "gives" if dead.number == 1 else "give"
        told = (
            f"{dead.units()} {verb} 0 for every example looked at since iteration {dead.since}, "
            "where the slope of relu is 0 too"
        )
        if not costs(case, layer, dead):
            yield HarmlessFinding(Fault.DEAD, subject, told)
            continue
        yield Finding(
            Fault.DEAD,
            subject,
            f"{told}: no gradient gets past {'it' if dead.number == 1 else 'them'}",
            remedy(case, layer, dead),
            *case.at_delta(layer, dead.since),
            node=layer.pre_activation,
            blocks=dead.whole,
        )


def costs(case: Case, layer: Layer, dead: Stuck) -> bool:
    """Whether what is dead is missed."""
    if layer in case.network.outputs:
        return not (case.learned or case.network.zero_targets(dead.flags))
    # Before and after a step can only be compared where both see the same rows.
    killed = dead.since > 1 and not case.batched and dead.at_once >= MANY * dead.flags.size
    return dead.whole or killed or (dead.many and case.failed)


def remedy(case: Case, layer: Layer, dead: Stuck) -> str:
    """What helps: it depends on when they died, and on where they are."""
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
