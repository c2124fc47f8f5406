"""The screen. Importing this loads Textual; only the command line does so, and only when needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bpdebug.debugger import Debugger
from bpdebug.debugger.command import ExportRequest
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.line import Look

Exporter = Callable[[ExportRequest], str]
UNICODE = ("utf8", "utf16")
"""Encodings that have every sign we draw."""


def launch(
    run: Run,
    *,
    breaks: Sequence[str] = (),
    digits: int = 6,
    export: Exporter | None = None,
) -> int:
    """Open the debugger on a run; returns the exit status."""
    unicode = shows_unicode()
    debugger = Debugger(run, digits=digits, unicode=unicode)
    debugger.exporter = export and beside_the_screen(export)
    for condition in breaks:
        debugger.add_breakpoint(condition)
    app = BpdebugApp(debugger, Look(digits, unicode))
    app.run()
    return app.return_code or 0


def take_tour(run: Run, *, digits: int, export: Exporter) -> int:
    """Open the tour on a run; returns the exit status."""
    from bpdebug.tui.tour import tour_app

    app = tour_app(run, digits=digits, unicode=shows_unicode())
    app.debugger.exporter = beside_the_screen(export)
    app.run()
    return app.return_code or 0


def choose() -> Path | None:
    """Let a person choose a bundled scenario, or `TOUR`; None when they leave instead."""
    from bpdebug.tui.chooser import ChooserApp

    return ChooserApp(unicode=shows_unicode()).run()


def shows_unicode() -> bool:
    """False where a stream of the terminal cannot carry what Textual and we draw."""
    streams = (sys.stdout, sys.__stderr__)
    return all(
        stream is not None and (stream.encoding or "").lower().replace("-", "") in UNICODE
        for stream in streams
    )


def beside_the_screen(export: Exporter) -> Exporter:
    """The same, but for standard output, where the screen is."""

    def write(request: ExportRequest) -> str:
        if request.target == "-":
            raise BpdebugError("the screen is on standard output here; name a file")
        return export(request)

    return write
