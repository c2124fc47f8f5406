"""Gradients that vanish or explode on their way to the first layers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.diagnosis.rules.rule import FaultRule, fraction, percent
from bpdebug.diagnosis.survey import LayerSample
from bpdebug.graph import Layer
from bpdebug.graph.health import FAR_ABOVE, FAR_BELOW

SHOWN = 10
"""Layers whose sizes are listed, at the most."""
PERSISTS = 0.5
"""In at least this part of the iterations that were looked at, to be called a fault."""
DRIFTS = 30.0
"""Where the ratio was so many times larger or smaller at the start, the steps made it so."""


def find_faults(fault: Fault, case: Case) -> Iterator[Finding | HarmlessFinding]:
    """The first layer on the way back that little of the last layer's δ reaches, or far more.

    Where the run learns all the same it is a note.
    """
    if len(case.layers) < 2 or not case.finite:
        return
    last = case.layers[-1]
    way = case.network.below(last.pre_activation, set())
    for layer in reversed([one for one in case.layers[:-1] if one.pre_activation in way]):
        ratios = [(s.number, ratio(s.layers, layer)) for s in case.finite]
        known = [(number, r) for number, r in ratios if r is not None]
        far = [number for number, r in known if beyond(fault, r)]
        if not known or len(far) < PERSISTS * len(known):
            continue
        usual = median(r for _, r in known)
        told = (
            f"{case.delta(layer)} is {case.n(usual)} times {case.delta(last)}"
            f"{median_of(len(known))}"
        )
        if case.learned:
            yield HarmlessFinding(fault, case.layer(layer), told)
        else:
            yield Finding(
                fault,
                case.layer(layer),
                f"{told}; {sizes(case, far[0])}",
                remedy(case, fault, known[0][1], usual),
                *case.at_delta(layer, far[0]),
                node=layer.pre_activation,
            )
        return


def beyond(fault: Fault, ratio: float) -> bool:
    """Whether a ratio of sizes is this fault."""
    return ratio < FAR_BELOW if fault is Fault.VANISHING else ratio > FAR_ABOVE


def ratio(layers: tuple[LayerSample, ...], layer: Layer) -> float | None:
    """A layer's δ as a part of the last layer's, by root mean square; None where either is 0.

    A δ of exactly 0 did not fade on a long way: something on it multiplies by 0.
    """
    here, last = layers[layer.at].delta, layers[-1].delta
    return here / last if here and last else None


def median_of(count: int) -> str:
    """What a median is taken over; nothing where there is one iteration."""
    return "" if count == 1 else f" (median of {count:,} iterations)"


def sizes(case: Case, number: int) -> str:
    """Every layer's δ in one iteration, from the last back."""
    sample = next(s for s in case.finite if s.number == number)
    told = [case.n(one.delta) for one in reversed(sample.layers)]
    if len(told) > SHOWN:
        told[SHOWN - 1 : -1] = [case.script.dots]
    return (
        f"in iteration {number} the sizes (root mean square) are, from layer "
        f"{case.layers[-1].number} back to layer {case.layers[0].number}: {', '.join(told)}"
    )


def remedy(case: Case, fault: Fault, first: float, usual: float) -> str:
    """What helps, by the activations there are, and by what the ratio was at the start."""
    if not 1 / DRIFTS < first / usual < DRIFTS:
        return f"take a smaller learning rate: at the start it was {case.n(first)} times"
    if fault is Fault.EXPLODING:
        return "take a smaller initialisation, or clip the gradient"
    if case.network.flat_ended:
        return "take relu instead of sigmoid or tanh, a larger initialisation, or fewer layers"
    return "take larger first weights (init = 'he_normal'), or fewer layers"


PERSISTING = f"in {percent(PERSISTS)} of the iterations or more, and the run does not learn"
VANISHING = FaultRule(
    Fault.VANISHING,
    f"a layer's δ is below {fraction(FAR_BELOW)} of the last layer's, {PERSISTING}",
    partial(find_faults, Fault.VANISHING),
)
EXPLODING = FaultRule(
    Fault.EXPLODING,
    f"a layer's δ is above {FAR_ABOVE:,.0f} times the last layer's, {PERSISTING}",
    partial(find_faults, Fault.EXPLODING),
)
