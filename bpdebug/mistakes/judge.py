"""From a run and numbers that were handed in to the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.conventions import (
    SQUARES,
    Convention,
    fitted,
    squares_turned,
)
from bpdebug.mistakes.handed import Precision, Precisions, handed_in
from bpdebug.mistakes.judgement import Judgement
from bpdebug.mistakes.left_over import with_left_over
from bpdebug.mistakes.verdict import (
    ArrayStatus,
    Verdict,
)
from bpdebug.ops import Array
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script
from bpdebug.wording.script import SCREEN

MOST_ITERATIONS = 100
"""Numbers may be handed in of so many iterations: every trial runs through all of them."""


@np.errstate(all="ignore")
def judge(
    run: Run,
    arrays: Mapping[str, Array],
    precision: Precision | Precisions,
    script: Script = SCREEN,
    *,
    progress: ProgressReport | None = None,
    left_over: Mapping[str, Array] | None = None,
    same_loss: bool = False,
) -> Verdict:
    """Return the verdict on arrays by name; BpdebugError for a name that means nothing.

    `left_over` has gradients that stood there before the backward pass, by parameter, where that is
    known. With `same_loss` the arrays are of the very loss of the run, so that another scale or
    sign is a mistake.
    """
    problem = run.problem
    given = handed_in(run.graph(1), problem.rules, arrays, precision, problem.aliases)
    last = max(one.iteration for one in given)
    if last > MOST_ITERATIONS:
        raise BpdebugError(
            f"numbers of iteration {last:,} are too far on, more than {MOST_ITERATIONS:,}; hand in "
            "those of the first iterations"
        )
    if last > run.iterations:
        run = Run(problem, last)
    graph = run.graph(1)
    handed, conventions = fitted(graph, given)
    bench = Bench(run, handed)
    if bench.base.missed and not conventions:
        turned = squares_turned(bench)
        if turned is not None:
            conventions = [SQUARES]
            bench = Bench(run, turned)
    if left_over and bench.base.missed:
        kept = with_left_over(bench, conventions, left_over, script)
        if kept is not None:
            return kept
    verdict = Judgement(bench, conventions, progress, script, same_loss=same_loss).verdict()
    broken = [one for one in verdict.arrays if one.status is ArrayStatus.NOT_FINITE]
    if verdict.verdict != "unknown" or not broken or len(broken) == len(verdict.arrays):
        return verdict
    return without_broken(verdict, bench, conventions, progress, script, same_loss=same_loss)


def without_broken(
    whole: Verdict,
    bench: Bench,
    conventions: Sequence[Convention],
    progress: ProgressReport | None,
    script: Script,
    *,
    same_loss: bool,
) -> Verdict:
    """Return the verdict on the arrays that are finite, beside those that are not."""
    broken = [one for one in whole.arrays if one.status is ArrayStatus.NOT_FINITE]
    names = [one.handed for one in broken]
    rest = Bench(bench.run, [one for one in bench.handed if one not in names])
    found = Judgement(rest, conventions, progress, script, same_loss=same_loss).verdict()
    order = {(one.node, one.quantity, one.iteration): at for at, one in enumerate(bench.handed)}
    arrays = sorted(
        (*found.arrays, *broken),
        key=lambda one: order[one.handed.node, one.handed.quantity, one.handed.iteration],
    )
    told = ", ".join(one.name for one in names)
    note = f"{told}: not finite, and left out of the search"
    return replace(
        found,
        verdict="unknown" if found.agrees else found.verdict,
        arrays=tuple(arrays),
        notes=(*found.notes, note),
    )
