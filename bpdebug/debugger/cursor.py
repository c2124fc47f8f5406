"""Motion over recorded time: places, and the rulers across the borders of iterations.

A place is an iteration and a position in it. The end of one iteration and position 0 of the next
are one instant; it is written as the end, so that a motion back is the inverse of the one forward.
Only `FIRST` has position 0. Every motion is arithmetic on sorted stops: no count is walked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from bpdebug.run import Run
from bpdebug.trace import Ruler


class Place(NamedTuple):
    """A point of recorded time; places compare in the order of time."""

    iteration: int
    position: int


FIRST = Place(1, 0)
"""The start of recorded time."""


def last(run: Run) -> Place:
    """The end of recorded time."""
    return Place(run.iterations, run.timeline(run.iterations).total)


def opening(run: Run) -> Place:
    """Where the debugger opens: the end of the first forward pass."""
    return after_forward(run, 1)


def after_forward(run: Run, iteration: int) -> Place:
    """The end of an iteration's forward pass; its backward pass is about to begin."""
    return settled(run, Place(iteration, run.timeline(iteration).forward))


def settled(run: Run, place: Place) -> Place:
    """The place as it is always written: position 0 only at the start of recorded time."""
    if place.position == 0 and place.iteration > 1:
        before = place.iteration - 1
        return Place(before, run.timeline(before).total)
    return place


def forward_by(run: Run, place: Place, ruler: Ruler, count: int = 1) -> tuple[Place, int]:
    """The place `count` stops further on, and how many of them recorded time did not have."""
    iteration, position = place
    while count > 0:
        stops = run.timeline(iteration).stops(ruler)
        at = bisect_right(stops, position)
        if at + count <= len(stops):
            return Place(iteration, stops[at + count - 1]), 0
        count -= len(stops) - at
        if iteration == run.iterations:
            return last(run), count
        iteration, position = iteration + 1, 0
        if run.uniform:
            # All iterations have the same stops, so that whole ones need no walk.
            whole = min((count - 1) // len(stops), run.iterations - iteration)
            iteration, count = iteration + whole, count - whole * len(stops)
    return Place(iteration, position), 0


def back_by(run: Run, place: Place, ruler: Ruler, count: int = 1) -> tuple[Place, int]:
    """The place `count` stops back, and how many of them recorded time did not have."""
    iteration, position = place
    while count > 0:
        stops = run.timeline(iteration).stops(ruler)
        at = bisect_left(stops, position)
        if count <= at:
            return Place(iteration, stops[at - count]), 0
        count -= at
        if iteration == 1:
            # Position 0 is itself a stop, unless one stands there already.
            return FIRST, count - (position > 0)
        # The end of the iteration before is the same instant as position 0 of this one.
        iteration -= 1
        position = run.timeline(iteration).total
        count -= 1
        if run.uniform:
            whole = min(count // len(stops), iteration - 1)
            iteration, count = iteration - whole, count - whole * len(stops)
    return settled(run, Place(iteration, position)), 0
