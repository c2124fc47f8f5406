"""Arrays as plain text: a small array on a line, a window of a larger array as a grid.

A grid begins with the array's shape and has the numbers on the lines below it; `name_value` joins
a name to either.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.expression import Known
from bpdebug.ops import Array, Shape, show_shape
from bpdebug.ticks import GradientState, Status, Term
from bpdebug.wording import Script, cell_texts, window
from bpdebug.wording.grid import left_out

INLINE = 8
"""Entries of an array that is written on a line, at the most."""
ROWS, COLUMNS = 10, 8
"""The size of the window of a larger array."""
NOT_YET = "not computed yet"

WindowReader = Callable[[tuple[slice, ...]], tuple[Array, NDArray[np.bool_] | None]]
"""Gives the values in a window, and which of them are known; None when all are."""


def array_text(array: Array, script: Script, *, note: str = "") -> str:
    """Write an array that is known as a whole: a number, `[1, 2]`, or lines of aligned numbers."""
    array = np.asarray(array)
    if array.dtype == np.bool_:
        return truth_text(array, None, script) + note
    return window_text(array.shape, lambda key: (array[key], None), script, note)


def value_text(known: Known, script: Script, *, note: str = "") -> str:
    """Write the value of an expression; cells that hold nothing yet are `·`.

    `note` follows the value; without a note, a partial value gets a count of its settled cells.
    """
    if known.whole:
        return array_text(np.asarray(known.values), script, note=note)
    settled = known.settled()
    note = note or f"  (partial: {int(np.sum(settled))} of {settled.size} cells)"
    if known.values.dtype == np.bool_:
        return truth_text(np.asarray(known.values), settled, script) + note
    values = np.asarray(known.values, dtype=np.float64)
    begun = settled if known.running is None else settled | known.running
    return window_text(values.shape, lambda key: (values[key], begun[key]), script, note)


def name_value(name: str, value: str) -> str:
    """`b = 1`, or `b, shape (10), columns 0–7 of 10:` with the grid below."""
    return f"{name}, {value}" if "\n" in value else f"{name} = {value}"


def truth_text(array: NDArray[Any], known: NDArray[np.bool_] | None, script: Script) -> str:
    """`True`, `[[True, False], [·, True]]`, or for many entries how many are true."""
    if array.size > INLINE:
        true = array if known is None else array & known
        return f"{int(np.count_nonzero(true))} of {array.size} entries are True"
    return brackets(array, known, str, script)


def gradient_text(state: GradientState, script: Script, term: Term | None = None) -> str:
    """Write a gradient as far as it is accumulated; cells that hold nothing yet are `·`.

    `term` is the multiplication under the cursor where it adds to this gradient, else None.
    """
    if state.status in (Status.NONE, Status.PENDING):
        return str(state.status.value)
    return window_text(state.shape, state.window, script, partial_note(state, term))


def partial_note(state: GradientState, term: Term | None) -> str:
    """What a gradient waits for: terms of a cell, cells of a contribution, contributions."""
    if state.status is Status.WHOLE:
        return ""
    parts, many_cells = [], prod(state.shape) > 1
    if state.current is not None and many_cells:
        parts.append(f"{state.reached} of {state.reachable} cells")
    if term is not None and term.summand + 1 < term.summands:
        terms = f"{term.summand + 1} of {term.summands} terms"
        parts.append(f"{terms} of the next cell" if many_cells else terms)
    if state.expected > 1:
        parts.append(f"{state.arrived} of {state.expected} contributions")
    return f"  (partial: {', '.join(parts)})"


def window_text(shape: Shape, read: WindowReader, script: Script, note: str = "") -> str:
    """Write a small tensor on a line, of a larger one its shape and a window; then the note."""
    if prod(shape) <= INLINE:
        values, known = read(tuple(slice(None) for _ in shape))
        return brackets(np.asarray(values), known, script.number, script) + note
    view = window(shape, rows=ROWS, columns=COLUMNS)
    values, known = read(view.where)
    size = (len(view.rows), len(view.columns))
    rows = cell_texts(
        np.reshape(values, size), script, None if known is None else np.reshape(known, size)
    )
    title = f"shape {show_shape(shape)}"
    if not view.whole:
        title += f", {left_out(shape, view, False, script)}"
    return "\n".join([f"{title}{note}:", *(f"  {'  '.join(row).rstrip()}" for row in rows)])


def brackets(
    values: NDArray[Any],
    known: NDArray[np.bool_] | None,
    to_text: Callable[[Any], str],
    script: Script,
) -> str:
    """Write values in nested brackets on a line; what is not known yet is `·`."""
    if not values.shape:
        return to_text(values.item()) if known is None or known else script.pending
    inner = (
        brackets(np.asarray(values[i]), None if known is None else known[i], to_text, script)
        for i in range(len(values))
    )
    return f"[{', '.join(inner)}]"
