"""The screens that a user sees one after the other, until they leave the program.

Nothing is imported here that draws: Textual is loaded when the first screen opens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpdebug.errors import BpdebugError
from bpdebug.run import Run

if TYPE_CHECKING:
    from bpdebug.debugger import Comparison
    from bpdebug.debugger.second_run import SecondRun
    from bpdebug.tui.choosing.next_scenario import ScreenResult

DONE = 0
RunOf = Callable[[Path, Sequence[str]], Run]
"""Loads the run of a scenario's file; BpdebugError also for a mistake in its breakpoints."""
Outlets = Callable[[Run], Mapping[str, Any]]
"""The arguments of every screen on a run: `digits`, and how to `export` and `download` it."""


class Screens:
    """The chooser, the debugger on one scenario after the other, and the tour."""

    def __init__(self, run_of: RunOf, outlets: Outlets, *, fresh: bool = False) -> None:
        """With `fresh`, screens open without saved breakpoints, watches and marks."""
        self._run_of = run_of
        self._outlets = outlets
        self._fresh = fresh

    def choose(self, breaks: Sequence[str] = ()) -> int:
        """Begin with the chooser; returns the exit status."""
        from bpdebug.tui.start import choose

        path = choose()
        return DONE if path is None else self._follow(self._open(path, breaks=breaks))

    def debug(
        self,
        run: Run,
        breaks: Sequence[str] = (),
        comparison: Comparison | None = None,
        second: SecondRun | None = None,
    ) -> int:
        """Begin with the debugger on a run; returns the exit status.

        `comparison` has numbers to show beside the run's, `second` is a run whose curves stand
        beside the run's; None for none.
        """
        return self._follow(self._debug(run, breaks, comparison=comparison, second=second))

    def tour(self) -> int:
        """Begin with the tour; returns the exit status."""
        return self._follow(self._tour())

    def _follow(self, result: ScreenResult) -> int:
        """Open the scenario that the user chose on the previous screen, until they leave."""
        while result.next_scenario is not None:
            result = self._open(result.next_scenario, theme=result.theme)
        return result.status

    def _open(self, path: Path, *, breaks: Sequence[str] = (), theme: str = "") -> ScreenResult:
        """Open a scenario, or the tour. Breakpoints apply to the first scenario only."""
        from bpdebug.tui.choosing.chooser import TOUR

        if path == TOUR:
            return self._tour(theme)
        return self._debug(self._run_of(path, breaks), breaks, theme)

    def _debug(
        self,
        run: Run,
        breaks: Sequence[str],
        theme: str = "",
        comparison: Comparison | None = None,
        second: SecondRun | None = None,
    ) -> ScreenResult:
        from bpdebug.tui.start import launch

        return launch(
            run,
            breaks=breaks,
            fresh=self._fresh,
            theme=theme,
            comparison=comparison,
            second=second,
            **self._outlets(run),
        )

    def _tour(self, theme: str = "") -> ScreenResult:
        from bpdebug.tui.start import take_tour

        run = tour_run()
        return take_tour(run, theme=theme, **self._outlets(run))


def tour_run() -> Run:
    """The run of the tour's bundled scenario, whatever stands in the working directory."""
    from bpdebug.debugger.tour import SCENARIO
    from bpdebug.scenario import load
    from bpdebug.scenario.library import paths

    if SCENARIO not in paths():
        raise BpdebugError(f"its scenario {SCENARIO} is not installed", key="--tour")
    return Run(load(paths()[SCENARIO]))
