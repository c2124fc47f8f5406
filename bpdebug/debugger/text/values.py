"""Arrays as plain text: all of a small one on a line, a window of a larger one as a grid.

What is on one line is a value. A grid begins with its shape and has the numbers on the lines below;
`named` joins either to a name.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.expression import Known
from bpdebug.ops import Array, Shape, show_shape
from bpdebug.trace import GradientState, Status, Term
from bpdebug.wording import Script, cell_texts, window
from bpdebug.wording.grid import left_out

INLINE = 8
"""An array of at most so many entries is written on one line."""
ROWS, COLUMNS = 10, 8
"""The window of a larger one."""
NOT_YET = "not computed yet"

WindowReader = Callable[[tuple[slice, ...]], tuple[Array, NDArray[np.bool_] | None]]
"""The values of a window, and which of them are there; None when all are."""


def array_text(array: Array, script: Script, *, note: str = "") -> str:
    """An array that is known as a whole: a number, `[1, 2]`, or lines of aligned numbers."""
    array = np.asarray(array)
    if array.dtype == np.bool_:
        return truth_text(array, None, script) + note
    return window_text(array.shape, lambda where: (array[where], None), script, note)


def value_text(known: Known, script: Script, *, note: str = "") -> str:
    """The value of an expression; cells that hold nothing yet are `·`.

    `note` says what else there is to know; where some cells are still to come and there is none,
    the settled cells are counted.
    """
    if known.whole:
        return array_text(np.asarray(known.values), script, note=note)
    if known.values.dtype == np.bool_:
        settled = known.settled()
        note = note or f"  (partial: {int(np.sum(settled))} of {settled.size} cells)"
        return truth_text(np.asarray(known.values), settled, script) + note
    values = np.asarray(known.values, dtype=np.float64)
    there = known.settled() if known.running is None else known.settled() | known.running
    note = note or f"  (partial: {int(np.sum(known.settled()))} of {values.size} cells)"
    return window_text(values.shape, lambda where: (values[where], there[where]), script, note)


def name_value(name: str, shown: str) -> str:
    """`b = 1`, or `b, shape (10), columns 0–7 of 10:` with the grid below."""
    return f"{name}, {shown}" if "\n" in shown else f"{name} = {shown}"


def truth_text(array: NDArray[Any], known: NDArray[np.bool_] | None, script: Script) -> str:
    """`True`, `[[True, False], [·, True]]`, or of many how many entries are true."""
    if array.size > INLINE:
        true = array if known is None else array & known
        return f"{int(np.count_nonzero(true))} of {array.size} entries are True"
    return brackets(array, known, str, script)


def gradient_text(state: GradientState, script: Script, term: Term | None = None) -> str:
    """A gradient as far as it has come; cells without anything yet are `·`.

    `term` is the multiplication that was made last, where it is one of this gradient's.
    """
    if state.status in (Status.NONE, Status.PENDING):
        return str(state.status.value)
    return window_text(state.shape, state.window, script, partial_note(state, term))


def partial_note(state: GradientState, term: Term | None) -> str:
    """What is still to come: terms of a cell, cells of a contribution, whole contributions."""
    if state.status is Status.WHOLE:
        return ""
    parts, many = [], prod(state.shape) > 1
    if state.current is not None and many:
        parts.append(f"{state.reached} of {state.reachable} cells")
    if term is not None and term.summand + 1 < term.summands:
        terms = f"{term.summand + 1} of {term.summands} terms"
        parts.append(f"{terms} of the next cell" if many else terms)
    if state.expected > 1:
        parts.append(f"{state.arrived} of {state.expected} contributions")
    return f"  (partial: {', '.join(parts)})"


def window_text(shape: Shape, part: WindowReader, script: Script, note: str = "") -> str:
    """The numbers of a window and a note; the shape too where they take more than one line."""
    if prod(shape) <= INLINE:
        values, known = part(tuple(slice(None) for _ in shape))
        return brackets(np.asarray(values), known, script.number, script) + note
    seen = window(shape, rows=ROWS, columns=COLUMNS)
    values, known = part(seen.where)
    size = (len(seen.rows), len(seen.columns))
    rows = cell_texts(
        np.reshape(values, size), script, None if known is None else np.reshape(known, size)
    )
    title = f"shape {show_shape(shape)}"
    if not seen.whole:
        title += f", {left_out(shape, seen, False, script)}"
    return "\n".join([f"{title}{note}:", *(f"  {'  '.join(row).rstrip()}" for row in rows)])


def brackets(
    values: NDArray[Any],
    known: NDArray[np.bool_] | None,
    shown: Callable[[Any], str],
    script: Script,
) -> str:
    """Nested brackets on one line; what is not known yet is `·`."""
    if not values.shape:
        there = known is None or bool(known)
        return shown(values.item()) if there else script.pending
    inner = (
        brackets(np.asarray(values[i]), None if known is None else known[i], shown, script)
        for i in range(len(values))
    )
    return f"[{', '.join(inner)}]"
