"""Layers that bend nothing: hidden layers without an activation, or no hidden layer at all."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.rules.course.same_output import SAME, linear_share


def find_missing(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, where no hidden layer has an activation."""
    hidden, output = case.network.hidden, case.network.output
    if not hidden or output is None or not case.network.linear or not case.trained:
        return
    count = len(hidden)
    layers = "its hidden layer has" if count == 1 else f"its {count} hidden layers have"
    yield Finding(
        case.layer(hidden[0]),
        f"{layers} no activation: however many units they have, the network is one weighted sum of "
        f"its inputs{explained(case)}",
        "give the hidden layers an activation, such as relu or tanh",
        *case.at_value(hidden[0].pre_activation),
        node=hidden[0].pre_activation,
        harmless=case.learned and not falls_short(case),
    )


def falls_short(case: Case) -> bool:
    """Whether the best weighted sum of the inputs is known to miss a fair part of the target."""
    share = share_of_target(case)
    return share is not None and share < ENOUGH


def explained(case: Case) -> str:
    """How much of the target a straight line explains, in words; empty where that is unknown."""
    share = share_of_target(case)
    if share is None or case.targets is None or case.compared is None:
        return ""
    return (
        f", and the best one explains {case.n(100 * max(share, 0.0))} % of "
        f"{case.label(case.compared.target)}"
    )


def share_of_target(case: Case) -> float | None:
    """The part of the target's variance that a straight line explains; None where unknown."""
    output = case.network.output
    if output is None or not case.network.targets:
        return None
    return linear_share(case, output, case.network.targets[0][0])


def find_small(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, where there is no hidden layer and a straight line explains
    nothing."""
    output = case.network.output
    if output is None or case.network.hidden or not case.trained:
        return
    share = share_of_target(case)
    if share is None or share >= SAME:
        return
    yield Finding(
        case.layer(output),
        f"the network has no hidden layer{explained(case)}",
        "add a hidden layer with an activation",
        *case.at_value(output.pre_activation),
        node=output.pre_activation,
    )


ENOUGH = 0.9
"""The part of a target's variance that a weighted sum explains where no activation is needed."""

MISSING = Rule(
    "missing-hidden-activation",
    "hidden layers without an activation",
    When.BEFORE,
    "no hidden layer has an activation, and the run does not learn or the best weighted sum of the "
    f"inputs explains less than {percent(ENOUGH)} of the target",
    find_missing,
    explains=follow(*OUTCOMES),
    looks="The loss falls to what a straight line can do, and stays there.",
    why="A weighted sum of weighted sums is a weighted sum.",
    mends="relu, tanh or another activation behind each hidden layer.",
)
SMALL = Rule(
    "too-small-network",
    "too small a network",
    When.BEFORE,
    "there is no hidden layer, a weighted sum of the inputs explains less than "
    f"{percent(SAME)} of the target, and the run does not learn",
    find_small,
    forgiven=True,
    explains=follow(*OUTCOMES),
    looks="The output is the same for every row: the mean of the targets.",
    why="What the target depends on is no weighted sum of the inputs, as in XOR.",
    mends="A hidden layer with an activation, with enough units.",
)
