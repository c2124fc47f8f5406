"""A learning rate too high: the loss rises, jumps about, swings, or becomes infinite."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding, Plot
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.rules.course.diverges import climbing, course, diverges
from bpdebug.diagnosis.rules.course.large_update import far_moved
from bpdebug.diagnosis.rules.course.not_finite import first_bad
from bpdebug.diagnosis.rules.course.oscillates import swings
from bpdebug.diagnosis.rules.start.sizes import MUCH, helps, left
from bpdebug.diagnosis.rules.units.dead import killed
from bpdebug.diagnosis.rules.units.vanishing_exploding import drifted
from bpdebug.diagnosis.trials import Trial

SMALLER = (0.1, 0.01)
"""The parts of the rate that are tried."""
GROWN = 10.0
"""A loss that has grown so many times before a NaN has grown to it."""
SHOT = 3.0
"""A loss that rises to so many times its first value shoots up."""
JUMPS, ROUGH = 0.3, 0.1
"""A loss jumps about where it rises in this part of its steps, by this part of its size."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the rate.

    Where a smaller rate can be tried and does not help, it is not the rate.
    """
    evidence = unsteady(case)
    if evidence is None:
        return
    trials = [(part, case.trials.rate(part)) for part in SMALLER]
    made = [(part, trial) for part, trial in trials if trial is not None]
    good = [(part, trial) for part, trial in made if helps(case, trial)]
    if made and not good:
        return
    if case.learned and case.excess is not None and not steadier(case, good):
        return
    first = case.run.problem.rate(1)
    rate = case.n(first) if first is not None else "the rate"
    at = int(np.argmax(np.diff(case.losses) > 0)) + 1 if case.losses.size > 1 else 0
    yield Finding(
        case.loss_name,
        f"{evidence}{tried(case, good)}",
        f"take a smaller learning rate than {rate}"
        + (f", such as {case.n(first * good[0][0])}" if good and first is not None else ""),
        *case.at_loss_of(min(at, case.run.iterations - 1)),
        node=case.graph.loss,
        plot=Plot(case.loss_phrase, tuple(case.losses.tolist()[:1000]), curve=True),
    )


def steadier(case: Case, good: list[tuple[float, Trial]]) -> bool:
    """Whether a smaller rate does far better, which a run that learns has to show."""
    return any(left(case, trial) < MUCH for _, trial in good)


def unsteady(case: Case) -> str | None:
    """What the loss does that a rate which is too high makes it do, in words; None where it does
    nothing of the kind."""
    if not case.trained or (climbing(case) and diverges(case)):
        return None
    if diverges(case):
        rose = int(np.argmax(np.diff(case.losses) > 0)) + 1
        return f"{course(case)}; it first rises in {case.when(rose)}"
    if (swing := swings(case)) is not None:
        return swing
    if (broken := breaks(case)) is not None:
        return broken
    losses = case.losses
    if (case.learned and not case.lacking) or losses.size < FEWEST:
        return None
    every = case.every_loss
    top = int(np.argmax(every)) if every.size else 0
    if top and every[top] > SHOT * abs(every[0]):
        return (
            f"{case.loss_name} is {case.n(float(every[0]))} in iteration 1 and shoots up to "
            f"{case.n(float(every[top]))} in iteration {top + 1}"
        )
    if case.learned:
        return None
    if (harm := drifted(case) or killed(case)) is not None:
        return harm
    if far_moved(case):
        return f"{course(case)}, and steps are larger than the weights that they change"
    rises = np.diff(losses[len(losses) // 4 :])
    level = float(np.mean(np.abs(losses)))
    jumps = rises[rises > 0]
    if jumps.size > JUMPS * rises.size and float(np.mean(jumps)) > ROUGH * level:
        return (
            f"{course(case)}, and jumps about: it rises in {jumps.size:,} of {rises.size:,} steps "
            f"behind the first quarter, by {case.n(float(np.mean(jumps)))} on average"
        )
    return None


def breaks(case: Case) -> str | None:
    """How the steps end in a NaN or an infinity, in words; None where they do not.

    Where the loss has not grown before, only an experiment tells that the steps are the reason.
    """
    bad, every = first_bad(case), case.every_loss
    if bad is None or bad == 1 or every.size < 2 or case.run.iterations < FEWEST:
        return None
    finite = every[: bad - 1]
    top = float(np.max(finite[np.isfinite(finite)], initial=0.0))
    if top <= GROWN * abs(every[0]) and case.trials.rate(SMALLER[0]) is None:
        return None
    return (
        f"{case.loss_name} is {case.n(float(every[0]))} in iteration 1 and comes to {case.n(top)}, "
        f"and in iteration {bad} there is a NaN or an infinity"
    )


def tried(case: Case, good: list[tuple[float, Trial]]) -> str:
    """What a smaller rate did, in words; empty where none was tried."""
    if not good:
        return ""
    part, trial = good[0]
    which = {0.1: "a tenth", 0.01: "a hundredth"}[part]
    return f"; with {which} of the rate it ends at {case.n(trial.loss)}"


RULE = Rule(
    "learning-rate-too-high",
    "a learning rate too high",
    When.END,
    "the loss diverges, swings or grows to a NaN; or, in a run that does not learn, it shoots up "
    f"to {SHOT:g} times its first value, rises in {percent(JUMPS)} of its steps by "
    f"{percent(ROUGH)} of its size, or the steps make the gradient vanish, kill a layer or are "
    "larger than the weights; and a tenth or a hundredth of the rate does better, where that can "
    "be tried",
    find_faults,
    explains=follow(
        *OUTCOMES,
        "exploding-gradient",
        "vanishing-gradient",
        "dying-relu",
        "weight-decay-too-large",
    ),
    looks="The loss rises, jumps about, swings with a period, or becomes infinite.",
    why="A step along the gradient is right for a short way only; beyond, the slope is another.",
    mends="A rate smaller by powers of ten, until the loss falls from the first steps on.",
)
