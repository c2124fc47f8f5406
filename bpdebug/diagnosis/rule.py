"""What a rule is: one declaration of a fault, with the function that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import Enum

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.records import record

Explains = Callable[[Case, Finding, Finding], bool]
"""`explains(case, cause, symptom)`: whether the symptom follows from the cause in this run."""


class When(Enum):
    """What a rule looks at."""

    BEFORE = "before the run"
    """The graph, the settings and the data: it can be told when a scenario is opened."""
    DURING = "during the run"
    """The samples of iterations, and the losses."""
    END = "at the end"
    """How far the run has come."""


@record
class Rule:
    """A rule: a fault, its thresholds in words, the function that finds it, what it explains."""

    id: str
    """The name for programs, a word of the vocabulary; several rules may find one fault."""
    title: str
    """What is wrong, in a few words."""
    when: When
    criterion: str
    """What counts as the fault, with the thresholds; the guide's table lists these texts."""
    find: Callable[[Case], Iterator[Finding]]
    """Yields the findings in a run, also the harmless."""
    cause: bool = True
    """False for a symptom: it is listed behind all causes, and where none explains it."""
    forgiven: bool = False
    """True where it does a run that learns no harm."""
    explains: Mapping[str, Explains] = field(default_factory=dict)
    """By id of a finding: when that finding follows from this fault."""
    looks: str = ""
    """What a user sees, for the guide."""
    why: str = ""
    """Why it happens, for the guide."""
    mends: str = ""
    """What helps, for the guide."""

    def findings(self, case: Case) -> Iterator[Finding]:
        """The findings in a run, with this rule's id and title."""
        for one in self.find(case):
            harmless = one.harmless or (self.forgiven and case.learned)
            yield one._replace(id=self.id, title=self.title, harmless=harmless)


def always(case: Case, cause: Finding, symptom: Finding) -> bool:
    """A symptom that follows wherever both are found."""
    return True


def follow(*ids: str, when: Explains = always) -> dict[str, Explains]:
    """Entries of `explains` that share a condition."""
    return dict.fromkeys(ids, when)


def percent(part: float) -> str:
    """0.05 as `5 %`."""
    return f"{100 * part:g} %"


def fraction(part: float) -> str:
    """0.04 as `1/25`."""
    return f"1/{round(1 / part):,}"
