"""`bpdebug.load`: a scenario's run, by name or path."""

from __future__ import annotations

from operator import index
from os import PathLike, fspath

from bpdebug.api.origin import FileOrigin
from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ITERATIONS
from bpdebug.reading import SCENARIO, text_of
from bpdebug.run import Run
from bpdebug.scenario import find
from bpdebug.scenario import load as load_problem


def load(name_or_path: str | PathLike[str], *, iterations: int | None = None) -> ScenarioRun:
    """Return the run of a scenario: a bundled one by name, a file, or the folder of a saved run.

    `iterations` replaces the scenario's own number of them. Nothing is computed yet. BpdebugError,
    with the file and the key, for what cannot be found or read.

        run = bpdebug.load("two_layer", iterations=10)
    """
    if not isinstance(name_or_path, (str, PathLike)):
        raise BpdebugError(
            f"a {type(name_or_path).__name__} is no scenario; give a name, such as 'two_layer', or "
            "the path of a .toml"
        )
    path = find(fspath(name_or_path))
    problem = load_problem(path, iterations=wanted(iterations))
    return ScenarioRun(FileOrigin(Run(problem), text_of(path, SCENARIO)))


def wanted(iterations: int | None) -> int | None:
    """The number of iterations that a caller asks for; None for the scenario's own."""
    if iterations is None:
        return None
    try:
        number = index(iterations)
    except TypeError:
        number = 0
    if isinstance(iterations, bool) or not 1 <= number <= ITERATIONS:
        raise BpdebugError(
            f"must be a whole number from 1 to {ITERATIONS:,}, not {str(iterations)[:40]}",
            key="iterations",
        )
    return number
