"""Checks: gradients against central differences, and the numbers that a scenario expects."""

from bpdebug.check.differences import EntryCheck, Estimate, Verdict
from bpdebug.check.expectations import ExpectationCheck, agrees_as_printed, check_expectations
from bpdebug.check.gradients import ArrayCheck, check_array, check_gradients
from bpdebug.check.report import Report, check

__all__ = [
    "ArrayCheck",
    "EntryCheck",
    "Estimate",
    "ExpectationCheck",
    "Report",
    "Verdict",
    "agrees_as_printed",
    "check",
    "check_array",
    "check_expectations",
    "check_gradients",
]
