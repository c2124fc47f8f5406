"""The loss oscillates: it goes up and down, by turns or in longer swings, and does not cease to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bpdebug.diagnosis.case import FEWEST, LEARNED, Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, percent

TURNS = 3
"""In the second half of the run the loss must turn round so many times, at the least …"""
SWING = 0.1
"""… between values that lie this part of their mean apart …"""
SMALLEST = 0.25
"""… where a rise or a fall counts from this part of their distance …"""
SMALLER = 0.1
"""The part of the rate that is tried."""
DAMPED = 0.5
"""… and the range of the last quarter is no smaller than this part of the quarter before."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss.

    A loss that swings far below its first value is no fault: the last steps of a good run do that.
    """
    evidence = swings(case)
    if evidence is None:
        return
    half = len(case.losses) // 2
    yield Finding(
        case.loss_name,
        evidence,
        remedy(float(case.run.problem.settings.get("momentum", 0.0))),
        *case.at_loss_of(half),
        node=case.graph.loss,
        harmless=case.batched and steadied(case) is False,
    )


def steadied(case: Case) -> bool | None:
    """Whether a tenth of the rate does better; None where it is not tried.

    Where it does not, the loss of batches goes up and down by the rows that are in them.
    """
    trial = case.trials.rate(SMALLER)
    return None if trial is None else trial.better < 1


def swings(case: Case) -> str | None:
    """How the loss swings in the second half of the run, in words; None where it does not."""
    losses = case.losses
    if len(losses) < FEWEST or not case.trained:
        return None
    half = len(losses) // 2
    late = losses[half:]
    low, high, level = float(np.min(late)), float(np.max(late)), float(np.mean(np.abs(late)))
    if losses[0] - float(np.mean(late)) > (1 - LEARNED) * abs(losses[0]):
        return None
    turns = turning_points(late, SMALLEST * (high - low))
    if len(turns) < TURNS or high - low < SWING * level or damped(late):
        return None
    apart = (turns[-1] - turns[0]) / (len(turns) - 1)
    unit = "epochs" if case.batched else "iterations"
    return (
        f"from {case.when(half)} to {case.when(len(losses) - 1)} {case.loss_phrase} goes up and "
        f"down between {case.n(low)} and {case.n(high)} and turns round {len(turns):,} times, "
        f"every {apart:.3g} {unit} on average; it began at {case.n(float(losses[0]))}"
    )


def turning_points(series: NDArray[np.float64], smallest: float) -> list[int]:
    """The indices of a series' highs and lows, without those of movements below `smallest`."""
    turns: list[int] = []
    low = high = 0
    up: bool | None = None
    for at, value in enumerate(series.tolist()):
        if up is not False and value > series[high]:
            high = at
        if up is not True and value < series[low]:
            low = at
        if up is not False and series[high] - value >= smallest > 0:
            turns += [high] if up else []
            up, low = False, at
        elif up is not True and value - series[low] >= smallest > 0:
            turns += [low] if up is False else []
            up, high = True, at
    return turns


def damped(late: NDArray[np.float64]) -> bool:
    """Whether the swings shrink: the run comes to rest by itself."""
    before, after = np.array_split(late, 2)
    return bool(np.ptp(after) < DAMPED * np.ptp(before))


def remedy(momentum: float) -> str:
    """What helps, by the optimizer's momentum."""
    if momentum >= 1:
        return (
            "take a momentum below 1: with 1, no gradient is ever forgotten, as where gradients "
            "are not cleared between the steps"
        )
    return "take a smaller learning rate" + (", or less momentum" if momentum else "")


RULE = Rule(
    "loss-oscillates",
    "the loss oscillates",
    When.END,
    f"in the second half of at least {FEWEST} losses, the loss turns round at least {TURNS} "
    f"times, its lowest and highest values are at least {percent(SWING)} apart, the swings do not "
    f"shrink, and the mean is not below {percent(LEARNED)} of the first loss",
    find_faults,
    cause=False,
    explains=follow("large-update"),
)
