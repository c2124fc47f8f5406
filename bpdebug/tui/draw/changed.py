"""What changed in the step that led here: values, gradients, and cells of either.

A drawing gives what changed a role with `+changed` behind it, which is an underline: brackets mark
the cells of the current multiplication, so the two are told apart without colour. What was there
and is not any more, since time went back, has changed too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger import Moment
from bpdebug.trace import GradientState

COMPARED = 10_000
"""Arrays of two iterations are compared up to this size; larger ones count as changed."""
Cells = Callable[[tuple[slice, ...]], NDArray[np.bool_]]
"""Which cells of a window changed."""


def changed(role: str, yes: bool) -> str:
    """The role of a stretch, told apart if what it shows changed."""
    return f"{role}+changed" if yes else role


def value_changed(moment: Moment, node: int) -> bool:
    """True where a node's value is not what it was before the step."""
    before = moment.before
    if before is None:
        return False
    now, then = moment.value(node), before.value(node)
    if now is then or now is None or then is None:
        return now is not then
    return now.size > COMPARED or not np.array_equal(now, then, equal_nan=True)


def gradient_changed(moment: Moment, node: int) -> bool:
    """True where a node's gradient is not what it was before the step."""
    then = moment.before
    return then is not None and progress(moment.gradient(node)) != progress(then.gradient(node))


def progress(state: GradientState) -> tuple[object, ...]:
    """How far a gradient has come; in one iteration it is the same where this is."""
    return state.status, state.arrived, state.finished, state.running, state.reached


def gradient_cells(moment: Moment, node: int) -> Cells | None:
    """Which cells of a node's gradient changed; None where none did."""
    before = moment.before
    if before is None or not gradient_changed(moment, node):
        return None
    now, then = moment.gradient(node), before.gradient(node)

    def cells(where: tuple[slice, ...]) -> NDArray[np.bool_]:
        values, known = now.window(where)
        if now.shape != then.shape:
            return known
        old, there = then.window(where)
        differs = (values != old) & ~(np.isnan(values) & np.isnan(old))
        return np.asarray((known != there) | (known & there & differs))

    return cells


def every_cell(where: tuple[slice, ...]) -> NDArray[np.bool_]:
    """For an array that has just come to be: all of it is new."""
    return np.full((), True)
