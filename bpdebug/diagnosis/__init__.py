"""Diagnosis: what is wrong with a training run, in words, with the evidence and where to see it."""

from bpdebug.diagnosis.document import document
from bpdebug.diagnosis.finding import Finding, Plot
from bpdebug.diagnosis.report import Diagnosis, diagnose, hints

__all__ = ["Diagnosis", "Finding", "Plot", "diagnose", "document", "hints"]
