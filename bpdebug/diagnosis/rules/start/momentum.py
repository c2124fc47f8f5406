"""A momentum that forgets nothing: steps add up for ever, as where gradients are not cleared."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the optimizer."""
    momentum = float(case.run.problem.settings.get("momentum", 0.0))
    if momentum < 1 or case.run.iterations < 2:
        return
    yield Finding(
        "momentum",
        f"momentum is {case.n(momentum)}: each step repeats all gradients so far in full, and none "
        "is ever forgotten, as where gradients are not cleared between the steps",
        "take a momentum below 1, such as 0.9; in code of your own, clear the gradients before "
        "each pass",
        *case.at_end(1),
    )


RULE = Rule(
    "wrong-optimizer-setting",
    "gradients that are never forgotten",
    When.BEFORE,
    "the momentum is 1 or more",
    find_faults,
    explains=follow(*OUTCOMES),
    looks="The loss swings with a period, and the swings do not die out.",
    why="Without friction, parameters run through the minimum as fast as they came.",
    mends="A momentum below 1; gradients that are cleared before each pass.",
)
