"""Arrays as plain text: all of a small one on a line, a window of a larger one as a grid."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import NDArray

from bpdebug.expression import Known
from bpdebug.ops import Array, Shape
from bpdebug.trace import GradientState, Status
from bpdebug.wording import cell_texts, number, shape_text, window
from bpdebug.wording.grid import left_out
from bpdebug.wording.numbers import pending

INLINE = 8
"""An array of at most so many entries is written on one line."""
ROWS, COLUMNS = 10, 8
"""The window of a larger one."""
NOT_YET = "not computed yet"

Part = Callable[[tuple[slice, ...]], tuple[Array, NDArray[np.bool_] | None]]
"""The values of a window, and which of them are there; None when all are."""


def array_text(array: Array, digits: int, *, unicode: bool = True) -> str:
    """An array that is known as a whole: a number, `[1, 2]`, or lines of aligned numbers."""
    array = np.asarray(array)
    if array.dtype == np.bool_:
        return bool_text(array)
    return text(array.shape, lambda where: (array[where], None), digits, unicode)


def known_text(known: Known, digits: int, *, unicode: bool = True) -> str:
    """The value of an expression; cells that hold nothing yet are `·`."""
    if known.whole:
        return array_text(np.asarray(known.values), digits, unicode=unicode)
    values = np.asarray(known.values, dtype=np.float64)
    there = known.settled() if known.running is None else known.settled() | known.running
    shown = text(values.shape, lambda where: (values[where], there[where]), digits, unicode)
    lead, line, rest = shown.partition("\n")
    return f"{lead}  (partial: {int(np.sum(known.settled()))} of {values.size} cells){line}{rest}"


def bool_text(array: Array) -> str:
    """True or False, or how many entries are true."""
    if array.size > INLINE:
        return f"{int(np.count_nonzero(array))} of {array.size} entries are True"
    return " ".join(str(bool(cell)) for cell in array.reshape(-1))


def gradient_text(state: GradientState, digits: int, *, unicode: bool = True) -> str:
    """A gradient as far as it has come; cells without anything yet are `·`."""
    if state.status in (Status.NONE, Status.PENDING):
        return str(state.status.value)
    shown = text(state.shape, state.window, digits, unicode)
    lead, line, rest = shown.partition("\n")
    return f"{lead}{progress(state)}{line}{rest}"


def progress(state: GradientState) -> str:
    """What is still to come: cells of this contribution, and whole contributions."""
    if state.status is Status.WHOLE:
        return ""
    parts = []
    if state.current is not None:
        parts.append(f"{state.cells_done} of {prod(state.shape)} cells")
    if state.expected > 1:
        parts.append(f"{state.arrived} of {state.expected} contributions")
    return f"  (partial: {', '.join(parts)})"


def text(shape: Shape, part: Part, digits: int, unicode: bool) -> str:
    """The numbers of a window, with the shape where they take more than one line."""
    if prod(shape) <= INLINE:
        values, known = part(tuple(slice(None) for _ in shape))
        return nested(np.asarray(values), known, digits, unicode)
    seen = window(shape, rows=ROWS, columns=COLUMNS)
    values, known = part(seen.where)
    size = (len(seen.rows), len(seen.columns))
    rows = cell_texts(
        np.reshape(values, size),
        None if known is None else np.reshape(known, size),
        digits=digits,
        unicode=unicode,
    )
    title = shape_text(shape, unicode=unicode)
    if not seen.whole:
        title += f", {left_out(shape, seen, False, unicode)}"
    return "\n".join([title, *(f"  {'  '.join(row).rstrip()}" for row in rows)])


def nested(values: Array, known: NDArray[np.bool_] | None, digits: int, unicode: bool) -> str:
    """Nested brackets on one line."""
    if not values.shape:
        there = known is None or bool(known)
        return number(float(values), digits, unicode=unicode) if there else pending(unicode=unicode)
    inner = (
        nested(np.asarray(values[i]), None if known is None else known[i], digits, unicode)
        for i in range(len(values))
    )
    return f"[{', '.join(inner)}]"
