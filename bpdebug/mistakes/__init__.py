"""Which mistake in somebody's backward pass explains their numbers."""

from bpdebug.mistakes.files import read
from bpdebug.mistakes.judge import judge
from bpdebug.mistakes.own import LineVerdict, OwnVerdict, judge_own, own_report_lines
from bpdebug.mistakes.probing import judge_function
from bpdebug.mistakes.report import report_lines
from bpdebug.mistakes.verdict import Verdict, document_text

__all__ = [
    "LineVerdict",
    "OwnVerdict",
    "Verdict",
    "document_text",
    "judge",
    "judge_function",
    "judge_own",
    "own_report_lines",
    "read",
    "report_lines",
]
