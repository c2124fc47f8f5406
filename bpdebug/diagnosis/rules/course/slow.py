"""A run that falls to its end: the rate is too low for it, or it is too short."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.causes import always
from bpdebug.diagnosis.finding import Finding, Plot
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.rules.course.diverges import course
from bpdebug.diagnosis.rules.start.sizes import helps
from bpdebug.diagnosis.trials import Trial

FALLS = 0.9
"""The part of the steps in which the loss must fall, at the least …"""
LITTLE = 0.25
"""… in all by less than this part of the first loss …"""
NO_BETTER = 0.9
"""… or where it ends, most of what the best constant answer has is left …"""
FLATTENS = 0.25
"""… and the last quarter of the run must bring this part of an average quarter, at the least."""
SEGMENTS = 8
"""A long run falls steadily where the means of so many parts of it do."""
STEEP, STEEPER = 0.25, 1.0
"""A run that ends in a fall loses this part of what is left in its last quarter; the second in a
run that has learned much already …"""
LEFT, MUCH_LEFT = 0.1, 0.3
"""… where so much is left, as a part of what the best constant answer has; the second in a run that
has learned much already."""
FEW_STEPS, MUCH, MUCH_MORE = 30, 0.5, 0.35
"""A run of no more steps is short where a longer one ends below this part of its loss; the second
where it has learned much already."""
LARGER, LONGER, FAR_LONGER = (10.0, 100.0), 5, 10
"""What is tried: so many times the rate, and so many times the iterations; of a run of
few steps, the second."""


def find_low(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the rate."""
    if not falls_slowly(case):
        return
    factor, trial = larger(case)
    losses, first = case.losses, case.run.problem.rate(1)
    fallen = float(losses[0] - losses[-1]) / abs(float(losses[0]))
    down, steps = int(np.sum(np.diff(losses) < 0)), len(losses) - 1
    told = f"; with {factor:g} times the rate it ends at {case.n(trial.loss)}" if trial else ""
    yield Finding(
        case.loss_name,
        f"{course(case)}, {case.n(100 * fallen)} % less; it falls in {down:,} of {steps:,} steps, "
        f"and in the last quarter of the run still by {case.n(last_quarter(losses))}{told}",
        "take a larger learning rate"
        + (f" than {case.n(first)}" if first is not None else "")
        + ", or more iterations",
        *case.at_loss_of(len(losses) - 1),
        node=case.graph.loss,
        weak=trial is not None and not helps(case, trial),
        plot=Plot(case.loss_phrase, tuple(losses.tolist()[:1000]), curve=True),
    )


def larger(case: Case) -> tuple[float, Trial | None]:
    """The first larger rate that does better, with its trial, or the last that was tried."""
    for factor in LARGER:
        trial = case.trials.rate(factor)
        if trial is None or helps(case, trial):
            break
    return factor, trial


def find_few(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the number of iterations."""
    slowly, steeply = falls_slowly(case), falls_steeply(case)
    if not slowly and not steeply and not hasty(case):
        return
    trial = case.trials.longer(FAR_LONGER if hasty(case) else LONGER)
    if not steeply and (trial is None or not helps(case, trial)):
        return
    much = MUCH_MORE if case.learned else MUCH
    if not steeply and not slowly and trial is not None and trial.better > much:
        return
    losses = case.losses
    yield Finding(
        case.loss_name,
        f"{course(case)}{still(case)}{further(case, trial)}",
        f"take more iterations than {case.run.iterations:,}",
        *case.at_loss_of(len(losses) - 1),
        node=case.graph.loss,
        plot=Plot(case.loss_phrase, tuple(losses.tolist()[:1000]), curve=True),
    )


def still(case: Case) -> str:
    """How fast the loss falls at the end, in words; empty where it does not."""
    falls = last_quarter(case.losses)
    return f", and still falls by {case.n(falls)} in the last quarter of the run" * (falls > 0)


def hasty(case: Case) -> bool:
    """Whether a run of very few steps leaves much to learn."""
    far = case.excess is not None and case.excess > LEFT
    return far and bool(case.trained) and FEWEST <= case.run.iterations <= FEW_STEPS


def further(case: Case, trial: Trial | None) -> str:
    """How far a longer run gets, in words; empty where none was tried."""
    if trial is None:
        return ""
    return f"; after {case.iterations(trial.iterations)} it is at {case.n(trial.loss)}"


def falls_slowly(case: Case) -> bool:
    """Whether the loss falls steadily to the end, and not far."""
    losses = case.losses
    if len(losses) < FEWEST or not case.trained or case.at_rest or case.learned:
        return False
    fallen = float(losses[0] - losses[-1])
    return (
        fallen > case.rounding * abs(float(losses[0]))
        and (fallen < LITTLE * abs(float(losses[0])) or no_better(case))
        and steady(losses)
        and last_quarter(losses) >= FLATTENS * fallen / 4
    )


def no_better(case: Case) -> bool:
    """Whether the loss ends no better than that of a constant answer."""
    return case.excess is not None and case.excess > NO_BETTER


def steady(losses: NDArray[np.float64]) -> bool:
    """Whether nearly every step goes down, or in a long run nearly every part of it."""
    if np.mean(np.diff(losses) < 0) >= FALLS:
        return True
    if len(losses) < 4 * SEGMENTS:
        return False
    means = np.array([part.mean() for part in np.array_split(losses, SEGMENTS)])
    return bool(np.all(np.diff(means) < 0))


def falls_steeply(case: Case) -> bool:
    """Whether the loss falls fast in the last quarter, with much of it left."""
    losses = case.losses
    if len(losses) < FEWEST or not case.trained or case.ended is None or case.excess is None:
        return False
    left = float(losses[-1]) - (case.certain or 0.0)
    steep = STEEPER if case.learned else STEEP
    falling = last_quarter(losses) > steep * left and float(np.mean(np.diff(losses) < 0)) > FALLS
    return left > 0 and case.excess > (MUCH_LEFT if case.learned else LEFT) and falling


def last_quarter(losses: NDArray[np.float64]) -> float:
    """By how much the loss falls in the last quarter of the run."""
    return float(losses[-1 - max(len(losses) // 4, 1)] - losses[-1])


LOW = Rule(
    "learning-rate-too-low",
    "a learning rate too low",
    When.END,
    f"of at least {FEWEST} losses, at least {percent(FALLS)} of the steps or each eighth of the "
    f"run go down, the last loss is less than {percent(LITTLE)} below the first or no better than "
    "that of a constant answer, the last quarter still brings a fair part of that, and the run "
    "does not learn",
    find_low,
    explains=follow("loss-stands-still", "same-output", "saturated-units"),
    looks="The loss falls in nearly every step, by very little.",
    why="Each step is right and far too short: the run would need many times its iterations.",
    mends="A rate larger by powers of ten, until the loss begins to jump; or more iterations.",
)
FEW = Rule(
    "too-few-iterations",
    "too few iterations",
    When.END,
    f"of at least {FEWEST} losses, the last quarter of the run loses {percent(STEEP)} of what is "
    f"left ({percent(STEEPER)} in a run that has learned much), and {percent(LEFT)} of what a "
    f"constant answer has is left; or it falls slowly, and {LONGER} times the iterations do "
    f"better; or it has no more than {FEW_STEPS} steps, and those do far better",
    find_few,
    explains=follow("loss-stands-still", "same-output", when=always),
    looks="The curve of the loss goes down at its right end.",
    why="The run ends before the network has learned what it can.",
    mends="More iterations, or a larger rate.",
)
