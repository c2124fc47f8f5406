"""Rules about layers: gradients that vanish or explode, units that are dead or saturated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.survey import LayerSample, last_epoch
from bpdebug.graph import Layer
from bpdebug.graph.health import FAR_ABOVE, FAR_BELOW, Flags

SHOWN = 10
"""Layers whose sizes are listed, at the most."""
PERSISTS = 0.5
"""In at least this part of the iterations that were looked at, to be called a fault."""


def passing(case: Case) -> Iterator[Finding]:
    """Layers that only a small part of the last layer's δ reaches, or many times of it.

    Of neighbours that are all beyond the bound the first one on the way back is named.
    """
    if len(case.layers) < 2 or not case.finite:
        return
    for kind in (Kind.VANISHING, Kind.EXPLODING):
        for layer in reversed(case.layers[:-1]):
            ratios = [(s.number, ratio(s.layers, layer)) for s in case.finite]
            known = [(number, r) for number, r in ratios if r is not None]
            far = [number for number, r in known if beyond(kind, r)]
            if known and len(far) >= PERSISTS * len(known):
                yield passed(case, kind, layer, median(r for _, r in known), far[0])
                break


def beyond(kind: Kind, ratio: float) -> bool:
    """Whether a ratio of sizes is a fault of this kind."""
    return ratio < FAR_BELOW if kind is Kind.VANISHING else ratio > FAR_ABOVE


def ratio(layers: tuple[LayerSample, ...], layer: Layer) -> float | None:
    """A layer's δ as a part of the last one's, by root mean square; None where either is 0.

    A δ of exactly 0 did not fade on a long way: something on it multiplies by 0.
    """
    here, last = layers[layer.at].delta, layers[-1].delta
    return here / last if here and last else None


def passed(case: Case, kind: Kind, layer: Layer, usual: float, first: int) -> Finding:
    """The finding, with the sizes in the first iteration that shows it."""
    small = kind is Kind.VANISHING
    sample = next(s for s in case.finite if s.number == first)
    sizes = [case.n(one.delta) for one in reversed(sample.layers)]
    if len(sizes) > SHOWN:
        sizes[SHOWN - 1 : -1] = ["…" if case.unicode else "..."]
    evidence = (
        f"{case.delta(layer)} is {case.n(usual)} times {case.delta(case.layers[-1])}; their sizes "
        f"(root mean square), from layer {case.layers[-1].number} back to layer 1: "
        f"{', '.join(sizes)}"
    )
    remedy = (
        "take relu or tanh instead of sigmoid, a larger initialisation, or fewer layers"
        if small
        else "take a smaller initialisation, or clip the gradient"
    )
    return Finding(kind, f"layer {layer.number}", evidence, remedy, *case.at_delta(layer, first))


def units(case: Case) -> Iterator[Finding]:
    """Units that no example moves: silent relus, saturated sigmoids and tanhs of hidden layers.

    A saturated output may be a right and certain answer, so the last layer is left out there. A
    unit counts when it is so in the last iteration that was looked at and in all since some
    earlier one; the first of those is where the finding leads.
    """
    for layer in case.layers:
        dead = stuck(case, layer, lambda sample: sample.silent)
        if dead is not None:
            count, of, first = dead
            yield Finding(
                Kind.DEAD,
                f"layer {layer.number}",
                f"{units_of(count, of)} give 0 for every example since iteration {first}, "
                "so their weights get no gradient",
                "take leaky_relu, a smaller learning rate, or a bias that starts above 0",
                *case.at_delta(layer, first),
            )
        if layer is case.layers[-1]:
            continue
        flat = stuck(case, layer, lambda sample: sample.saturated)
        if flat is not None:
            count, of, first = flat
            yield Finding(
                Kind.SATURATED,
                f"layer {layer.number}",
                f"{units_of(count, of)} have a slope below 1/25 of the steepest for every example "
                f"since iteration {first}, so hardly any gradient gets through",
                "take smaller weights at the start, or inputs of about unit size",
                *case.at_delta(layer, first),
            )


def stuck(
    case: Case, layer: Layer, flags: Callable[[LayerSample], Flags | None]
) -> tuple[int, int, int] | None:
    """How many of how many units are stuck at the end, and since which iteration all of them.

    A unit is stuck when it is so for every row: with batches, in every iteration of the last whole
    epoch. Nothing is said where that was not looked at.
    """
    at = layer.at
    by_number = {sample.number: flags(sample.layers[at]) for sample in case.finite}
    epoch = last_epoch(case.run)
    seen = [by_number.get(number) for number in epoch]
    if case.samples and not case.samples[-1].finite:
        seen = [by_number[max(by_number)]] if by_number and not case.batched else []
    known = [found for found in seen if found is not None]
    if not known or len(known) < len(seen):
        return None
    now = np.logical_and.reduce(known)
    if not now.any():
        return None
    first = 0
    for number in sorted(by_number, reverse=True):
        found = by_number[number]
        if found is None or not np.all(found[now]):
            break
        first = number
    return (int(now.sum()), now.size, first) if first else None


def units_of(count: int, of: int) -> str:
    """`2 of 8 units`, or `all 8 units`."""
    return f"all {of} units" if count == of > 1 else f"{count} of {of} units"
