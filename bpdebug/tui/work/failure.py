"""A failure of bpdebug itself: the terminal is restored, and a report is written."""

from __future__ import annotations

import traceback
from typing import TypeVar

from bpdebug.errors import BpdebugError
from bpdebug.served import served
from bpdebug.tui.terminal_app import TerminalApp
from bpdebug.version import __version__
from bpdebug.wording import safe

Result = TypeVar("Result")


def run_app(app: TerminalApp[Result]) -> Result | None:
    """Run an app; returns its result. BpdebugError, with the terminal restored, where it fails."""
    try:
        result = app.run()
    except Exception as error:  # reported below, whatever it is
        app.failure = app.failure or error
        result = None
    finally:
        app.release()
    if app.failure is None:
        return result
    if isinstance(app.failure, BpdebugError | MemoryError):
        raise app.failure
    raise BpdebugError(failure_text(app.failure)) from None


def failure_text(failure: BaseException) -> str:
    """The sentence about a failure, with the path of its report."""
    what = safe(str(failure).split("\n")[0][:200])
    kind = type(failure).__name__
    return (
        f"the screen failed ({kind}{': ' if what else ''}{what}), which is a mistake in bpdebug; "
        f"{write_report(failure)}"
    )


def write_report(failure: BaseException) -> str:
    """Write a failure's report; returns where it is, or why there is none."""
    from bpdebug.tui.config.state import state_folder, write

    if served():
        return "no report is written for a visitor"
    try:
        path = state_folder() / "failure.txt"
        write(path, f"bpdebug {__version__}\n{''.join(traceback.format_exception(failure))}")
    except (OSError, RuntimeError) as error:
        return f"no report could be written: {error}"
    return f"report it with the file {path}"
