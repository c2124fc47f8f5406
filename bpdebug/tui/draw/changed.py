"""What changed in the step that led here: values, gradients, and cells of either.

The role of a changed text ends in `+changed`, which is drawn as an underline; cells of the current
multiplication are in brackets, so that both can be seen without colour. What a step back in time
has removed counts as changed too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger import Moment
from bpdebug.ticks import GradientState

COMPARED = 10_000
"""Arrays of two iterations are compared up to this size; larger ones count as changed."""
Cells = Callable[[tuple[slice, ...]], NDArray[np.bool_]]
"""Which cells of a window changed."""


def changed(role: str, yes: bool) -> str:
    """The role of a text; with `+changed` behind it if what it shows changed."""
    return f"{role}+changed" if yes else role


def value_changed(moment: Moment, node: int) -> bool:
    """True where the step that led here changed a node's value; False after a jump."""
    before = moment.before
    if before is None:
        return False
    now, then = moment.value(node), before.value(node)
    if now is then or now is None or then is None:
        return now is not then
    return now.size > COMPARED or not np.array_equal(now, then, equal_nan=True)


def gradient_changed(moment: Moment, node: int) -> bool:
    """True where the step that led here changed a node's gradient; False after a jump."""
    if moment.before is None:
        return False
    now, then = moment.gradient(node), moment.before.gradient(node)
    return gradient_progress(now) != gradient_progress(then)


def gradient_progress(state: GradientState) -> tuple[object, ...]:
    """How far a gradient has come; where this is equal in an iteration, so is the gradient."""
    return state.status, state.arrived, state.finished, state.running, state.reached


def gradient_cells(moment: Moment, node: int) -> Cells | None:
    """A function that gives a window's changed cells of a node's gradient; None if none changed."""
    before = moment.before
    if before is None or not gradient_changed(moment, node):
        return None
    now, then = moment.gradient(node), before.gradient(node)

    def cells(where: tuple[slice, ...]) -> NDArray[np.bool_]:
        values, known = now.window(where)
        if now.shape != then.shape:
            return known
        old, was_known = then.window(where)
        differs = (values != old) & ~(np.isnan(values) & np.isnan(old))
        return np.asarray((known != was_known) | (known & was_known & differs))

    return cells


def every_cell(where: tuple[slice, ...]) -> NDArray[np.bool_]:
    """The `Cells` of an array that the step that led here has made: all of them are new."""
    return np.full((), True)
