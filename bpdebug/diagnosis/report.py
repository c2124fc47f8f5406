"""The diagnosis of a run by every rule, and its lines of text."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.causes import group_symptoms
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import When
from bpdebug.diagnosis.rules import RULES
from bpdebug.diagnosis.survey import survey
from bpdebug.expression import counted
from bpdebug.run import Run
from bpdebug.wording import Script


class Diagnosis(NamedTuple):
    """What the rules found, and how much of the run they looked at."""

    findings: tuple[Finding, ...]
    looked_at: int
    """How many iterations were sampled."""
    iterations: int
    """How many iterations the run has."""
    script: Script
    """How the findings are written."""
    notes: tuple[Finding, ...] = ()
    """What may be a fault but does this run no harm."""
    losses: int = 0
    """How many losses, or with batches means over an epoch, were searched for a tendency."""

    def lines(self) -> list[str]:
        """Each finding with its number, evidence and remedy, the notes, then a summary."""
        lines: list[str] = []
        for number, finding in enumerate(self.findings, start=1):
            lines += [
                f"{number}. {finding.title} {self.script.dash} {finding.subject}",
                f"   {finding.text}.",
                f"   see: iteration {finding.iteration}, tick {finding.position}; usual remedy: "
                f"{finding.remedy}.",
            ]
        lines += [f"also seen: {note.subject}: {note.evidence}" for note in self.notes]
        return [*lines, self.summary()]

    def summary(self) -> str:
        """How many findings, by how many rules and in how many iterations."""
        count = len(self.findings)
        findings = f"{count or 'no'} finding{'s' * (count != 1)}"
        of = "" if self.looked_at == self.iterations else f"{self.looked_at:,} of "
        short = "" if self.losses >= FEWEST else "; too few losses to judge how they go"
        looked_at = f"{of}{counted(self.iterations, 'iteration')}"
        return f"looked at {looked_at} by {len(RULES)} rules: {findings}{short}"


class Opened(Case):
    """A run before its first iteration, of which the best is expected."""

    def __init__(self, run: Run, script: Script) -> None:
        super().__init__(run, (), script, experiments=False)

    @cached_property
    def learned(self) -> bool:
        """True, so that rules say only what is wrong with any run."""
        return True


def hints(run: Run, script: Script) -> tuple[Finding, ...]:
    """What can be told when a scenario is opened, without running an iteration.

    These are findings of the graph, the settings and the data that no good run would make harmless.
    """
    case = Opened(run, script)
    rules = [rule for rule in RULES if rule.when is When.BEFORE]
    every = [(rule, finding) for rule in rules for finding in rule.findings(case)]
    return tuple(group_symptoms(case, [pair for pair in every if not pair[1].harmless]))


def diagnose(run: Run, script: Script, *, experiments: bool = True) -> Diagnosis:
    """Sample a run (see `survey`) and apply every rule to it.

    Without `experiments`, no stretch of it is run again with a remedy applied (see `trials`).
    """
    samples = survey(run)
    case = Case(run, samples, script, experiments=experiments)
    every = [(rule, finding) for rule in RULES for finding in rule.findings(case)]
    findings = group_symptoms(case, [pair for pair in every if not pair[1].harmless])
    notes = tuple(finding for _, finding in every if finding.harmless)
    return Diagnosis(tuple(findings), len(samples), run.iterations, script, notes, len(case.losses))
