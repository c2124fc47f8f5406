"""The trace as text, Markdown or JSON, written piece by piece."""

from bpdebug.export.export import export, format_of, suffix_note
from bpdebug.formats import DETAILS, FORMATS

__all__ = ["DETAILS", "FORMATS", "export", "format_of", "suffix_note"]
