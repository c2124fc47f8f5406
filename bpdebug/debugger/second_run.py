"""A second run beside the debugger's own: the same scenario with changed settings, or another one.

The cursor stays in the debugger's run. The second run has curves alone, which may be longer or
shorter; it is run when a curve is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.printable import visible
from bpdebug.run import Problem, Run
from bpdebug.run.curves import POINTS, Curves
from bpdebug.run.series import Curve
from bpdebug.scenario.library import name_of, program_in, scenario_in

EXAMPLE = "KEY=VALUE, as in learning_rate=0.1"
EMPTY = f"name a change, which is {EXAMPLE}, or a scenario"
CONSTANT = "there is no [optimizer]: no iteration changes a parameter, so that each curve is flat"
CONSTANT_BATCHES = (
    "there is no [optimizer]: no iteration changes a parameter, so that curves show the batches "
    "alone"
)


class SecondRun:
    """A run to compare with, by its curves."""

    def __init__(self, first: Run, run: Run, label: str) -> None:
        self.run = run
        self.label = label
        """What differs, `learning_rate = 0.1`, or the name of the other scenario."""
        self.curves = Curves(run)
        self._first = first
        run.progress = self._report

    def _report(self, done: int, total: int) -> None:
        """Pass progress on to whoever waits for the first run; `Cancelled` comes through."""
        if self._first.progress is not None:
            self._first.progress(done, total)

    def curves_of(
        self, names: Sequence[str], first: int = 1, last: int | None = None, points: int = POINTS
    ) -> dict[str, Curve]:
        """Its curves by name; a name that this run has no quantity for is left out."""
        known = [name for name in names if self.curves.measures(name)]
        return self.curves.curves(known, first, last, points)

    def same(self, mine: Mapping[str, Curve], theirs: Mapping[str, Curve]) -> bool:
        """True where both runs are as long, and no curve of the two differs in any point."""
        return self.run.iterations == self._first.iterations and all(
            name in theirs
            and np.array_equal(curve.values, theirs[name].values, equal_nan=True)
            and np.array_equal(curve.high, theirs[name].high, equal_nan=True)
            and np.array_equal(curve.low, theirs[name].low, equal_nan=True)
            for name, curve in mine.items()
        )


def second_run(first: Run, wanted: Sequence[str], iterations: int | None = None) -> SecondRun:
    """The run that `wanted` describes: changes as `learning_rate=0.1`, and at most one scenario.

    `iterations` overrides the number of another scenario; the same scenario has that of the first
    run. BpdebugError for a wrong change, and where there is no such scenario.
    """
    scenarios = [text for text in wanted if not is_change(text)]
    changes = [text for text in wanted if is_change(text)]
    if len(scenarios) > 1:
        raise BpdebugError(
            f"one other scenario, not '{visible(scenarios[1][:60])}' too; give changes as KEY=VALUE"
        )
    problem, many = first.problem, first.iterations
    if scenarios:
        problem = other_problem(scenarios[0], iterations)
        many = problem.iterations
    name = [visible(name_of(Path(problem.file)))] if scenarios else []
    if changes:
        problem = variant(problem, changes, many)
    label = ", ".join([*name, *(problem.changes if changes else ())])
    return SecondRun(first, Run(problem), visible(label))


def is_change(text: str) -> bool:
    """True for KEY=VALUE; False for the name or the path of a scenario."""
    try:
        return "=" in text and not scenario_in(Path(text)).is_file()
    except (OSError, ValueError, BpdebugError):
        return True


def other_problem(name: str, iterations: int | None) -> Problem:
    """The problem of another scenario, a bundled one or a file."""
    from bpdebug.scenario import find, load

    if not name.strip():
        raise BpdebugError(EMPTY)
    if program_in(name) is not None:
        raise BpdebugError(
            f"'{visible(name[:60])}' is a program, and none runs beside another; save what it "
            "records with run.save(FOLDER), and name the folder"
        )
    try:
        path = find(name)
    except BpdebugError as error:
        raise BpdebugError(f"{error.problem}; a change is {EXAMPLE}", file=error.file) from None
    return load(path, iterations=iterations)


def variant(problem: Problem, changes: Sequence[str], iterations: int) -> Problem:
    """The problem with changed settings, and this many iterations where no change is about them."""
    if problem.variant is None:
        raise BpdebugError("this run comes from no scenario whose settings could be changed")
    return problem.variant(changes, iterations)


def check_visitor(wanted: Sequence[str]) -> None:
    """BpdebugError for anything that would read another file, which a visitor may not."""
    from bpdebug.scenario.changes import parse_change
    from bpdebug.scenario.library import paths

    for text in wanted:
        if not is_change(text):
            if text not in paths():
                raise BpdebugError(f"there is no bundled scenario '{visible(text[:60])}'")
            continue
        change = parse_change(text)
        if "file" in change.parts or has_file(change.value):
            raise BpdebugError(
                "files cannot be read from a browser; start bpdebug on your own machine"
            )


def has_file(value: Any) -> bool:
    """True where a value of TOML has a table with the key `file`, at any depth."""
    if isinstance(value, Mapping):
        return "file" in value or any(map(has_file, value.values()))
    return isinstance(value, list) and any(map(has_file, value))


def constant_note(run: Run) -> str:
    """Why every curve of a run is flat; empty where something is trained."""
    if run.iteration(1).updates:
        return ""
    return CONSTANT if run.per_epoch == 1 else CONSTANT_BATCHES
