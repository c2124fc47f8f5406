"""The diagnosis as a JSON document, for programs."""

from __future__ import annotations

import json
from typing import Any

from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.report import Diagnosis

FORMAT, VERSION = "bpdebug-diagnosis", 1


def document(diagnosis: Diagnosis, *, unicode: bool = True) -> str:
    """Return the findings in their order, as one JSON object over several lines.

    Each has `id`, `title`, `where`, `evidence`, `remedy`, `iteration`, `tick` and `symptoms`, a
    list of findings of the same form that follow from it. Without `unicode` the text is ASCII.
    """
    told = {
        "format": FORMAT,
        "version": VERSION,
        "findings": [entry(found) for found in diagnosis.findings],
    }
    return json.dumps(told, indent=2, ensure_ascii=not unicode)


def entry(found: Finding) -> dict[str, Any]:
    """One finding as JSON has it."""
    return {
        "id": found.fault.id,
        "title": found.fault.value,
        "where": found.subject,
        "evidence": found.evidence,
        "remedy": found.remedy,
        "iteration": found.iteration,
        "tick": found.position,
        "symptoms": [entry(symptom) for symptom in found.symptoms],
    }
