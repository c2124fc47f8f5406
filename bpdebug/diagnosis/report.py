"""The whole diagnosis: every rule in order, and its lines of text."""

from __future__ import annotations

from typing import NamedTuple

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.causes import group_symptoms
from bpdebug.diagnosis.finding import Finding, HarmlessFinding
from bpdebug.diagnosis.rules import RULES
from bpdebug.diagnosis.survey import survey
from bpdebug.expression import counted
from bpdebug.run import Run
from bpdebug.wording import Script


class Diagnosis(NamedTuple):
    """What was found, and what was looked at."""

    findings: tuple[Finding, ...]
    looked_at: int
    """Iterations."""
    iterations: int
    """Of the run."""
    script: Script
    """In which the findings are written."""
    notes: tuple[HarmlessFinding, ...] = ()
    """What may be a fault elsewhere, and costs this run nothing."""
    losses: int = 0
    """Losses, or with batches their means over an epoch, in which a tendency was looked for."""

    def lines(self) -> list[str]:
        """Each finding with its number, evidence and remedy, the notes, then a summary."""
        told: list[str] = []
        for number, found in enumerate(self.findings, start=1):
            told += finding_lines(number, found, self.script)
        told += [f"also seen: {note.subject}: {note.evidence}" for note in self.notes]
        return [*told, self.summary()]

    def summary(self) -> str:
        """How many findings, by how many rules and in how many iterations."""
        count = len(self.findings)
        what = f"{count or 'no'} finding{'s' * (count != 1)}"
        of = "" if self.looked_at == self.iterations else f"{self.looked_at:,} of "
        short = "" if self.losses >= FEWEST else "; too few losses to judge how they go"
        looked_at = f"{of}{counted(self.iterations, 'iteration')}"
        return f"looked at {looked_at} by {len(RULES)} rules: {what}{short}"


def finding_lines(number: int, found: Finding, script: Script) -> list[str]:
    """One finding in full."""
    return [
        f"{number}. {found.fault.value} {script.dash} {found.subject}",
        f"   {found.text}.",
        f"   see: iteration {found.iteration}, tick {found.position}; usual remedy: "
        f"{found.remedy}.",
    ]


def diagnose(run: Run, script: Script) -> Diagnosis:
    """Walk through a run and judge it; see `survey` for what is looked at."""
    samples = survey(run)
    case = Case(run, samples, script)
    said = [one for rule in RULES for one in rule.find(case)]
    findings = group_symptoms(case, [one for one in said if isinstance(one, Finding)])
    notes = [one for one in said if isinstance(one, HarmlessFinding)]
    seen, losses = len(samples), len(case.losses)
    return Diagnosis(tuple(findings), seen, run.iterations, script, tuple(notes), losses)
