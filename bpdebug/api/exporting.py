"""Exports that a caller in Python asks for."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from os import PathLike, fspath
from typing import IO, Any

import numpy as np

from bpdebug.api.verdict import GradientVerdict
from bpdebug.debugger.comparison import Comparison, compare_own_lines
from bpdebug.errors import BpdebugError
from bpdebug.export import export
from bpdebug.printable import counted, visible
from bpdebug.run import Run, Selection
from bpdebug.wording import Script

DIGITS = range(1, 18)
"""float64 has no more than 17 significant digits."""


def export_run(
    run: Run,
    target: str | PathLike[str] | IO[Any],
    format: str | None,
    detail: str,
    iterations: int | str | Iterable[int] | None,
    digits: int,
    against: GradientVerdict | None,
) -> None:
    """Write a run to a file or a stream; see `ScenarioRun.export`."""
    whole = isinstance(digits, (int, np.integer)) and not isinstance(digits, bool)
    if not whole or digits not in DIGITS:
        raise BpdebugError(f"must be a whole number from 1 to {DIGITS[-1]}", key="digits")
    stream: Any = target
    if isinstance(target, (str, PathLike)):
        stream = fspath(target)
    elif not callable(getattr(target, "write", None)):
        raise BpdebugError(f"a {type(target).__name__} is no file; give a path or an open stream")
    export(
        run,
        stream,
        format=format,
        detail=detail,
        digits=int(digits),
        iterations=None if iterations is None else selected(run, iterations),
        comparison=beside(run, against, Script(int(digits))),
    )


def beside(run: Run, against: GradientVerdict | None, script: Script) -> Comparison | None:
    """The numbers that stand beside the run's: a verdict's, else those of its [backward].

    None where there are neither. BpdebugError for the verdict on another run.
    """
    if against is None:
        return compare_own_lines(run, script)
    if not isinstance(against, GradientVerdict):
        raise BpdebugError("give the verdict that run.compare(…) returned", key="against")
    if not against.belongs_to(run):
        raise BpdebugError(
            "this verdict is about another run; compare with this run", key="against"
        )
    return against.comparison()


def selected(run: Run, iterations: int | str | Iterable[int]) -> Selection:
    """The iterations that a caller selects; BpdebugError where the run does not have them."""
    try:
        found = selection(iterations)
    except BpdebugError as error:
        raise error.at(key="iterations") from None
    if found.last > run.iterations:
        raise BpdebugError(
            f"iteration {found.last:,} is not there, the run has "
            f"{counted(run.iterations, 'iteration')}; load it with more iterations",
            key="iterations",
        )
    return found


def selection(iterations: int | str | Iterable[int]) -> Selection:
    """The iterations that a caller selects, whether or not a run has them."""
    if isinstance(iterations, str):
        return Selection.parse(iterations)
    wanted = [*iterations] if isinstance(iterations, Iterable) else [iterations]
    try:
        numbers = [index(one) for one in wanted if not isinstance(one, bool)]
    except TypeError:
        numbers = []
    if not numbers or len(numbers) < len(wanted) or min(numbers) < 1:
        raise BpdebugError(
            f"{visible(str(iterations)[:40])} selects no iterations; give a number from 1, "
            "several, a range, or a text such as '1,10,100-110'"
        )
    return Selection(*(range(one, one + 1) for one in numbers))
