"""The screens that a person sees one after the other, until they leave the program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.served import served

if TYPE_CHECKING:
    from bpdebug.cli.tasks import Tasks
    from bpdebug.tui.choosing.next_scenario import ScreenResult

DONE = 0
NO_TERMINAL = (
    "there is no terminal to draw on; write the trace with --export FILE, "
    "or give commands with --plain or --command"
)
NOT_FOR_TOUR = (
    *("scenario", "export", "iterations", "check", "diagnose"),
    *("command", "plain", "breaks", "list", "keys"),
)
"""Arguments that --tour has no use for."""
WRITTEN = {"scenario": "SCENARIO", "breaks": "--break"}
"""How the user writes those of them whose option has another name."""


class Screens:
    """The chooser, the debugger on one scenario after the other, and the tour."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._given = tasks.arguments

    def choose(self) -> int:
        """Begin with the chooser; returns the exit status."""
        from bpdebug.tui import choose

        path = choose()
        return DONE if path is None else self._follow(self._at(path, breaks=self._given.breaks))

    def debug(self, run: Run) -> int:
        """Begin with the debugger on a run; returns the exit status."""
        return self._follow(self._debug(run, self._given.breaks))

    def tour(self) -> int:
        """Begin with the tour; returns the exit status."""
        return self._follow(self._tour())

    def _follow(self, left: ScreenResult) -> int:
        """Go where each screen's user wants to go next."""
        while left.onward is not None:
            left = self._at(left.onward, theme=left.theme)
        return left.status

    def _at(self, path: Path, *, breaks: Sequence[str] = (), theme: str = "") -> ScreenResult:
        """A scenario, or the tour. --break is about the first scenario, and about no other."""
        from bpdebug.tui.choosing.chooser import TOUR

        if path == TOUR:
            return self._tour(theme)
        run = self._tasks.load(str(path)) if breaks else self._tasks.run_of(path)
        return self._debug(run, breaks, theme)

    def _debug(self, run: Run, breaks: Sequence[str], theme: str = "") -> ScreenResult:
        from bpdebug.tui import launch

        tasks = self._tasks
        return launch(
            run,
            breaks=breaks,
            digits=self._given.digits,
            fresh=self._given.fresh,
            export=lambda request: tasks.write(run, tasks.request(request)),
            download=lambda request: tasks.stream(run, tasks.request(request)),
            theme=theme,
        )

    def _tour(self, theme: str = "") -> ScreenResult:
        from bpdebug.tui import take_tour

        tasks, run = self._tasks, tour_run()
        return take_tour(
            run,
            digits=self._given.digits,
            export=lambda request: tasks.write(run, tasks.request(request)),
            download=lambda request: tasks.stream(run, tasks.request(request)),
            theme=theme,
        )


def refuse_beside_tour(given: argparse.Namespace) -> None:
    """BpdebugError where something is asked for beside --tour that it has no use for."""
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
