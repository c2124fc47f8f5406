"""Motion over recorded time: instants, and rulers that cross the borders of iterations.

An instant is an iteration and a position in it. The end of an iteration and position 0 of the next
are the same instant; it is written as the end, so that a motion back inverts the motion forward.
Only `FIRST` has position 0. Motions are arithmetic on a ruler's sorted ends; none walks a count.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from bpdebug.run import Run
from bpdebug.ticks import Ruler


class Instant(NamedTuple):
    """A point of recorded time; instants compare in the order of time."""

    iteration: int
    position: int


FIRST = Instant(1, 0)
"""The start of recorded time."""


def end_of_time(run: Run) -> Instant:
    """The end of recorded time."""
    return Instant(run.iterations, run.timeline(run.iterations).total)


def opening_instant(run: Run) -> Instant:
    """Where the debugger opens: the end of the first forward pass."""
    return after_forward(run, 1)


def after_forward(run: Run, iteration: int) -> Instant:
    """The end of an iteration's forward pass; its backward pass is about to begin."""
    return normalized(run, Instant(iteration, run.timeline(iteration).forward))


def normalized(run: Run, instant: Instant) -> Instant:
    """The instant with position 0 only at the start of recorded time."""
    if instant.position == 0 and instant.iteration > 1:
        before = instant.iteration - 1
        return Instant(before, run.timeline(before).total)
    return instant


NONE_FOLDED: frozenset[str] = frozenset()


def moved(
    run: Run, instant: Instant, ruler: Ruler, count: int, folded: frozenset[str] = NONE_FOLDED
) -> tuple[Instant, int]:
    """The instant `count` steps of a ruler away, back where negative, with some groups folded.

    Also returns how many of the steps recorded time did not have.
    """
    return (_forward if count >= 0 else _back)(run, instant, ruler, abs(count), folded)


def _forward(
    run: Run, instant: Instant, ruler: Ruler, count: int, folded: frozenset[str]
) -> tuple[Instant, int]:
    iteration, position = instant
    while count > 0:
        ends = run.timeline(iteration).seen(ruler, folded, position)
        at = bisect_right(ends, position)
        if at + count <= len(ends):
            return Instant(iteration, ends[at + count - 1]), 0
        count -= len(ends) - at
        if iteration == run.iterations:
            return end_of_time(run), count
        iteration, position = iteration + 1, 0
        if run.uniform(ruler):
            # All iterations have the same ends, so that whole iterations need no walk.
            ends = run.timeline(iteration).seen(ruler, folded, 0)
            whole = min((count - 1) // len(ends), run.iterations - iteration)
            iteration, count = iteration + whole, count - whole * len(ends)
    return Instant(iteration, position), 0


def _back(
    run: Run, instant: Instant, ruler: Ruler, count: int, folded: frozenset[str]
) -> tuple[Instant, int]:
    iteration, position = instant
    while count > 0:
        ends = run.timeline(iteration).seen(ruler, folded, position)
        at = bisect_left(ends, position)
        if count <= at:
            return Instant(iteration, ends[at - count]), 0
        count -= at
        if iteration == 1:
            # Position 0 is itself an end, unless the cursor is at it already.
            return FIRST, count - (position > 0)
        # The end of the previous iteration is the same instant as position 0 of this one.
        iteration -= 1
        position = run.timeline(iteration).total
        count -= 1
        if run.uniform(ruler):
            ends = run.timeline(iteration).seen(ruler, folded, position)
            whole = min(count // len(ends), iteration - 1)
            iteration, count = iteration - whole, count - whole * len(ends)
    return normalized(run, Instant(iteration, position)), 0
