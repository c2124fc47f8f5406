"""Which findings follow from which: a cause takes its symptoms with it, and only those."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.survey import length

BARELY = 0.01
"""A parameter that the run changes by less than this part of itself has barely moved."""

BY_PARAMETER = (Fault.NEVER_MOVES, Fault.LARGE_UPDATE)
"""Faults whose findings on several parameters are reported together."""
HARDLY_FALLS = (Fault.STANDS_STILL, Fault.SLOW)
"""Faults of a loss that hardly falls."""


def group_symptoms(case: Case, findings: list[Finding]) -> list[Finding]:
    """The findings in their order, each with its symptoms, which the list leaves out.

    A symptom belongs to the first cause that explains it.
    """
    cause_of: dict[int, int] = {}
    for at, symptom in enumerate(findings):
        for other, cause in enumerate(findings):
            if other != at and other not in cause_of and explains(case, cause, symptom):
                cause_of[at] = other
                break
    listed = []
    for at, finding in enumerate(findings):
        if at not in cause_of:
            symptoms = [findings[other] for other, cause in cause_of.items() if cause == at]
            listed.append(finding._replace(symptoms=tuple(symptoms)))
    return list(merge_parameters(listed))


def explains(case: Case, cause: Finding, symptom: Finding) -> bool:
    """True when `symptom` follows from `cause`."""
    if symptom.fault in HARDLY_FALLS and cause.fault is Fault.SAME_OUTPUT:
        return True
    if symptom.fault is Fault.BLOCKED:
        return cause.fault is Fault.ONE_UNIT
    if cause.node is None or symptom.node is None:
        return False
    if symptom.fault in HARDLY_FALLS or symptom.fault is Fault.SAME_OUTPUT:
        if cause.fault is Fault.BROADCAST:
            return True
        if cause.fault is Fault.VANISHING:
            return barely_moved(case, cause.node)
        return cause.blocks and cause.fault is not Fault.NEVER_MOVES
    if not cause.blocks or cause.fault is symptom.fault is Fault.NEVER_MOVES:
        return False
    if symptom.fault is Fault.NEVER_MOVES:
        return symptom.blocks and case.network.cut_off(symptom.node, cause.node, silent=True)
    if symptom.fault is Fault.DEAD:
        same = cause.fault is Fault.ZERO and cause.node == symptom.node
        before = cause.iteration <= symptom.iteration and cause.node < symptom.node
        return same or (
            before and case.network.made_of(symptom.node, case.network.results(cause.node))
        )
    return False


def barely_moved(case: Case, node: int) -> bool:
    """Whether the run has hardly changed the parameters that a node is computed from."""
    end = case.run.iteration(case.finite[-1].number).after
    start = case.run.problem.parameters
    cut_off = case.network.cut_off
    behind = [name for name in case.trained if cut_off(case.graph.names[name], node)]
    return bool(behind) and all(
        length(np.asarray(end[name]) - start[name]) <= BARELY * max(length(start[name]), 1e-300)
        for name in behind
        if np.any(start[name])
    )


def merge_parameters(findings: list[Finding]) -> Iterator[Finding]:
    """The findings, with those on parameters that share fault and remedy as a single finding."""
    for finding in findings:
        key = finding.fault, finding.remedy
        alike = [other for other in findings if (other.fault, other.remedy) == key]
        if finding.fault not in BY_PARAMETER or len(alike) == 1:
            yield finding
        elif finding is alike[0]:
            names = ", ".join(other.subject for other in alike[1:])
            yield finding._replace(
                subject=f"{finding.subject}, {names}",
                evidence=f"{finding.evidence}; the like holds for {names}",
            )
