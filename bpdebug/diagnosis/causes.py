"""Which findings follow from which: a cause takes its symptoms with it, and only those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Explains, Rule, always, follow
from bpdebug.diagnosis.survey import length

BARELY = 0.01
"""A parameter that the run changes by less than this part of itself has barely moved."""
OUTCOMES = (
    "loss-stands-still",
    "same-output",
    "loss-diverges",
    "loss-oscillates",
    "large-update",
    "learning-rate-too-low",
    "learning-rate-too-high",
    "too-few-iterations",
    "not-finite",
    "saturated-units",
)
"""How a run goes that cannot go well, whatever the reason."""

Found = Sequence[tuple[Rule, Finding]]
"""Findings in the order of the rules, each with the rule that found it."""


def group_symptoms(case: Case, found: Found) -> list[Finding]:
    """The findings, causes first, each with its symptoms, which the list leaves out.

    A cause that an experiment speaks against stands behind the other causes, and explains none of
    them. A symptom belongs to the first cause that explains it.
    """
    cause_of: dict[int, int] = {}
    for at, (effect, symptom) in enumerate(found):
        for other, (rule, cause) in enumerate(found):
            explains = rule.explains.get(symptom.id)
            if other == at or other in cause_of or explains is None:
                continue
            if cause.weak and effect.cause and not symptom.weak:
                continue
            if not leads(cause_of, at, other) and explains(case, cause, symptom):
                cause_of[at] = other
                break
    listed = []
    for at, (rule, finding) in enumerate(found):
        if at not in cause_of:
            symptoms = [one for other, (_, one) in enumerate(found) if leads(cause_of, other, at)]
            listed.append(
                ((not rule.cause, finding.weak), finding._replace(symptoms=tuple(symptoms)))
            )
    listed.sort(key=lambda pair: pair[0])  # a stable sort: the order of the rules otherwise
    return list(merge_parameters([finding for _, finding in listed]))


def leads(cause_of: dict[int, int], at: int, cause: int) -> bool:
    """Whether a finding follows from another, at once or by others between them."""
    while at in cause_of:
        at = cause_of[at]
        if at == cause:
            return True
    return False


def merge_parameters(findings: list[Finding]) -> Iterator[Finding]:
    """The findings, with those on parameters that share fault and remedy as a single finding."""

    def key(finding: Finding) -> tuple[str, str]:
        return finding.id, finding.remedy

    for finding in findings:
        alike = [other for other in findings if key(other) == key(finding)]
        if finding.id not in BY_PARAMETER or len(alike) == 1:
            yield finding
        elif finding is alike[0]:
            names = ", ".join(other.subject for other in alike[1:])
            yield finding._replace(
                subject=f"{finding.subject}, {names}",
                evidence=f"{finding.evidence}; the like holds for {names}",
            )


BY_PARAMETER = ("never-moves", "large-update")
"""Faults whose findings on several parameters are reported together."""


# When a symptom follows from a cause.


def cuts_off(case: Case, cause: Finding, symptom: Finding) -> bool:
    """A parameter without a gradient, behind a node that lets none through."""
    if cause.node is None or symptom.node is None or not (cause.blocks and symptom.blocks):
        return False
    return case.network.cut_off(symptom.node, cause.node, silent=True)


def blocks(case: Case, cause: Finding, symptom: Finding) -> bool:
    """What follows where no gradient gets past the cause."""
    return cause.blocks


def same_node(case: Case, cause: Finding, symptom: Finding) -> bool:
    """What is found at the very node of the cause."""
    return cause.node is not None and cause.node == symptom.node


def silences(case: Case, cause: Finding, symptom: Finding) -> bool:
    """A layer that is dead since it sees nothing but what comes from a dead layer."""
    if cause.node is None or symptom.node is None or not cause.blocks:
        return False
    before = cause.iteration <= symptom.iteration and cause.node < symptom.node
    return before and case.network.made_of(symptom.node, case.network.results(cause.node))


def barely_moved(case: Case, cause: Finding, symptom: Finding) -> bool:
    """Whether the run has hardly changed the parameters that the cause's node is computed from."""
    if cause.node is None or not case.finite:
        return False
    end = case.run.iteration(case.finite[-1].number).after
    start = case.run.problem.parameters
    cut_off, node = case.network.cut_off, cause.node
    behind = [name for name in case.trained if cut_off(case.graph.names[name], node)]
    return bool(behind) and all(
        length(np.asarray(end[name]) - start[name]) <= BARELY * max(length(start[name]), 1e-300)
        for name in behind
        if np.any(start[name])
    )


SPOILS: dict[str, Explains] = follow(*OUTCOMES, "dying-relu", "loss-output-mismatch") | follow(
    "never-moves", when=cuts_off
)
"""What an output, a loss or a target that is wrong explains: how the run goes, all of it."""
BLOCKS: dict[str, Explains] = follow(
    *(one for one in OUTCOMES if one != "learning-rate-too-high"), when=blocks
) | follow("never-moves", when=cuts_off)
"""What follows where no gradient gets past a place."""

__all__ = ["BLOCKS", "OUTCOMES", "SPOILS", "always", "group_symptoms"]
