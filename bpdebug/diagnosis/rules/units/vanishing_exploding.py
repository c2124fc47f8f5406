"""Gradients that vanish or explode on their way to the first layers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES, barely_moved
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, fraction, percent
from bpdebug.diagnosis.survey import LayerSample
from bpdebug.graph import Layer
from bpdebug.graph.faults import FAR_ABOVE, FAR_BELOW

MOST_SIZES = 10
"""Layers whose sizes are listed, at the most."""
PERSISTS = 0.5
"""The part of the sampled iterations that must show the fault, at the least."""
DRIFTS = 30.0
"""Where the ratio was larger or smaller by this factor at the start, the steps are the cause."""


def find_faults(vanishing: bool, case: Case) -> Iterator[Finding]:
    """Yield at most one finding: the first layer on the way back whose δ is too small or too large.

    The last layer's δ is the measure. The finding is harmless where the run learns.
    """
    if len(case.layers) < 2 or not case.finite:
        return
    last = case.layers[-1]
    on_path = case.network.below(last.pre_activation, set())
    for layer in reversed(case.layers[:-1]):
        if layer.pre_activation not in on_path:
            continue
        ratios = [(s.number, ratio(s.layers, layer)) for s in case.finite]
        known = [(number, r) for number, r in ratios if r is not None]
        far = [number for number, r in known if beyond(r, vanishing=vanishing)]
        if not known or len(far) < PERSISTS * len(known):
            continue
        usual = median(r for _, r in known)
        basis = f" (median of {len(known):,} iterations)" if len(known) > 1 else ""
        evidence = f"{case.delta(layer)} is {case.n(usual)} times {case.delta(last)}{basis}"
        if case.learned:
            yield Finding(case.layer(layer), evidence, harmless=True)
        else:
            yield Finding(
                case.layer(layer),
                f"{evidence}; {sizes(case, far[0])}",
                remedy(case, vanishing, known[0][1], usual),
                *case.at_delta(layer, far[0]),
                node=layer.pre_activation,
            )
        return


def faded(case: Case) -> bool:
    """Whether the δ of some layer vanishes, in a run that does not learn."""
    return any(not one.harmless for one in find_faults(True, case))


def drifted(case: Case) -> str | None:
    """How the first steps have made a δ vanish, in words; None where they have not."""
    found = [one for one in find_faults(True, case) if not one.harmless and one.iteration > 1]
    return found[0].evidence if found else None


def beyond(ratio: float, *, vanishing: bool) -> bool:
    """Whether a ratio of sizes is this fault."""
    return ratio < FAR_BELOW if vanishing else ratio > FAR_ABOVE


def ratio(layers: tuple[LayerSample, ...], layer: Layer) -> float | None:
    """A layer's δ as a part of the last layer's, by root mean square; None where either is 0.

    A δ of exactly 0 did not fade on a long way: something on it multiplies by 0.
    """
    here, last = layers[layer.at].delta, layers[-1].delta
    return here / last if here and last else None


def sizes(case: Case, number: int) -> str:
    """Every layer's δ in one iteration, from the last back."""
    sample = next(s for s in case.finite if s.number == number)
    texts = [case.n(layer.delta) for layer in reversed(sample.layers)]
    if len(texts) > MOST_SIZES:
        texts[MOST_SIZES - 1 : -1] = [case.script.dots]
    return (
        f"in iteration {number} the sizes (root mean square) are, from layer "
        f"{case.layers[-1].number} back to layer {case.layers[0].number}: {', '.join(texts)}"
    )


def remedy(case: Case, vanishing: bool, first: float, usual: float) -> str:
    """What helps, by the network's activations and the ratio at the start."""
    if not 1 / DRIFTS < first / usual < DRIFTS:
        return f"take a smaller learning rate: at the start it was {case.n(first)} times"
    if not vanishing:
        return "take a smaller initialisation, or clip the gradient"
    if case.network.flat_ended:
        return "take relu instead of sigmoid or tanh, a larger initialisation, or fewer layers"
    return "take larger first weights (init = 'he_normal'), or fewer layers"


PERSISTING = f"in {percent(PERSISTS)} of the iterations or more, and the run does not learn"
VANISHING = Rule(
    "vanishing-gradient",
    "vanishing gradient",
    When.DURING,
    f"a layer's δ is below {fraction(FAR_BELOW)} of the last layer's, {PERSISTING}",
    partial(find_faults, True),
    explains=follow(*OUTCOMES, "saturated-units", when=barely_moved),
    looks="The first layers hardly move, and the loss stands still or falls slowly.",
    why="On its way back a δ is multiplied by weights and slopes. Each sigmoid multiplies by ¼ at "
    "most, and small weights by less.",
    mends="relu in place of sigmoid or tanh, larger first weights, or fewer layers.",
)
EXPLODING = Rule(
    "exploding-gradient",
    "exploding gradient",
    When.DURING,
    f"a layer's δ is above {FAR_ABOVE:,.0f} times the last layer's, {PERSISTING}",
    partial(find_faults, False),
    cause=False,
    explains=follow("large-update", "loss-diverges", "loss-oscillates", "not-finite"),
    looks="The first layers get the largest steps; the loss jumps.",
    why="On its way back a δ is multiplied by weights that are too large, again in each layer.",
    mends="Smaller first weights, or a clipped gradient.",
)
