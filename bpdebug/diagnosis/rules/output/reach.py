"""An output that cannot give its targets: out of its range, or not what they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.comparison import Comparison
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, percent
from bpdebug.diagnosis.targets import Targets
from bpdebug.ops import Scores

FEW = 0.05
"""A smaller part of targets out of reach does a run no harm that learns."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every comparison whose output cannot give its targets.

    It is harmless where few targets are out of reach in a run that learns.
    """
    for one in case.comparisons.found:
        targets = Targets(one, case.network, case.probe)
        if targets.labels:
            continue
        found = out_of_reach(case, one, targets)
        if found is None and one == case.compared:
            found = exclusive(case, one, targets) or apart(case, one, targets)
        if found is not None:
            yield found


def bounds(case: Case, one: Comparison) -> tuple[float, float] | None:
    """The least and the greatest number that a comparison can be given; None without bounds."""
    function = case.comparisons.function(one)
    if one.shared or one.takes is Scores.LOG_ODDS:
        return 0.0, 1.0
    if function is None or function.between is None or one.takes is Scores.LOGITS:
        return None
    low, high = function.between
    return None if function.gives is Scores.LOG_SHARES else (low, high)


def out_of_reach(case: Case, one: Comparison, targets: Targets) -> Finding | None:
    """Targets outside the range of the output's activation."""
    within = bounds(case, one)
    if within is None or not targets.array.size:
        return None
    low, high = within
    outside = int(np.sum((targets.array < low) | (targets.array > high)))
    if not outside:
        return None
    output = case.label(one.prediction)
    if one.takes is Scores.LOG_ODDS:
        output = case.script.either(f"σ({output})", f"sigmoid({output})")
    sides = [f"below {low:g}"] * (low > -np.inf) + [f"above {high:g}"] * (high < np.inf)
    return Finding(
        output,
        f"{output} is never {' or '.join(sides)}, and {outside:,} of {targets.array.size:,} "
        f"numbers of {case.label(one.target)} are: they go from {case.n(targets.low)} to "
        f"{case.n(targets.high)}",
        "take no activation on the output (identity), or targets in its range",
        *case.at_value(one.prediction),
        node=case.comparisons.activated.get(one.prediction, (one.prediction, None))[0],
        harmless=case.learned and outside < FEW * targets.array.size,
    )


def exclusive(case: Case, one: Comparison, targets: Targets) -> Finding | None:
    """A softmax for labels that do not exclude one another."""
    gives = case.comparisons.gives(one)
    softmax = gives in (Scores.SHARES, Scores.LOG_SHARES) or one.takes is Scores.LOGITS
    if not softmax or not targets.multi_hot or targets.units == 1:
        return None
    sums = targets.rows.sum(axis=1)
    output = case.label(one.prediction)
    return Finding(
        output,
        f"{output} shares out one sum of 1 in each row, and the rows of {case.label(one.target)} "
        f"hold {int(sums.min())} to {int(sums.max())} classes at once",
        f"take {targets.units:,} sigmoids with binary_cross_entropy: each class is a question by "
        "itself",
        *case.at_value(one.prediction),
        node=one.prediction,
    )


def apart(case: Case, one: Comparison, targets: Targets) -> Finding | None:
    """Sigmoids for distributions; harmless in a run that learns."""
    sigmoids = case.comparisons.gives(one) is Scores.PROBABILITIES and not one.shared
    if one.takes is not None or not sigmoids or not targets.shares or targets.units < 3:
        return None
    output = case.label(one.prediction)
    kind = "one class each" if targets.binary else "a distribution each"
    return Finding(
        output,
        f"the rows of {case.label(one.target)} sum to 1, {kind}, and the {targets.units:,} units "
        f"of {output} are sigmoids, which do not",
        "take a softmax on the output, with negative_log_likelihood",
        *case.at_value(one.prediction),
        node=one.prediction,
        harmless=case.learned,
    )


RULE = Rule(
    "wrong-output-activation",
    "an output that cannot reach its targets",
    When.BEFORE,
    "the output's activation is bounded and a number of the target is out of its reach (in a run "
    f"that learns, at least {percent(FEW)} of the numbers); or the rows of the target hold several "
    "classes and the output is a softmax; or they sum to 1 and the output, of sigmoids, does not",
    find_faults,
    explains=SPOILS,
    looks="The outputs crowd at one end of their range; the loss stops far above 0.",
    why="A sigmoid never leaves 0 to 1, a relu never goes below 0, and a softmax shares one 1.",
    mends="No activation for amounts; a softmax for one class of many; sigmoids for several.",
)
