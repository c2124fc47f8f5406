"""The screen, opened from Python: on a terminal, also while an event loop runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

from bpdebug.api.exporting import beside
from bpdebug.api.process import process_as_it_was
from bpdebug.api.scripts import output_script
from bpdebug.api.verdict import GradientVerdict
from bpdebug.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.export.requests import ExportDefaults
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.tui.screens import Screens
from bpdebug.tui.terminal import require_terminal

BY_SIGNAL = 128
"""Exit statuses from here on mean that a signal asked the process to end."""
INSTEAD = (
    "write the trace with run.export(FILE), or save the run with run.save(FOLDER) and open it with "
    "`bpdebug FOLDER` in a terminal"
)
BREAKS = 'texts, as in breaks=["W1", "norm(grad(W1)) > 10"]'
IN_NOTEBOOK = (
    "A notebook has no terminal to draw the screen on. Save the run with run.save(FOLDER), and "
    "open it with `bpdebug FOLDER` in a terminal. Here, the run as the last line of a "
    "cell shows its graph, and run.text() every step."
)


def open_screen(
    run: Run, breaks: Sequence[str], against: GradientVerdict | None, *, fresh: bool
) -> None:
    """Open the screen on a run until the user leaves; in a notebook, say what to do instead.

    BpdebugError where there is no terminal, and for a mistake in a breakpoint. A signal that asks
    the process to end, such as SIGTERM, ends it by `SystemExit`.
    """
    script = output_script()
    conditions = conditions_in(breaks)
    check_breaks(Debugger(run, script), conditions)
    comparison = beside(run, against, script) if against is not None else None
    if in_notebook():
        sys.stdout.write(f"{IN_NOTEBOOK}\n")
        return
    require_terminal(INSTEAD)
    if current_thread() is not main_thread():
        raise BpdebugError("the screen needs the main thread, which gets the terminal's signals")
    screens = Screens(run_of, outlets, fresh=fresh)
    with process_as_it_was():
        status = screens.debug(run, conditions, comparison)
    if status >= BY_SIGNAL:
        sys.exit(status)


def conditions_in(breaks: Any) -> list[str]:
    """The conditions that a caller gives, one or several; BpdebugError for what is no text."""
    found = [breaks] if isinstance(breaks, str) else breaks
    if not isinstance(found, Iterable) or isinstance(found, (bytes, Mapping)):
        raise BpdebugError(f"a {type(breaks).__name__} is no list; give {BREAKS}", key="breaks")
    found = [*found]
    for one in found:
        if not isinstance(one, str):
            raise BpdebugError(f"a {type(one).__name__} is no text; give {BREAKS}", key="breaks")
    return found


def check_breaks(debugger: Debugger, conditions: Sequence[str]) -> None:
    """BpdebugError for a condition that is no breakpoint, before any screen opens."""
    try:
        for condition in conditions:
            debugger.add_breakpoint(condition)
    except BpdebugError as error:
        raise error.at(key="breaks") from None


def run_of(path: Path, breaks: Sequence[str]) -> Run:
    """The run of a scenario that the user chose on the screen."""
    return Run(load(path))


def outlets(run: Run) -> Mapping[str, Any]:
    """How a screen exports a run; the digits are those of the user's configuration."""
    defaults = ExportDefaults()
    return {
        "digits": None,
        "export": partial(defaults.write, run),
        "download": partial(defaults.stream, run),
    }


def in_notebook() -> bool:
    """True where the code runs in a notebook's kernel, whose output is no terminal."""
    shell = sys.modules.get("IPython")
    ipython = shell.get_ipython() if shell is not None else None
    return hasattr(ipython, "kernel")
