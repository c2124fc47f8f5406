"""`bpdebug model.py:make`: the program is run, which is said, and gives the run to open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bpdebug.cli.streams import print_note
from bpdebug.records import replace
from bpdebug.run import Run

if TYPE_CHECKING:
    from bpdebug.api.scenario_run import ScenarioRun


def made_by(name: str, iterations: int | str | None) -> tuple[ScenarioRun, Run]:
    """What a program gave, and the run of it with as many iterations as --iterations says."""
    from bpdebug.api.program import program_of

    program = program_of(name)
    assert program is not None
    print_note(f"runs {program.told}")
    recorded = program.run()
    run = recorded._run
    if isinstance(iterations, str):
        from bpdebug.export.requests import selection_of

        iterations = max(selection_of(iterations).last, run.iterations)
    problem = run.problem
    if not Path(problem.file).is_file():
        # Of a recording: the next time, its breakpoints are found by what the user typed.
        problem = replace(problem, file=program.place)
    return recorded, Run(problem, run.iterations if iterations is None else iterations)
