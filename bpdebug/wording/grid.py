"""Tensors as small grids of text: a window where they are large, `·` where nothing is computed yet.

No function here builds the text of a large tensor: the window is cut first, then written.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import FLOAT64, Array, Index, Shape, of_dtype
from bpdebug.records import record
from bpdebug.wording.page import page_position, page_shape, page_slices, visible_range
from bpdebug.wording.script import Script

ROWS = 8
COLUMNS = 8


@record
class TensorWindow:
    """A part of a tensor: a slice for each axis, and its rows and columns."""

    where: tuple[slice, ...]
    rows: range
    columns: range
    whole: bool
    """True when nothing is left out."""


def window(
    shape: Shape,
    cell: Index | None = None,
    rows: int = ROWS,
    columns: int = COLUMNS,
    *,
    column: bool = False,
) -> TensorWindow:
    """The part of a tensor of this shape to show, with the cell in it.

    Leading axes stay at the cell's index. A vector is a row; with `column`, a column.
    """
    focus = cell if cell is not None else (0,) * len(shape)
    height, breadth = page_shape(shape, row=not column)
    row_at, column_at = page_position(focus, row=not column)
    down, across = visible_range(height, row_at, rows), visible_range(breadth, column_at, columns)
    where = page_slices(focus, down, across, row=not column)
    return TensorWindow(where, down, across, len(down) * len(across) == prod(shape))


def cell_texts(
    values: Array, script: Script, computed: NDArray[np.bool_] | None = None
) -> list[list[str]]:
    """The texts of a matrix, row by row, each column aligned on its decimal points."""
    values = np.atleast_2d(values)
    computed_cells = (
        np.full(values.shape, True) if computed is None else np.reshape(computed, values.shape)
    )
    columns = [
        script.aligned(
            [
                float(v) if k else None
                for v, k in zip(values[:, c], computed_cells[:, c], strict=True)
            ]
        )
        for c in range(values.shape[1])
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def grid_lines(
    values: Array,
    script: Script,
    computed: NDArray[np.bool_] | None = None,
    *,
    cell: Index | None = None,
    rows: int = ROWS,
    columns: int = COLUMNS,
    column: bool = False,
) -> list[str]:
    """A tensor as lines of text, around `cell`, which stands in square brackets.

    `computed` marks the cells that hold a number; the others are `·`. What does not fit is left
    out, and the last line says so.
    """
    values = np.asarray(values)
    part = window(values.shape, cell, rows, columns, column=column)
    size = (len(part.rows), len(part.columns))
    shown = np.reshape(values[part.where], size)
    computed_cells = (
        None if computed is None else np.reshape(np.asarray(computed)[part.where], size)
    )
    texts = cell_texts(shown, script, computed_cells)
    lit = lit_cell(cell, part, column)
    lines = []
    for r, row in enumerate(texts):
        line = "".join(f"[{text}]" if (r, c) == lit else f" {text} " for c, text in enumerate(row))
        cut = part.columns.stop < page_shape(values.shape, row=not column)[1]
        lines.append((line + script.dots * cut).rstrip())
    if not part.whole:
        lines.append(left_out(values.shape, part, column, script))
    return lines


def lit_cell(cell: Index | None, part: TensorWindow, column: bool) -> tuple[int, int] | None:
    """The cell's row and column inside the window."""
    if cell is None:
        return None
    down, across = page_position(cell, row=not column)
    return down - part.rows.start, across - part.columns.start


def left_out(shape: Shape, part: TensorWindow, column: bool, script: Script) -> str:
    """Which part of how much is shown."""
    parts = []
    if len(shape) > 2:
        parts.append(f"[{','.join(str(s.start) for s in part.where[:-2])},:,:]")
    height, breadth = page_shape(shape, row=not column)
    if len(part.rows) < height:
        parts.append(f"rows {part.rows[0]}{script.dash}{part.rows[-1]} of {height}")
    if len(part.columns) < breadth:
        parts.append(f"columns {part.columns[0]}{script.dash}{part.columns[-1]} of {breadth}")
    return ", ".join(parts)


def array_text(values: Array, script: Script, *, limit: int = 64) -> str:
    """An array on one line, `[0.1, 0.2]`; above `limit` cells its shape and a summary."""
    values = np.asarray(values)
    if values.size > limit:
        return summary(values, script)
    return nested(values, script)


def nested(values: Array, script: Script) -> str:
    """The brackets of a small array."""
    if values.ndim == 0:
        return script.number(float(values))
    return f"[{', '.join(nested(np.asarray(part), script) for part in values)}]"


def summary(values: Array, script: Script) -> str:
    """The summary of a large tensor: its shape, norm, least and largest entry."""
    values = np.asarray(values)
    with np.errstate(all="ignore"):
        size = float(np.linalg.norm(of_dtype(values, FLOAT64)))
        low, high = float(np.min(values)), float(np.max(values))
    shape = script.shape(values.shape) or "scalar"
    bars = script.either("‖·‖", "norm")
    least, most = (script.number(v) for v in (low, high))
    return f"{shape}, {bars} {script.number(size)}, from {least} to {most}"
