"""The screen. Importing this loads Textual; only the command line does so, and only when needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bpdebug.debugger import Debugger
from bpdebug.debugger.command import ExportRequest
from bpdebug.run import Run
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.line import Look


def launch(
    run: Run,
    *,
    breaks: Sequence[str] = (),
    digits: int = 6,
    export: Callable[[ExportRequest], str] | None = None,
) -> int:
    """Open the debugger on a run; returns the exit status."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "utf16")
    debugger = Debugger(run, digits=digits, unicode=unicode)
    debugger.exporter = export
    for condition in breaks:
        debugger.add_breakpoint(condition)
    app = BpdebugApp(debugger, Look(digits, unicode))
    app.run()
    return app.return_code or 0


def choose() -> Path | None:
    """Let a person choose a bundled scenario; None when they leave instead."""
    from bpdebug.tui.chooser import ChooserApp

    return ChooserApp().run()
