"""The screens that a user sees one after the other, until they leave the program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.served import served

if TYPE_CHECKING:
    from bpdebug.cli.tasks import Tasks
    from bpdebug.debugger import Comparison
    from bpdebug.tui.choosing.next_scenario import ScreenResult

DONE = 0
NO_TERMINAL = (
    "there is no terminal to draw on; write the trace with --export FILE, "
    "or give commands with --plain or --command"
)
NOT_FOR_TOUR = (
    *("scenario", "export", "iterations", "check", "diagnose", "against", "open", "separate"),
    *("command", "plain", "breaks", "list", "keys"),
)
"""Arguments that --tour cannot use."""
WRITTEN = {"scenario": "SCENARIO", "breaks": "--break"}
"""Arguments that the user writes otherwise than by their names."""


class Screens:
    """The chooser, the debugger on one scenario after the other, and the tour."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def choose(self) -> int:
        """Begin with the chooser; returns the exit status."""
        from bpdebug.tui import choose

        path, breaks = choose(), self._tasks.arguments.breaks
        return DONE if path is None else self._follow(self._open(path, breaks=breaks))

    def debug(self, run: Run) -> int:
        """Begin with the debugger on a run; returns the exit status."""
        breaks, compared = self._tasks.arguments.breaks, self._tasks.comparison
        return self._follow(self._debug(run, breaks, comparison=compared))

    def tour(self) -> int:
        """Begin with the tour; returns the exit status."""
        return self._follow(self._tour())

    def _follow(self, result: ScreenResult) -> int:
        """Open the scenario that the user chose on the previous screen, until they leave."""
        while result.next_scenario is not None:
            result = self._open(result.next_scenario, theme=result.theme)
        return result.status

    def _open(self, path: Path, *, breaks: Sequence[str] = (), theme: str = "") -> ScreenResult:
        """Open a scenario, or the tour. --break applies to the first scenario only."""
        from bpdebug.tui.choosing.chooser import TOUR

        if path == TOUR:
            return self._tour(theme)
        run = self._tasks.load(str(path)) if breaks else self._tasks.run_of(path)
        return self._debug(run, breaks, theme)

    def _debug(
        self,
        run: Run,
        breaks: Sequence[str],
        theme: str = "",
        comparison: Comparison | None = None,
    ) -> ScreenResult:
        from bpdebug.tui import launch

        return launch(
            run,
            breaks=breaks,
            fresh=self._tasks.arguments.fresh,
            theme=theme,
            comparison=comparison,
            **self._outlets(run),
        )

    def _tour(self, theme: str = "") -> ScreenResult:
        from bpdebug.tui import take_tour

        run = tour_run()
        return take_tour(run, theme=theme, **self._outlets(run))

    def _outlets(self, run: Run) -> dict[str, Any]:
        """The arguments of every screen: digits, and how it exports the run."""
        tasks = self._tasks
        return {
            "digits": tasks.arguments.digits,
            "export": partial(tasks.write, run),
            "download": partial(tasks.stream, run),
        }


def refuse_beside_tour(given: argparse.Namespace) -> None:
    """BpdebugError for an argument beside --tour that the tour cannot use."""
    for name in NOT_FOR_TOUR:
        if getattr(given, name) not in (None, False, []):
            written = WRITTEN.get(name, f"--{name}")
            raise BpdebugError(
                f"the tour is a walk through two_layer on the screen; leave {written} out",
                key="--tour",
            )


def tour_run() -> Run:
    """The run of the tour's bundled scenario, whatever stands in the working directory."""
    from bpdebug.debugger.tour import SCENARIO
    from bpdebug.scenario import load
    from bpdebug.scenario.library import paths

    if SCENARIO not in paths():
        raise BpdebugError(f"its scenario {SCENARIO} is not installed", key="--tour")
    return Run(load(paths()[SCENARIO]))


def require_terminal() -> None:
    """BpdebugError where there is no terminal to draw on, and no browser."""
    if not served() and not all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)
    ):
        raise BpdebugError(NO_TERMINAL)
