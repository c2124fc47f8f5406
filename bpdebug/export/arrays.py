"""Arrays in a document: short ones beside their label, matrices below it, large ones in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpdebug.ops import Array
from bpdebug.wording import Script, array_text, fit, grid_lines, summary, width

INDENT = "    "
LINE = 8
"""The most cells of a vector that is written on one line."""
ROWS = 40
COLUMNS = 10
"""A matrix is written whole up to this size; above, its corner and a summary."""
CORNER = 6


def array_lines(named: Sequence[tuple[str, Array]], script: Script) -> Iterator[str]:
    """Labels and arrays, the short arrays in one column behind the widest label."""
    label_width = max((width(label) for label, _ in named), default=0)
    for label, array in named:
        array = np.asarray(array)
        if array.ndim == 0 or (array.ndim == 1 and array.size <= LINE):
            text = array_text(array, script)
            yield f"{INDENT}{fit(label, label_width)}  {text}\n"
            continue
        yield f"{INDENT}{fit(label, label_width)}  {script.shape(array.shape)}\n"
        for line in grid_or_folded(array, script):
            yield f"{INDENT}  {line}\n"


def grid_or_folded(array: Array, script: Script) -> list[str]:
    """The lines of a matrix or a long vector."""
    if array.ndim == 1 and array.size <= ROWS * COLUMNS:
        return folded_lines(array, script)
    fits = array.ndim == 2 and array.shape[0] <= ROWS and array.shape[1] <= COLUMNS
    rows_shown, columns_shown = (ROWS, COLUMNS) if fits else (CORNER, CORNER)
    lines = grid_lines(array, script, rows=rows_shown, columns=columns_shown)
    return lines if fits else [*lines, summary(array, script)]


def folded_lines(array: Array, script: Script) -> list[str]:
    """A long vector in lines of a few cells each, its points below one another."""
    texts = script.aligned(array.tolist())
    return ["  ".join(texts[at : at + LINE]).rstrip() for at in range(0, len(texts), LINE)]
