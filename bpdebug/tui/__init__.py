"""The screen. Importing this loads Textual; only the command line does so, and only when needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from io import RawIOBase
from pathlib import Path

from textual.app import App

from bpdebug.debugger import Debugger
from bpdebug.debugger.breakpoints.not_hit import already_true_lines
from bpdebug.debugger.commands.command import ExportRequest
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.served import served
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.choosing.onward import Left
from bpdebug.tui.work.failing import run_to_the_end
from bpdebug.wording import DIGITS, Script

Exporter = Callable[[ExportRequest], str]
Download = Callable[[ExportRequest], RawIOBase]
UNICODE = ("utf8", "utf16")
"""Encodings that have every sign we draw."""


def launch(
    run: Run,
    *,
    breaks: Sequence[str] = (),
    digits: int | None = None,
    export: Exporter | None = None,
    download: Download | None = None,
    fresh: bool = False,
    theme: str = "",
) -> Left:
    """Open the debugger on a run; returns how it was left.

    `export` writes a file; `download` gives the bytes to send to a visitor's browser instead.
    `digits` and the configuration's are how many significant digits are shown.
    `fresh` opens without the saved breakpoints, watches and marks, which stay as they are.
    `theme` is that of an earlier screen; without one it is the configuration's.
    BpdebugError for a mistake in the configuration, and where the screen fails.
    """
    from bpdebug.tui.config.configuration import read_config
    from bpdebug.tui.config.saved_session import SavedSession
    from bpdebug.tui.config.state import WELCOME, first_start

    config = read_config()
    debugger = Debugger(run, Script(digits or config.digits or DIGITS, shows_unicode()))
    made = [debugger.add_breakpoint(condition) for condition in breaks]
    saved_session = None if fresh or served() else SavedSession(debugger)
    notice = "; ".join(
        filter(
            None,
            [
                saved_session.restore() if saved_session else "",
                *(note.text for note in run.problem.notes),
                *already_true_lines(debugger, made),
            ],
        )
    )
    welcome = WELCOME if saved_session and first_start() else ""
    app = BpdebugApp(
        debugger,
        theme=theme or config.theme,
        keys=config.keys,
        notice=notice,
        welcome=welcome,
        saved_session=saved_session,
    )
    debugger.export_with(outlet(app, export, download))
    try:
        run_to_the_end(app)
    finally:
        problem = app.save()
        if problem and sys.stderr is not None:
            sys.stderr.write(f"bpdebug: {problem}\n")
    return Left(app.return_code or 0, app.onward, app.theme)


def take_tour(
    run: Run,
    *,
    digits: int | None,
    export: Exporter,
    download: Download | None = None,
    theme: str = "",
) -> Left:
    """Open the tour on a run; returns how it was left.

    It names keys, so it has the usual ones, whatever the configuration says.
    """
    from bpdebug.tui.config.configuration import read_config
    from bpdebug.tui.config.state import first_start
    from bpdebug.tui.overlays.tour import tour_app

    if not served():
        first_start()  # Who has seen the tour need not be told of it.
    config = read_config()
    script = Script(digits or config.digits or DIGITS, shows_unicode())
    app = tour_app(run, script, theme=theme or config.theme)
    app.debugger.export_with(outlet(app, export, download))
    run_to_the_end(app)
    return Left(app.return_code or 0, app.onward, app.theme)


def choose() -> Path | None:
    """Let a person choose a bundled scenario, or `TOUR`; None when they leave instead."""
    from bpdebug.tui.choosing.chooser import ChooserApp
    from bpdebug.tui.config.configuration import read_config

    config = read_config()
    app = ChooserApp(Script(unicode=shows_unicode()), theme=config.theme)
    app.set_keymap(dict(config.keys))
    return run_to_the_end(app)


def shows_unicode() -> bool:
    """False where a stream of the terminal cannot carry what Textual and we draw."""
    streams = (sys.stdout, sys.__stderr__)
    return all(
        stream is not None and (stream.encoding or "").lower().replace("-", "") in UNICODE
        for stream in streams
    )


def outlet(app: App[None], export: Exporter | None, download: Download | None) -> Exporter | None:
    """Where exports go: to a file; from a visitor to their browser, and to no file."""
    if not served():
        return export and beside_the_screen(export)
    from bpdebug.tui.browser.download import to_the_browser

    return download and to_the_browser(app, download)


def beside_the_screen(export: Exporter) -> Exporter:
    """An exporter that refuses standard output, because the screen is there."""

    def write(request: ExportRequest) -> str:
        if request.target == "-":
            raise BpdebugError("the screen is on standard output here; name a file")
        return export(request)

    return write
