"""The formats of an export: one declaration each, from which options, suffixes and help follow.

To add a format, write the file that makes it and declare it here. Nothing is imported that the
command line's `--help` does not need; a format's own code is loaded when it is first written.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple


class Format(NamedTuple):
    """The declaration of an export format."""

    name: str
    suffix: str
    """The suffix of an export's file, by which the format is chosen where none is named."""
    what: str
    """Its use, in a few words: `for people`."""
    maker: str
    """`module:name` of a function or class that takes the `ExportOptions` and returns a `Form`."""

    def make(self, wanted: Any) -> Any:
        """The `Form` that makes the pieces of an export in this format."""
        module, _, name = self.maker.partition(":")
        make: Callable[[Any], Any] = getattr(import_module(module), name)
        return make(wanted)


KNOWN = (
    Format("text", ".txt", "for people", "bpdebug.export.document:Document"),
    Format("markdown", ".md", "with LaTeX formulas", "bpdebug.export.document:markdown"),
    Format("json", ".json", "for programs", "bpdebug.export.json_form:JsonForm"),
    Format("jsonl", ".jsonl", "an iteration a line", "bpdebug.export.json_form:JsonLines"),
    Format("csv", ".csv", "curves", "bpdebug.export.curves:CurvesForm"),
)
FORMATS = {one.name: one for one in KNOWN}
SUFFIXES = {one.suffix: one.name for one in KNOWN}
DETAILS = ("layer", "group", "edge", "term")
EVERY_SUFFIX = " ".join(SUFFIXES)


def listed() -> str:
    """`text (for people), … or csv (curves)`: every format with its use."""
    texts = [f"{one.name} ({one.what})" for one in KNOWN]
    return f"{', '.join(texts[:-1])} or {texts[-1]}"
