"""The trace as text, Markdown or JSON, written piece by piece."""

from bpdebug.export.export import export, format_of, guessed
from bpdebug.formats import DETAILS, FORMATS

__all__ = ["DETAILS", "FORMATS", "export", "format_of", "guessed"]
