"""A backward pass that somebody wrote line by line: its numbers, and what is wrong with it."""

from bpdebug.mistakes.own.judge import LineVerdict, OwnVerdict, judge_own
from bpdebug.mistakes.own.report import own_report_lines

__all__ = ["LineVerdict", "OwnVerdict", "judge_own", "own_report_lines"]
