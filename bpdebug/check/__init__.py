"""Checks: gradients against central differences, and the numbers that a scenario expects."""

from bpdebug.check.differences import Verdict
from bpdebug.check.expectations import agrees_as_printed, check_expectations
from bpdebug.check.gradients import check_array, check_gradients
from bpdebug.check.report import check

__all__ = [
    "Verdict",
    "agrees_as_printed",
    "check",
    "check_array",
    "check_expectations",
    "check_gradients",
]
