"""Diagnosis: what is wrong with a training run, in words, with the evidence and where to see it."""

from bpdebug.diagnosis.document import document
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.report import Diagnosis, diagnose

__all__ = ["Diagnosis", "Fault", "Finding", "diagnose", "document"]
