"""Exports that a front end is asked for: what a request leaves open, it was started with."""

from __future__ import annotations

import sys
from io import RawIOBase
from typing import Any

from bpdebug.debugger import ExportRequest
from bpdebug.errors import BpdebugError
from bpdebug.export.export import export, suffix_note
from bpdebug.export.stream import stream
from bpdebug.records import record
from bpdebug.run import Run, Selection
from bpdebug.wording import DIGITS, safe


@record
class ExportDefaults:
    """What a front end was started with, for all that a request leaves open."""

    format: str | None = None
    """The format; None to tell by the target's suffix."""
    detail: str = "edge"
    digits: int = DIGITS
    iterations: str = ""
    """A selection such as `1,10,100-110`; empty for all iterations."""

    def options(self, run: Run, request: ExportRequest) -> dict[str, Any]:
        """The keyword arguments of an export: the request's own, else these.

        BpdebugError for a selection with iterations after the end of the run.
        """
        selected = request.iterations or self.iterations
        return {
            "format": request.format or self.format,
            "detail": request.detail or self.detail,
            "digits": self.digits,
            "iterations": selection_in(run, selected) if selected else None,
            "watches": request.watches,
            "comparison": request.comparison,
            "second": request.second,
        }

    def write(self, run: Run, request: ExportRequest) -> str:
        """Write an export; returns the line to print, empty for standard output."""
        options = self.options(run, request)
        if sys.stdout is not None:
            sys.stdout.flush()
        export(run, request.target, **options)
        if request.target == "-":
            return ""
        return f"wrote {safe(request.target)}{suffix_note(request.target, options['format'])}"

    def stream(self, run: Run, request: ExportRequest) -> RawIOBase:
        """An export as a stream of bytes, which a browser downloads."""
        return stream(run, request.target, **self.options(run, request))


def selection_of(text: str) -> Selection:
    """The iterations that a text selects; BpdebugError, with its key, for a mistake in it."""
    try:
        return Selection.parse(text)
    except BpdebugError as error:
        raise error.at(key="--iterations") from None


def selection_in(run: Run, text: str) -> Selection:
    """The iterations of a run that a text selects; BpdebugError where the run ends before."""
    selection = selection_of(text)
    if selection.last > run.iterations:
        raise BpdebugError(
            f"iteration {selection.last:,} is not there, the run has {run.iterations:,}; "
            "choose earlier ones, or open the run with more iterations",
            key="--iterations",
        )
    return selection
