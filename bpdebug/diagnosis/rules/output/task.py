"""A loss for another task: an error for classes, or a cross-entropy for amounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.comparison import Comparison
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When
from bpdebug.diagnosis.targets import Targets
from bpdebug.ops import Scores

SURE = 0.9
"""A probability that is farther than this from its class is sure and wrong."""
PART = 0.1
"""The part of the answers that are, at the least."""
STRAIGHT = 3.0
"""An error twice as large costs 4 times as much where it is squared, and twice where it is not."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the loss.

    An error for classes is harmless in a run that learns; a cross-entropy of amounts is not.
    """
    one, targets = case.compared, case.targets
    if one is None or targets is None:
        return
    for found in (amounts(case, one, targets), many(case, one, targets), error(case, one, targets)):
        if found is not None:
            yield found
            return


def amounts(case: Case, one: Comparison, targets: Targets) -> Finding | None:
    """A cross-entropy whose targets are no probabilities."""
    if one.takes is None or targets.labels or (targets.low >= 0 and targets.high <= 1):
        return None
    name = case.label(one.target)
    below = "; below its least value it has none, and can fall for ever" * (
        one.takes is Scores.LOG_ODDS
    )
    return Finding(
        case.loss_name,
        f"{case.loss_name} is a cross-entropy, which takes targets from 0 to 1, and {name} goes "
        f"from {case.n(targets.low)} to {case.n(targets.high)}{below}",
        "take squared error, and no activation on the output: the targets are amounts",
        *case.at_value(one.at),
        node=case.graph.loss,
    )


def many(case: Case, one: Comparison, targets: Targets) -> Finding | None:
    """A binary cross-entropy for one of many classes, behind a softmax."""
    softmax = case.comparisons.gives(one) is Scores.SHARES
    if one.takes is not Scores.PROBABILITIES or not softmax or targets.units < 3:
        return None
    name = case.label(one.prediction)
    return Finding(
        case.loss_name,
        f"{case.loss_name} asks each of {targets.units:,} units by itself whether it is right, and "
        f"{name} is a softmax, whose units share one sum of 1",
        "take negative_log_likelihood behind the softmax, or sigmoids",
        *case.at_value(one.at),
        node=case.graph.loss,
    )


def error(case: Case, one: Comparison, targets: Targets) -> Finding | None:
    """A difference between classes and what an output gives for them."""
    gives = case.comparisons.gives(one)
    if one.takes is not None or not targets.classes or case.losses.size < FEWEST:
        return None
    probable = gives in (Scores.PROBABILITIES, Scores.SHARES)
    if targets.units == 1 and gives is not Scores.PROBABILITIES:
        return None  # amounts of 0 and 1, or a softmax over one unit
    squared = targets.growth > STRAIGHT
    if squared and gives is Scores.PROBABILITIES and not fades(case, one, targets):
        return None
    name, target = case.label(one.prediction), case.label(one.target)
    shares = gives is Scores.SHARES or targets.shares
    loss = "negative_log_likelihood" if shares else "binary_cross_entropy"
    before = "" if probable else f"a {'softmax' if shares else 'sigmoid'} on the output, and "
    return Finding(
        case.loss_name,
        f"{target} holds classes, 0 and 1, and {case.loss_name} takes the "
        f"{'squared ' * squared}difference from {name}"
        + (f", whose gradient fades where {name} is sure and wrong" if probable else ""),
        f"take {before}{loss}, whose gradient does not fade",
        *case.at_value(one.at),
        node=case.graph.loss,
        harmless=case.learned,
        weak=squared,
    )


def fades(case: Case, one: Comparison, targets: Targets) -> bool:
    """Whether the output ends sure and wrong in a fair part of the rows."""
    if not case.finite:
        return False
    last = case.run.iteration(case.finite[-1].number).recorded
    p, t = np.asarray(last.values[one.prediction]), np.asarray(last.values[one.target])
    return bool(np.mean(np.abs(p - t) > SURE) > PART)


RULE = Rule(
    "wrong-loss-for-task",
    "a loss for another task",
    When.BEFORE,
    "a cross-entropy meets targets outside 0 to 1; a binary cross-entropy a softmax of three units "
    "or more; or an error meets classes, in a run that does not learn",
    find_faults,
    explains=SPOILS,
    looks="The loss falls below 0 and goes on, or it stays near that of a constant answer.",
    why="Cross-entropy is about classes and their probabilities, squared error about amounts.",
    mends="Squared error without an activation for amounts; cross-entropy for classes.",
)
