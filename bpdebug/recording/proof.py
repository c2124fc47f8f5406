"""The proof of a recording: its scenario computes what the recorded code computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops import Array, Shape
from bpdebug.recording.lines import NOWHERE, Line
from bpdebug.recording.recording import Recording
from bpdebug.records import record
from bpdebug.run import Run

FLOAT64_ROUNDING = 1e-9
"""What rounding may make of a value, relative to the largest one beside it."""


@record
class Departure:
    """The first value in which a recording differs from the code."""

    name: str
    line: Line
    cell: tuple[int, ...]
    """The cell that differs most; empty where the shapes differ."""
    recorded: float | Shape
    computed: float | Shape
    """The numbers in that cell, or the shapes."""


def departure(
    recording: Recording, run: Run, tolerance: float = FLOAT64_ROUNDING
) -> Departure | None:
    """The first named value whose replay differs from what the code computed; None for none.

    `run` is that of the recording. Values are in the order in which they were computed.
    """
    first = run.iteration(1)
    graph, values = first.recorded.graph, first.recorded.values
    for name, value in sorted(recording.made.items(), key=lambda one: one[1].at):
        if name not in graph.names:
            continue
        replayed = np.asarray(values[graph.names[name]], dtype=np.float64)
        computed = np.asarray(value.array, dtype=np.float64)
        if replayed.shape != computed.shape:
            return Departure(name, value.line, (), replayed.shape, computed.shape)
        cell = differs(replayed, computed, tolerance)
        if cell is not None:
            both = float(replayed[cell]), float(computed[cell])
            return Departure(name, value.line, cell, *both)
    return None


def differs(replayed: Array, computed: Array, tolerance: float) -> tuple[int, ...] | None:
    """The cell in which two arrays of a shape differ most, beyond rounding; None for none."""
    with np.errstate(invalid="ignore"):
        off = np.abs(replayed - computed)
    same = (replayed == computed) | (np.isnan(replayed) & np.isnan(computed))
    finite = np.abs(computed[np.isfinite(computed)])
    scale = float(finite.max(initial=0.0))
    off = np.where(same, 0.0, np.where(np.isnan(off), np.inf, off))
    if off.max(initial=0.0) <= tolerance * max(scale, 1e-3):
        return None
    worst = np.unravel_index(int(np.argmax(off)), off.shape)
    return tuple(int(one) for one in worst)


@contextmanager
def at_line_of(recording: Recording) -> Iterator[None]:
    """Raise what the loader does not take of a recording as an error about the user's line."""
    try:
        yield
    except BpdebugError as error:
        name = error.key.removeprefix("graph.")
        value = recording.made.get(name)
        if value is None or value.line == NOWHERE:
            raise
        raise value.line.error(f"{name} cannot be recorded: {error.problem}") from error


def prove(
    recording: Recording,
    tolerance: float = FLOAT64_ROUNDING,
    *,
    iterations: int | None = None,
) -> Run:
    """The run of a recording; BpdebugError where it computes something else than the code.

    The error is about the user's line, also for what the loader does not take. `iterations` is the
    number that the run has; None for that of the scenario.
    """
    with at_line_of(recording):
        run = Run(recording.problem(iterations))
        found = departure(recording, run, tolerance)
    if found is not None:
        at = f"[{','.join(map(str, found.cell))}]" if found.cell else ""
        what = f"the shape of {found.name}" if isinstance(found.computed, tuple) else found.name
        raise found.line.error(
            f"the recording of {found.name} is wrong: {what}{at} is {found.computed!r} in "
            f"the code and {found.recorded!r} in the recording; this line cannot be recorded"
        )
    return run
