"""Class numbers where one-hot rows belong: 0, 1, 2, … as if they were amounts."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.comparison import Comparison
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, always
from bpdebug.diagnosis.targets import Targets
from bpdebug.ops import Scores, show_shape


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding where class numbers meet one bounded unit, or are stretched over several."""
    one, targets = case.compared, case.targets
    if one is None or targets is None or not targets.class_numbers:
        return
    if not (of_one_unit(case, one, targets) or stretched(one, targets)):
        return
    name, classes = case.label(one.target), targets.class_numbers
    units = f"{targets.units:,} unit{'s' * (targets.units > 1)}"
    yield Finding(
        name,
        f"{name} of shape {show_shape(targets.array.shape)} counts through {classes} classes, from "
        f"{targets.low:g} to {targets.high:g}, and meets an output of {units} as if these were "
        "amounts",
        f"take {classes} units with a softmax, and one-hot rows; or class numbers from 0 with "
        "cross_entropy, which reads them as labels",
        *case.at_value(one.at),
        node=one.prediction,
    )


def of_one_unit(case: Case, one: Comparison, targets: Targets) -> bool:
    """Whether class numbers meet a single unit that gives a probability, or is taken for one."""
    gives = case.comparisons.gives(one)
    probable = gives in (Scores.PROBABILITIES, Scores.SHARES) or one.shared
    return targets.units == 1 and (one.takes is not None or probable)


def stretched(one: Comparison, targets: Targets) -> bool:
    """Whether a difference repeats class numbers along the units of the output."""
    return one.takes is None and targets.labels and targets.units > 1


RULE = Rule(
    "labels-not-one-hot",
    "class numbers where one-hot rows belong",
    When.BEFORE,
    "the target counts through at least 3 classes from 0 or 1, and meets a single unit whose "
    "result is a probability, or a difference that repeats it along several units",
    find_faults,
    explains=SPOILS
    | {"wrong-output-activation": always, "wrong-loss-for-task": always, "shape-broadcast": always},
    looks="The output is the same for most rows, or leans to one end; the accuracy stays low.",
    why="A class number is no amount: class 2 is not twice class 1, and no probability can be 2.",
    mends="As many units as classes with a softmax and one-hot rows, or a loss that reads labels.",
)
