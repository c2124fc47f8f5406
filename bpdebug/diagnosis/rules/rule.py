"""What a rule is: a fault that a run can have, and the function that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.records import record


@record
class FaultRule:
    """A rule: a fault, its thresholds in words, and the function that finds it."""

    fault: Fault
    criterion: str
    """What counts as the fault, with the thresholds; the guide's table lists these texts."""
    find: Callable[[Case], Iterator[Finding | HarmlessFinding]]
    """Yields the findings in a run, and harmless findings: what does this run no harm."""


def percent(part: float) -> str:
    """0.05 as `5 %`."""
    return f"{100 * part:g} %"


def fraction(part: float) -> str:
    """0.04 as `1/25`."""
    return f"1/{round(1 / part):,}"
