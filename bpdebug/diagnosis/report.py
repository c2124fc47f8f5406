"""The whole diagnosis: every rule in order, and its lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bpdebug.diagnosis.birth import not_finite
from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.layers import passing, units
from bpdebug.diagnosis.losses import tendency
from bpdebug.diagnosis.parameters import moves, start, steps
from bpdebug.diagnosis.survey import survey
from bpdebug.run import Run

Rule = Callable[[Case], Iterator[Finding]]
RULES: tuple[Rule, ...] = (not_finite, tendency, passing, units, start, moves, steps)
"""In the order in which findings are told: what broke the run first."""


class Diagnosis(NamedTuple):
    """What was found, and what was looked at."""

    findings: tuple[Finding, ...]
    looked_at: int
    """Iterations."""
    iterations: int
    """Of the run."""

    def lines(self, *, unicode: bool = True) -> list[str]:
        """Each finding with its number, evidence and remedy, then a summary."""
        told: list[str] = []
        for number, found in enumerate(self.findings, start=1):
            told += finding_lines(number, found, unicode=unicode)
        return [*told, self.summary()]

    def summary(self) -> str:
        """How many findings, in how many iterations."""
        count = len(self.findings)
        what = "nothing wrong" if not count else f"{count} finding{'s' * (count != 1)}"
        of = "" if self.looked_at == self.iterations else f"{self.looked_at:,} of "
        return f"looked at {of}{counted(self.iterations)}: {what}"


def counted(iterations: int) -> str:
    """`1 iteration`, `1,000 iterations`."""
    return f"{iterations:,} iteration{'s' * (iterations != 1)}"


def finding_lines(number: int, found: Finding, *, unicode: bool = True) -> list[str]:
    """One finding in full."""
    dash = "–" if unicode else "-"
    return [
        f"{number}. {found.kind.value} {dash} {found.subject}",
        f"   {found.told}.",
        f"   see: iteration {found.iteration}, tick {found.position}; usual remedy: "
        f"{found.remedy}.",
    ]


def diagnose(run: Run, *, unicode: bool = True) -> Diagnosis:
    """Walk through a run and judge it; see `survey` for what is looked at."""
    samples = survey(run)
    case = Case(run, samples, unicode=unicode)
    findings = [found for rule in RULES for found in rule(case)]
    return Diagnosis(tuple(causes(findings)), len(samples), run.iterations)


FOLLOWS = {
    Kind.STANDS_STILL: (Kind.ZERO, Kind.SYMMETRIC, Kind.DEAD, Kind.VANISHING),
    Kind.NEVER_MOVES: (Kind.ZERO, Kind.SYMMETRIC, Kind.DEAD),
    Kind.DEAD: (Kind.ZERO,),
}
"""What follows from what: the cause alone is a finding, and tells what comes of it."""


def causes(findings: list[Finding]) -> Iterator[Finding]:
    """The findings without those that only follow from another."""
    kinds = {found.kind for found in findings}
    followed = [f for f in findings if kinds & set(FOLLOWS.get(f.kind, ()))]
    for found in findings:
        if found in followed:
            continue
        own = [f for f in followed if found.kind in FOLLOWS[f.kind]]
        yield found._replace(symptoms=tuple(own))
