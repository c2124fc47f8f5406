"""Verdicts, checks and diagnoses for a notebook: their lines, with what is wrong standing out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bpdebug.api.html.lines import block, box
from bpdebug.diagnosis import Diagnosis
from bpdebug.tui.draw.line import Line

SAID = (
    (r"^ *(✗|x) |DIFFERS?\b|NOT FINITE|\bWRONG\b|NOTHING COULD", "warning"),
    (r"^ *(line \d+)? +theirs  |^ {4}yours  ", "warning"),
    (r"^ *(line \d+)? +right  |^ *(✓|ok) |: none (differs|is wrong)$", "good"),
    (r"^(all \S+ arrays agree|the array agrees)\b", "good"),
    (r"^ *[○•?] |^note: |^also seen: ", "quiet"),
    (r"^\S.* \([a-z]+(-[a-z]+)*\), at |^\d+\. ", "title"),
)
"""The role of a line by what stands in it; the first that fits."""


def report_html(lines: Iterable[str]) -> str:
    """The report of a verdict or a check."""
    return reported(map(line_of, lines))


def diagnosis_html(diagnosis: Diagnosis) -> str:
    """The findings, or that there are none."""
    *some, last = diagnosis.lines()
    return reported([*map(line_of, some), Line(last, "text" if diagnosis.findings else "good")])


def reported(lines: Iterable[Line]) -> str:
    """Lines of a report, wrapped where they are long."""
    return box(block(lines, wrapped=True))


def line_of(text: str) -> Line:
    """A line of a report in its role."""
    return Line(text, next((role for said, role in SAID if re.search(said, text)), "text"))
