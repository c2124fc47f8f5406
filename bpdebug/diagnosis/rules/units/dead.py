"""Dead units: relus that give 0 for every example, where that costs the run something."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import BLOCKS, silences
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.rules.units.stuck_units import MANY, Stuck, stuck
from bpdebug.graph import Layer


def find_faults(case: Case) -> Iterator[Finding]:
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
            yield Finding(subject, evidence, harmless=True)
            continue
        yield Finding(
            subject,
            f"{evidence}: no gradient gets past {'it' if dead.number == 1 else 'them'}",
            remedy(case, layer, dead),
            *case.at_delta(layer, dead.since),
            node=layer.pre_activation,
            blocks=dead.whole,
        )


def killed(case: Case) -> str | None:
    """Where the steps have killed a whole hidden layer, in words; None where they have not."""
    for layer in case.network.hidden:
        dead = stuck(case, layer, lambda sample: sample.silent)
        if dead is not None and dead.whole and dead.since > 1 and not dead.from_start:
            return (
                f"the steps have killed {case.layer(layer)}: {dead.units()} give 0 for every "
                f"example since iteration {dead.since}"
            )
    return None


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


RULE = Rule(
    "dying-relu",
    "dead units",
    When.END,
    "to the end of the run, relus give 0 for every example. They are a whole layer, or a unit of "
    f"the output whose target is not 0, or at least {percent(MANY)} of a layer if a single step "
    "killed them or the loss does not end well below that of a constant answer",
    find_faults,
    explains=BLOCKS | follow("dying-relu", when=silences),
    looks="Units give 0 for every row, and their weights no longer move.",
    why="A relu below 0 has the slope 0. A step that is too large, or first weights that are "
    "negative, can leave it there for good.",
    mends="A smaller rate, other first weights, or leaky_relu; no relu on an output below 0.",
)
