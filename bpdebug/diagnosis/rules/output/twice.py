"""A softmax twice: the output does one, and the loss does another."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow
from bpdebug.ops import Scores


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding where the loss takes scores and is given shares."""
    for one in case.comparisons.found:
        at, function = case.comparisons.activated.get(one.prediction, (one.prediction, None))
        twice = function is not None and function.shares and case.comparisons.shares(at)
        given = case.comparisons.gives(one)
        logits = one.takes is Scores.LOGITS and given is Scores.SHARES
        if not (logits or twice) or case.output_units(one) == 1:
            continue
        name = case.label(one.prediction)
        flattest = 1 / (1 + (case.output_units(one) - 1) * case.inverse_e)
        yield Finding(
            name,
            f"{name} is a softmax already, and another is taken of it: its shares lie from 0 to 1, "
            f"so the second gives no class more than {case.n(flattest)}",
            "take one of the two out: scores without an activation, or the loss "
            "negative_log_likelihood",
            *case.at_value(one.at),
            node=one.prediction,
        )


RULE = Rule(
    "softmax-twice",
    "a softmax twice",
    When.BEFORE,
    "a loss that does the softmax itself is given the result of a softmax",
    find_faults,
    explains=follow(*OUTCOMES),
    looks="The loss falls to some value well above 0 and no further; the classes may be right.",
    why="The second softmax is given numbers from 0 to 1, and can never be sure.",
    mends="A softmax in the network or in the loss, not in both.",
)
