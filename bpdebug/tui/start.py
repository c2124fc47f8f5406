"""The ways into a screen: the debugger on a run, the tour, the chooser. It loads Textual."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import RawIOBase
from pathlib import Path

from textual.app import App

from bpdebug.debugger import Debugger
from bpdebug.debugger.breakpoints.not_hit import already_true_lines
from bpdebug.debugger.commands.command import ExportRequest
from bpdebug.debugger.comparison import Comparison
from bpdebug.debugger.opening_hints import opening_hints
from bpdebug.debugger.second_run import SecondRun
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.served import served
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.choosing.next_scenario import ScreenResult
from bpdebug.tui.work.failure import run_app
from bpdebug.wording import DIGITS, Script, safe

Exporter = Callable[[ExportRequest], str]
Download = Callable[[ExportRequest], RawIOBase]
UNICODE = ("utf8", "utf16")
"""Encodings that have every sign of the screen."""


def launch(
    run: Run,
    *,
    breaks: Sequence[str] = (),
    digits: int | None = None,
    export: Exporter | None = None,
    download: Download | None = None,
    fresh: bool = False,
    theme: str = "",
    comparison: Comparison | None = None,
    second: SecondRun | None = None,
) -> ScreenResult:
    """Open the debugger on a run; returns how the user left it.

    `export` writes a file; `download` gives the bytes to send to a visitor's browser instead.
    Numbers have `digits` significant digits, else those of the configuration.
    `fresh` opens without the saved breakpoints, watches and marks, and does not change them.
    `theme` is the theme of an earlier screen, else that of the configuration.
    `comparison` has numbers that the user handed in, whose verdict is open at the start; None for
    none. `second` is a run whose curves stand beside the run's; None for none.
    BpdebugError for a mistake in the configuration, and where the screen fails.
    """
    from bpdebug.tui.config.configuration import read_config
    from bpdebug.tui.config.saved_session import SavedSession, has_place
    from bpdebug.tui.config.state import WELCOME, first_start

    config = read_config()
    debugger = Debugger(run, Script(digits or config.digits or DIGITS, shows_unicode()))
    debugger.compare(comparison)
    debugger.run_beside(second)
    made = [debugger.add_breakpoint(condition) for condition in breaks]
    kept = not fresh and not served() and has_place(run.problem.file)
    saved_session = SavedSession(debugger) if kept else None
    notices = [
        saved_session.restore() if saved_session else "",
        *(safe(note.sentence) for note in run.problem.notes),
        *already_true_lines(debugger, made),
    ]
    app = BpdebugApp(
        debugger,
        theme=theme or config.theme,
        keys=config.keys,
        notices=[one for one in notices if one],
        welcome=WELCOME if saved_session and first_start() else "",
        saved_session=saved_session,
        verdict=comparison is not None,
        hints=partial(opening_hints, run, debugger.script),
    )
    try:
        return run_debugger(app, export, download)
    finally:
        problem = app.save()
        if problem and sys.stderr is not None:
            sys.stderr.write(f"bpdebug: {problem}\n")


def take_tour(
    run: Run,
    *,
    digits: int | None,
    export: Exporter,
    download: Download | None = None,
    theme: str = "",
) -> ScreenResult:
    """Open the tour on a run; returns how the user left it.

    The tour's words name keys, so the usual keys hold, whatever the configuration says.
    """
    from bpdebug.tui.config.configuration import read_config
    from bpdebug.tui.config.state import first_start
    from bpdebug.tui.overlays.tour import tour_app

    if not served():
        first_start()  # A user who has seen the tour needs no welcome that offers it.
    config = read_config()
    script = Script(digits or config.digits or DIGITS, shows_unicode())
    app = tour_app(run, script, theme=theme or config.theme)
    return run_debugger(app, export, download)


def run_debugger(
    app: BpdebugApp, export: Exporter | None, download: Download | None
) -> ScreenResult:
    """Run the debugger's app with its exports; returns how the user left it."""
    app.debugger.export_with(exporter_of(app, export, download))
    run_app(app)
    return ScreenResult(app.return_code or 0, app.next_scenario, app.theme)


def choose() -> Path | None:
    """Let the user choose a bundled scenario, or `TOUR`; None when they leave instead."""
    from bpdebug.tui.choosing.chooser import ChooserApp
    from bpdebug.tui.config.configuration import read_config

    config = read_config()
    app = ChooserApp(Script(unicode=shows_unicode()), theme=config.theme)
    app.set_keymap(dict(config.keys))
    return run_app(app)


def shows_unicode() -> bool:
    """False where a stream of the terminal cannot carry the signs that the screen draws."""
    streams = (sys.stdout, sys.__stderr__)
    return all(
        stream is not None and (stream.encoding or "").lower().replace("-", "") in UNICODE
        for stream in streams
    )


def exporter_of(
    app: App[None], export: Exporter | None, download: Download | None
) -> Exporter | None:
    """What writes exports: for a visitor, a download in their browser; else a file.

    None where the caller gave nothing to write with.
    """
    if served():
        from bpdebug.tui.browser.download import browser_exporter

        return download and browser_exporter(app, download)
    return export and file_exporter(export)


def file_exporter(export: Exporter) -> Exporter:
    """An exporter that refuses standard output, on which the screen is drawn."""

    def write(request: ExportRequest) -> str:
        if request.target == "-":
            raise BpdebugError("the screen is on standard output here; name a file")
        return export(request)

    return write
