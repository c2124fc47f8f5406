"""The diagnosis as a JSON document, for programs."""

from __future__ import annotations

import json
from typing import Any

from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.report import Diagnosis

FORMAT, VERSION = "bpdebug-diagnosis", 1


def document(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as a JSON object over several lines.

    Each of the `findings`, in their order, has `id`, `title`, `where`, `evidence`, `remedy`,
    `iteration`, `tick` and `symptoms`, a list of findings of the same form that follow from it.
    Each of the `notes`, the lines "also seen", has `id`, `title`, `where` and `evidence`.
    `looked_at` is a number of iterations, and `summary` the last line. The text is ASCII
    where the diagnosis is written in ASCII.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "findings": [finding_fields(finding) for finding in diagnosis.findings],
        "notes": [common_fields(note) for note in diagnosis.notes],
        "looked_at": diagnosis.looked_at,
        "iterations": diagnosis.iterations,
        "summary": diagnosis.summary(),
    }
    return json.dumps(content, indent=2, ensure_ascii=not diagnosis.script.unicode)


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding as a JSON object."""
    return {
        **common_fields(finding),
        "remedy": finding.remedy,
        "iteration": finding.iteration,
        "tick": finding.position,
        "symptoms": [finding_fields(symptom) for symptom in finding.symptoms],
    }


def common_fields(finding: Finding) -> dict[str, Any]:
    """The fields that findings and notes share."""
    return {
        "id": finding.id,
        "title": finding.title,
        "where": finding.subject,
        "evidence": finding.evidence,
    }
