"""A rule: a fault that a run can have, its thresholds, and the function that looks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.record import record


@record
class FaultRule:
    """A rule: a fault, the thresholds that define it, and the function that looks for it."""

    fault: Fault
    takes: str
    """What counts as the fault, with the thresholds; the guide's table lists these texts."""
    find: Callable[[Case], Iterator[Finding | HarmlessFinding]]
    """Yields the findings in a run, and what would be a fault if it did the run harm."""


def percent(part: float) -> str:
    """0.05 as `5 %`."""
    return f"{100 * part:g} %"


def fraction(part: float) -> str:
    """0.04 as `1/25`."""
    return f"1/{round(1 / part):,}"
