"""The diagnosis as a JSON document, for programs."""

from __future__ import annotations

import json
from typing import Any

from bpdebug.diagnosis.finding import Finding, HarmlessFinding
from bpdebug.diagnosis.report import Diagnosis

FORMAT, VERSION = "bpdebug-diagnosis", 1


def document(diagnosis: Diagnosis) -> str:
    """Return all that the text says, as one JSON object over several lines.

    Each of the `findings`, in their order, has `id`, `title`, `where`, `evidence`, `remedy`,
    `iteration`, `tick` and `symptoms`, a list of findings of the same form that follow from it.
    Each of the `notes`, the lines "also seen", has `id`, `title`, `where` and `evidence`.
    `looked_at` is a number of iterations, and `summary` the last line. The text is ASCII
    where the diagnosis is written in ASCII.
    """
    told = {
        "format": FORMAT,
        "version": VERSION,
        "findings": [finding_fields(found) for found in diagnosis.findings],
        "notes": [common_fields(note) for note in diagnosis.notes],
        "looked_at": diagnosis.looked_at,
        "iterations": diagnosis.iterations,
        "summary": diagnosis.summary(),
    }
    return json.dumps(told, indent=2, ensure_ascii=not diagnosis.script.unicode)


def finding_fields(found: Finding) -> dict[str, Any]:
    """One finding as JSON has it."""
    return {
        **common_fields(found),
        "remedy": found.remedy,
        "iteration": found.iteration,
        "tick": found.position,
        "symptoms": [finding_fields(symptom) for symptom in found.symptoms],
    }


def common_fields(said: Finding | HarmlessFinding) -> dict[str, Any]:
    """What findings and notes have in common."""
    return {
        "id": said.fault.id,
        "title": said.fault.value,
        "where": said.subject,
        "evidence": said.evidence,
    }
