"""Rules about the loss over time. A run of a few iterations is not judged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.parameters import trained
from bpdebug.diagnosis.survey import Sample

FEWEST = 10
"""Iterations that are needed to speak of a tendency."""
GROWN = 2.0
"""The loss diverges when its end is so many times its beginning."""
TURNS = 0.6
"""It oscillates when so many of its steps turn round …"""
SWING = 0.05
"""… and an average step is this part of the loss."""
STILL = 0.01
"""It stands still when it stays within this part of itself from first to last."""


def tendency(case: Case) -> Iterator[Finding]:
    """At most one of: diverges, oscillates, stands still."""
    samples = case.finite
    if len(samples) < FEWEST or not trained(case):
        return
    for rule in (diverges, oscillates, stands_still):
        found = rule(case, [*samples])
        if found is not None:
            yield found
            return


def ends(samples: list[Sample]) -> tuple[float, float]:
    """The mean of the first and of the last tenth of the losses."""
    tenth = max(len(samples) // 10, 1)
    return fmean(s.loss for s in samples[:tenth]), fmean(s.loss for s in samples[-tenth:])


def diverges(case: Case, samples: list[Sample]) -> Finding | None:
    """The loss ends far above where it began."""
    before, after = ends(samples)
    if not after > GROWN * before > 0:
        return None
    rose = next(b for a, b in pairwise(samples) if b.loss > a.loss)
    loss = loss_name(case)
    return Finding(
        Kind.DIVERGES,
        loss,
        f"{loss} goes from {case.n(samples[0].loss)} to {case.n(samples[-1].loss)} in iteration "
        f"{samples[-1].number}; it first rises in iteration {rose.number}",
        "take a smaller learning rate",
        *case.at_loss(rose.number),
    )


def oscillates(case: Case, samples: list[Sample]) -> Finding | None:
    """The loss goes up and down by turns. With batches it does so anyway, and nothing is said."""
    if case.batched:
        return None
    steps = [
        (b.loss - a.loss, b) for a, b in pairwise(samples) if b.number == a.number + 1 and a.loss
    ]
    turns = [b for (x, _), (y, b) in pairwise(steps) if x * y < 0]
    swing = fmean(abs(step) for step, _ in steps) if steps else 0.0
    level = fmean(abs(s.loss) for s in samples)
    if len(steps) < FEWEST or len(turns) < TURNS * (len(steps) - 1) or swing < SWING * level:
        return None
    loss = loss_name(case)
    return Finding(
        Kind.OSCILLATES,
        loss,
        f"{loss} turns round in {len(turns):,} of {len(steps) - 1:,} steps, by {case.n(swing)} "
        f"on average at a level of {case.n(level)}",
        "take a smaller learning rate, or less momentum",
        *case.at_loss(turns[0].number),
    )


def stands_still(case: Case, samples: list[Sample]) -> Finding | None:
    """The loss hardly changes at all, from the first iteration to the last."""
    losses = [s.loss for s in samples]
    low, high = min(losses), max(losses)
    level = max(abs(low), abs(high))
    if case.batched or high - low > STILL * level or level == 0:
        return None
    loss = loss_name(case)
    longest = max(
        ((p.gradient, name) for name, p in samples[-1].parameters.items()), default=(0.0, "")
    )
    size = "‖∂L/∂{}‖" if case.unicode else "|dL/d{}|"
    slope = (
        f"; the largest gradient at the end is {size.format(case.name(longest[1]))} = "
        f"{case.n(longest[0])}"
        if longest[1]
        else ""
    )
    return Finding(
        Kind.STANDS_STILL,
        loss,
        f"{loss} stays between {case.n(low)} and {case.n(high)} from iteration "
        f"{samples[0].number} to {samples[-1].number}{slope}",
        "take a larger learning rate, or see why the gradient is so small",
        *case.at_loss(samples[-1].number),
    )


def loss_name(case: Case) -> str:
    """The loss as the scenario calls it."""
    return case.name(case.graph.nodes[case.graph.loss].name) if named(case) else "the loss"


def named(case: Case) -> bool:
    """True where the loss has a name of its own."""
    return bool(case.graph.nodes[case.graph.loss].name)
