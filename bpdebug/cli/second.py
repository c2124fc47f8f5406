"""--with: a second run beside the first, for whatever shows curves."""

from __future__ import annotations

import argparse

from bpdebug.debugger.second_run import SecondRun, second_run
from bpdebug.errors import BpdebugError
from bpdebug.run import Run

KEY = "--with"
SHOWN = "it is shown on the screen, by -c curves or --plain, and by --export FILE.csv"


def check_second(given: argparse.Namespace) -> None:
    """BpdebugError for a --with beside nothing that would show the second run."""
    if not given.second:
        return
    if given.scenario is None:
        raise BpdebugError("name the scenario beside which it runs", key=KEY)
    screenless = given.check or given.diagnose or given.against is not None
    shows = given.open or given.export is not None or given.command or given.plain
    if given.list or given.keys or (screenless and not shows):
        raise BpdebugError(f"nothing here shows a second run; {SHOWN}", key=KEY)
    if given.export is not None and not (given.command or given.plain or given.open):
        from bpdebug.export.export import format_of

        format = format_of(given.export, given.format)
        if format != "csv":
            raise BpdebugError(
                f"an export as {format} has no curves; write a .csv, or leave one of them out",
                key=KEY,
            )


def second_of(given: argparse.Namespace, run: Run) -> SecondRun | None:
    """The run that --with asks for; None without it. BpdebugError for a mistake in it."""
    if not given.second:
        return None
    iterations = given.iterations if isinstance(given.iterations, int) else None
    try:
        return second_run(run, given.second, iterations)
    except BpdebugError as error:
        raise BpdebugError(str(error), key=KEY) from None
