"""The trace as text, Markdown or JSON, written piece by piece."""

from bpdebug.export.export import DETAILS, FORMATS, export, format_of

__all__ = ["DETAILS", "FORMATS", "export", "format_of"]
