"""Rules about the loss over time. A run of a few iterations is not judged.

With batches it is the mean of each epoch that is judged, since single losses differ anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.parameters import at_rest, trained

Series = NDArray[np.float64]
FEWEST = 10
"""Losses that are needed to speak of a tendency."""
GROWN = 2.0
"""The loss diverges when it ends so many times as high as it began."""
TURNS = 0.6
"""It oscillates when, in the second half of the run, so many of its steps turn round …"""
SWING = 0.05
"""… and an average step is this part of the loss."""
STILL = 0.01
"""It stands still when it stays within this part of itself from first to last."""


def tendency(case: Case) -> Iterator[Finding]:
    """At most one of: diverges, oscillates, stands still."""
    losses = case.losses[np.cumprod(np.isfinite(case.losses)).astype(bool)]
    if len(losses) < FEWEST or not trained(case):
        return
    for rule in (diverges, oscillates, stands_still):
        found = rule(case, losses)
        if found is not None:
            yield found
            return


def diverges(case: Case, losses: Series) -> Finding | None:
    """The loss ends far above where it began."""
    tenth = max(len(losses) // 10, 1)
    before, after = float(np.mean(losses[:tenth])), float(np.mean(losses[-tenth:]))
    if not after - before > (GROWN - 1) * abs(before) or losses[-1] < np.max(losses) / GROWN:
        return None
    rose = int(np.argmax(np.diff(losses) > 0)) + 1
    loss = case.loss_name
    return Finding(
        Kind.DIVERGES,
        loss,
        f"{loss} goes from {case.n(float(losses[0]))} to {case.n(float(losses[-1]))} in "
        f"{when(case, len(losses) - 1)}; it first rises in {when(case, rose)}",
        "take a smaller learning rate",
        *case.at_loss(iteration_of(case, rose)),
    )


def oscillates(case: Case, losses: Series) -> Finding | None:
    """The loss goes up and down by turns, and does not cease to."""
    half = len(losses) // 2
    steps = np.diff(losses[half:])
    turns = np.flatnonzero(steps[:-1] * steps[1:] < 0)
    swing, level = float(np.mean(np.abs(steps))), float(np.mean(np.abs(losses[half:])))
    if len(turns) < TURNS * (len(steps) - 1) or swing < SWING * level or not len(turns):
        return None
    loss = case.loss_name
    return Finding(
        Kind.OSCILLATES,
        loss,
        f"in the second half of the run {loss} turns round in {len(turns):,} of "
        f"{len(steps) - 1:,} steps, by {case.n(swing)} on average at a level of {case.n(level)}",
        "take a smaller learning rate, or less momentum",
        *case.at_loss(iteration_of(case, half + int(turns[0]) + 1)),
    )


def stands_still(case: Case, losses: Series) -> Finding | None:
    """The loss hardly changes at all, from the first iteration to the last."""
    low, high = float(np.min(losses)), float(np.max(losses))
    level = max(abs(low), abs(high))
    if high - low > STILL * level or level == 0 or at_rest(case) or not case.finite:
        return None
    loss = case.loss_name
    longest = max(
        ((p.gradient, name) for name, p in case.finite[-1].parameters.items()), default=(0.0, "")
    )
    size = "‖∂L/∂{}‖" if case.unicode else "|dL/d{}|"
    slope = (
        f"; the largest gradient at the end is {size.format(case.name(longest[1]))} = "
        f"{case.n(longest[0])}"
        if longest[1]
        else ""
    )
    mean = "the mean of an epoch" if case.batched else loss
    return Finding(
        Kind.STANDS_STILL,
        loss,
        f"{mean} stays between {case.n(low)} and {case.n(high)} from {when(case, 0)} to "
        f"{when(case, len(losses) - 1)}{slope}",
        "take a larger learning rate, or see why the gradient is so small",
        *case.at_loss(iteration_of(case, len(losses) - 1)),
    )


def when(case: Case, at: int) -> str:
    """What the loss at a place of the series belongs to."""
    return f"epoch {at + 1}" if case.batched else f"iteration {at + 1}"


def iteration_of(case: Case, at: int) -> int:
    """The iteration to look at for a place of the series: the first of its epoch."""
    return at * case.run.per_epoch + 1
