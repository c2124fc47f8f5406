"""What follows from what: a finding takes its symptoms with it, and only those."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.survey import length

BARELY = 0.01
"""A parameter that changed by less than this part of itself over the run has barely moved."""

BY_PARAMETER = (Fault.NEVER_MOVES, Fault.LARGE_UPDATE)
"""Faults of which several findings are reported as a single finding."""
STANDING = (Fault.STANDS_STILL, Fault.SLOW)
"""Faults of a loss that hardly falls."""


def group_symptoms(case: Case, findings: list[Finding]) -> list[Finding]:
    """The findings in their order, each with its symptoms, which are not listed by themselves.

    A symptom belongs to the first cause that explains it.
    """
    cause_of: dict[int, int] = {}
    for at, symptom in enumerate(findings):
        for other, cause in enumerate(findings):
            if other != at and other not in cause_of and explains(case, cause, symptom):
                cause_of[at] = other
                break
    told = []
    for at, found in enumerate(findings):
        if at not in cause_of:
            own = [findings[other] for other, cause in cause_of.items() if cause == at]
            told.append(found._replace(symptoms=tuple(own)))
    return list(merge_parameters(told))


def explains(case: Case, cause: Finding, symptom: Finding) -> bool:
    """True when `symptom` follows from `cause`."""
    if symptom.fault in STANDING and cause.fault is Fault.SAME_OUTPUT:
        return True
    if symptom.fault is Fault.BLOCKED:
        return cause.fault is Fault.ONE_UNIT
    if cause.node is None or symptom.node is None:
        return False
    if symptom.fault in STANDING or symptom.fault is Fault.SAME_OUTPUT:
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
    """Whether the parameters behind a node are nearly what they were at the start of the run."""
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
    """The findings; those on several parameters with the same remedy become a single finding."""
    for found in findings:
        alike = [one for one in findings if (one.fault, one.remedy) == (found.fault, found.remedy)]
        if found.fault not in BY_PARAMETER or len(alike) == 1:
            yield found
        elif found is alike[0]:
            names = ", ".join(one.subject for one in alike[1:])
            yield found._replace(
                subject=f"{found.subject}, {names}",
                evidence=f"{found.evidence}; the like holds for {names}",
            )
