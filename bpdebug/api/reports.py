"""The check and the diagnosis of a run, as a caller in Python sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from bpdebug.check.expectations import ExpectationCheck
from bpdebug.check.gradients import ArrayCheck
from bpdebug.check.report import Report
from bpdebug.diagnosis import Diagnosis, document
from bpdebug.mistakes import OwnVerdict, own_report_lines
from bpdebug.mistakes.own.report import HEADING
from bpdebug.records import record
from bpdebug.run import Run
from bpdebug.wording import Script


@record
class CheckedArray:
    """A gradient beside central differences."""

    name: str
    shape: tuple[int, ...]
    status: str
    """`agrees`, `differs`, `not finite`, or `not checked` where nothing could be compared."""
    relative_error: float | None
    """The largest of the entries that were compared; None where none was."""
    checked: int
    """How many entries were compared."""
    differing: int
    """How many of them differ."""

    @classmethod
    def of(cls, one: ArrayCheck) -> CheckedArray:
        """The check of an array, in words."""
        status = "agrees" if one.compared else "not checked"
        status = "not finite" if one.strange else "differs" if one.differing else status
        error = one.worst.relative_error if one.worst is not None else None
        compared = one.agreeing + one.differing
        return cls(one.name, one.shape, status, error, compared, one.differing)


@record
class CheckedExpectation:
    """A number that the scenario must reproduce, beside what it is."""

    iteration: int
    value: str
    """The expression."""
    expected: str
    """The number as the scenario has it, with the digits that count."""
    found: float | None
    """What it is, of an array its first cell that differs; None where the run ends before."""
    status: str
    """`agrees`, `differs`, or `not checked`."""

    @classmethod
    def of(cls, one: ExpectationCheck) -> CheckedExpectation:
        """The check of an expectation, in words."""
        wanted, found = one.expectation, one.value
        status = "not checked" if found is None else "agrees" if one.agrees else "differs"
        return cls(wanted.iteration, wanted.value, wanted.printed, found, status)


class CheckReport:
    """What `ScenarioRun.check` found. It prints as `--check` does, and is true where all agrees."""

    def __init__(self, run: Run, report: Report, own: OwnVerdict | None, script: Script) -> None:
        self._run = run
        self._report = report
        self._own = own
        self._script = script

    @property
    def agrees(self) -> bool:
        """True where all that is compared agrees, also the lines of the scenario's [backward]."""
        return self._report.ok and (self._own is None or self._own.agrees)

    def __bool__(self) -> bool:
        return self.agrees

    @property
    def arrays(self) -> tuple[CheckedArray, ...]:
        """Each gradient, beside central differences."""
        return tuple(map(CheckedArray.of, self._report.arrays))

    @property
    def expectations(self) -> tuple[CheckedExpectation, ...]:
        """Each number that the scenario expects."""
        return tuple(map(CheckedExpectation.of, self._report.expectations))

    def lines(self) -> list[str]:
        """The lines of the report."""
        lines = self._report.lines()
        if self._own is not None:
            lines = [HEADING, *lines, *own_report_lines(self._run, self._own, self._script)]
        return [self._script.text(line) for line in lines]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The report for a notebook."""
        from bpdebug.api.html.reports import report_html

        return report_html(self.lines())


@record
class DiagnosedFault:
    """Something that is wrong with a run; the fields are those of the JSON."""

    id: str
    """`vanishing-gradient`, `dying-relu`, …"""
    title: str
    where: str
    """What it is about: `layer 1`, `W2`, `L`."""
    evidence: str
    remedy: str
    iteration: int
    tick: int
    symptoms: tuple[DiagnosedFault, ...] = ()
    """What follows from it."""

    @classmethod
    def of(cls, fields: dict[str, Any]) -> DiagnosedFault:
        """A finding of the JSON document."""
        return cls(**{**fields, "symptoms": tuple(map(cls.of, fields["symptoms"]))})


class DiagnosisReport:
    """What `ScenarioRun.diagnose` found: a sequence of faults, empty for a healthy run.

    It prints as `--diagnose` does.
    """

    def __init__(self, diagnosis: Diagnosis) -> None:
        self._diagnosis = diagnosis

    @cached_property
    def findings(self) -> tuple[DiagnosedFault, ...]:
        """Everything that is wrong, causes before what is less grave."""
        return tuple(map(DiagnosedFault.of, self.document()["findings"]))

    def document(self) -> dict[str, Any]:
        """The diagnosis for programs, as `--diagnose --format json` writes it."""
        made: dict[str, Any] = json.loads(document(self._diagnosis))
        return made

    def __len__(self) -> int:
        return len(self._diagnosis.findings)

    def __iter__(self) -> Iterator[DiagnosedFault]:
        return iter(self.findings)

    def __getitem__(self, at: int) -> DiagnosedFault:
        return self.findings[at]

    def lines(self) -> list[str]:
        """The lines of the report."""
        return self._diagnosis.lines()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The report for a notebook."""
        from bpdebug.api.html.reports import diagnosis_html

        return diagnosis_html(self._diagnosis)
