"""Loss and output that do not fit: the loss takes something else than what the output gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.comparison import Comparison
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When
from bpdebug.ops import Scores

TAKES = {
    Scores.PROBABILITIES: "logarithms of p and of 1 − p, each a probability by itself",
    Scores.SHARES: "the logarithm of the right class's share, where the shares of a row sum to 1",
    Scores.LOG_SHARES: "logarithms of shares, as log_softmax gives them",
    Scores.LOGITS: "scores that may be any numbers, and does the softmax itself",
    Scores.LOG_ODDS: "scores that may be any numbers, and does the sigmoid itself",
}
"""What a loss takes, in words."""
REMEDIES = {
    Scores.PROBABILITIES: "take a sigmoid on the output, or the loss that takes scores "
    "(binary_cross_entropy_with_logits)",
    Scores.SHARES: "take a softmax on the output, or cross_entropy on its scores",
    Scores.LOG_SHARES: "take log_softmax on the output",
    Scores.LOGITS: "take no activation on the output: the loss does the softmax itself",
    Scores.LOG_ODDS: "take no activation on the output: the loss does the sigmoid itself",
}
"""What the output should be, by what the loss takes."""
SCORES = (Scores.LOGITS, Scores.LOG_ODDS)
"""What may be any numbers."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every comparison whose loss is given what it does not take."""
    for one in case.comparisons.found:
        if one.takes is None or fits(case, one):
            continue
        given = case.label(one.prediction)
        yield Finding(
            given,
            f"the loss takes {case.script.safe(TAKES[one.takes])}; "
            f"{given} is {described(case, one)}",
            remedy(case, one),
            *case.at_value(one.at),
            node=one.prediction,
            harmless=case.learned and half_bounded(case, one),
        )


def half_bounded(case: Case, one: Comparison) -> bool:
    """Whether scores have a bound on one side alone, as behind a relu: many runs learn so."""
    comparisons = case.comparisons
    inner = comparisons.function(one) if one.takes in SCORES else comparisons.beneath(one)
    bounds = inner.between if inner is not None else None
    return bounds is not None and not all(map(np.isfinite, bounds))


def fits(case: Case, one: Comparison) -> bool:
    """Whether the loss of a comparison takes what it is given."""
    gives, function = case.comparisons.gives(one), case.comparisons.function(one)
    units = case.output_units(one)
    if one.takes in SCORES:
        if gives is Scores.SHARES:
            return one.takes is Scores.LOGITS  # a rule of its own: a softmax twice
        return function is None or function.between is None
    if one.takes is Scores.PROBABILITIES and gives is Scores.SHARES:
        return units != 2  # over one unit, and over several, are rules of their own
    if one.takes is Scores.SHARES and gives is Scores.LOG_SHARES:
        return False
    if units == 1 and (one.shared or gives is Scores.SHARES):
        return True
    inner = case.comparisons.beneath(one)
    if gives in (Scores.SHARES, Scores.LOG_SHARES) and inner is not None and not inner.shares:
        return inner.between is None and gives is one.takes
    return gives is one.takes


def described(case: Case, one: Comparison) -> str:
    """What a comparison is given, in words."""
    function, units = case.comparisons.function(one), case.output_units(one)
    inner = case.comparisons.beneath(one)
    if inner is not None and one.takes not in SCORES and function is not None and function.shares:
        low, high = inner.between or (float("-inf"), float("inf"))
        return (
            f"a softmax of the result of {inner.name}, and not of bare scores: from {case.n(low)} "
            f"to {case.n(high)}, it cannot be sure"
        )
    if case.comparisons.gives(one) is Scores.SHARES:
        return "a softmax over two units, which share one sum of 1"
    what = "a bare score" if function is None else f"the result of {function.name}"
    over = f" of {units:,} units" if units > 1 else ""
    if one.shared:
        return f"{what}{over}, divided by its sum, which is no softmax: its gradient fades"
    if function is None:
        return f"{what}{over}, of any size and sign"
    low, high = function.between or (float("-inf"), float("inf"))
    if function.gives is Scores.PROBABILITIES and one.takes is Scores.SHARES:
        return f"{what}{over}, each from 0 to 1 by itself: nothing holds the wrong classes down"
    return f"{what}{over}, from {case.n(low)} to {case.n(high)}"


def fits_outside(case: Case, one: Comparison) -> bool:
    """Whether the last activation is right, and only what it is taken of is not."""
    return case.comparisons.gives(one) is one.takes


def remedy(case: Case, one: Comparison) -> str:
    """What helps this output."""
    assert one.takes is not None
    inner = case.comparisons.beneath(one)
    if inner is not None and one.takes not in SCORES and fits_outside(case, one):
        return f"take {inner.name} out before the softmax"
    if one.takes is Scores.SHARES and case.output_units(one) == 1:
        return "take a sigmoid on the one unit, and binary_cross_entropy"
    if one.takes is Scores.PROBABILITIES and case.comparisons.gives(one) is Scores.SHARES:
        return "take negative_log_likelihood behind the softmax, or a single unit with a sigmoid"
    return REMEDIES[one.takes]


RULE = Rule(
    "loss-output-mismatch",
    "loss and output do not fit",
    When.BEFORE,
    "the loss takes logarithms of probabilities and the output is no sigmoid or softmax, as the "
    "loss wants it, or it takes scores and the output is bounded; also where they are written out",
    find_faults,
    explains=SPOILS,
    looks="The loss stands still or falls a little and stops; the logarithm of a score is NaN.",
    why="A cross-entropy is the logarithm of a probability. What is no probability has a gradient "
    "of the wrong size, or none where it is clipped; sigmoids of several classes are not held "
    "down where the class is wrong.",
    mends="One class of two: a sigmoid and binary cross-entropy. One of many: a softmax and "
    "negative log-likelihood, or scores and cross-entropy. Several at once: sigmoids and binary "
    "cross-entropy.",
)
