"""A penalty on the weights that outweighs the data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.survey import length

SHRUNK = 0.35
"""Weights that decay leaves below this part of their first length are held down."""
OUTWEIGHS = 0.5
"""The part of the loss that a penalty makes up at the end, at the least."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding: a term of the loss, or the decay of the optimizer."""
    if not case.finite or not case.trained:
        return
    terms = case.comparisons.penalties
    if terms:
        yield from in_loss(case, terms)
    elif case.run.problem.settings.get("weight_decay", 0.0):
        yield from in_steps(case)


def in_loss(case: Case, terms: list[int]) -> Iterator[Finding]:
    """A penalty that makes up most of the loss at the end, or has shrunk the weights."""
    last = case.run.iteration(case.finite[-1].number)
    start, penalty = case.penalty(1), case.penalty(last.number)
    heavy = penalty >= OUTWEIGHS * abs(last.loss)
    weights = [name for term in terms for name in case.parameters_below(term)]
    shrunk = shrinking(case, weights)
    if not heavy and not shrunk:
        return
    name = case.label(terms[0])
    evidence = (
        f"in iteration {last.number} {name} is {case.n(penalty)} of a loss of {case.n(last.loss)}"
        if heavy
        else f"{name} begins at {case.n(start)} and ends at {case.n(penalty)}, and {shrunk}"
    )
    yield Finding(
        name,
        f"{evidence}: the penalty outweighs what the data asks",
        "take a far smaller factor of the penalty",
        *case.at_value(terms[0], last.number),
        node=terms[0],
    )


def in_steps(case: Case) -> Iterator[Finding]:
    """A decay that has shrunk the weights."""
    decay = float(case.run.problem.settings["weight_decay"])
    shrunk = shrinking(case, case.trained)
    if not shrunk:
        return
    yield Finding(
        "weight_decay",
        f"weight_decay is {case.n(decay)}, and {shrunk}: the decay outweighs what the data asks",
        f"take a far smaller weight_decay than {case.n(decay)}",
        *case.at_end(case.finite[-1].number),
    )


def shrinking(case: Case, names: list[str]) -> str:
    """How much the weights among some parameters shrink, in words; empty where not all do."""
    start, end = case.run.problem.parameters, case.run.iteration(case.finite[-1].number).after
    weights = [name for name in names if np.ndim(start[name]) > 1 and np.any(start[name])]
    before = {name: length(np.asarray(start[name])) for name in weights}
    after = {name: length(np.asarray(end[name])) for name in weights}
    if not weights or any(after[name] >= SHRUNK * before[name] for name in weights):
        return ""
    name = weights[0]
    return (
        f"{case.norm(case.name(name))} falls from {case.n(before[name])} to {case.n(after[name])}"
    )


RULE = Rule(
    "weight-decay-too-large",
    "a penalty that outweighs the data",
    When.END,
    f"a term of parameters alone makes up {percent(OUTWEIGHS)} of the loss at the end, or it or "
    f"the optimizer's weight_decay brings all weights below {percent(SHRUNK)} of their first "
    "length, and the run does not learn",
    find_faults,
    forgiven=True,
    explains=follow(*OUTCOMES),
    looks="The weights shrink, the output is nearly the same for every row, the loss is penalty.",
    why="The penalty's gradient is λ times the weights; where that is more than the data's, the "
    "least loss is that of no weights.",
    mends="A smaller λ, by powers of ten.",
)
