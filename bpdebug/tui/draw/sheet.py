"""Windows of a tensor as texts: which rows and columns there is room for, and with how many digits.

What matters now, the focus, has the room first. Nothing here formats more cells than fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array
from bpdebug.record import record, replace
from bpdebug.wording import Script, width
from bpdebug.wording.page import visible_range

if TYPE_CHECKING:
    from bpdebug.tui.draw.grid import Grid

NARROWEST = 4
"""No column takes fewer cells than this: a digit, its brackets, a space."""


FEWEST_DIGITS = 3
"""Numbers get so few digits before a column is left out; fewer say too little."""
USUAL = 8
"""Cells that a column takes as a rule."""


APART = 5
"""From so many lines on, rows left out above and below the window have a mark each."""


@record
class Sheet:
    """A window of numbers as texts; formatted once, whichever of its columns are shown."""

    rows: range
    columns: range
    values: Array
    known: NDArray[np.bool_]
    texts: list[list[str]]
    """By column."""

    @property
    def widths(self) -> list[int]:
        """Cells of each column, with one at both sides of its numbers."""
        return [width(texts[0]) + 2 for texts in self.texts]

    def part(self, columns: range) -> Sheet:
        """The window with some of its columns only."""
        at = slice(columns.start - self.columns.start, columns.stop - self.columns.start)
        return Sheet(self.rows, columns, self.values[:, at], self.known[:, at], self.texts[at])


def make_sheet(grid: Grid, rows: range, columns: range, script: Script) -> Sheet:
    """Fetch and format a window, once."""
    asked = grid.row, grid.focus, rows, columns, script
    made = grid.sheets.get(asked)
    if made is not None:
        return made
    values, known = cells(grid, rows, columns)
    final = values
    if grid.final is not None:
        final = np.reshape(grid.final(grid.slices(rows, columns))[0], values.shape)
    texts = [
        column_texts(known_only(values[:, c], known[:, c]), final[:, c].tolist(), script)
        for c in range(len(columns))
    ]
    made = grid.sheets[asked] = Sheet(rows, columns, values, known, texts)
    return made


def columns_that_fit(grid: Grid, sheet: Sheet, columns_room: int) -> range:
    """As many of a sheet's columns around the focus as there is room for; one at the least."""
    breadth = grid.extent[1]
    widths = sheet.widths
    for room in range(len(sheet.columns), 1, -1):
        columns = visible_range(breadth, grid.at[1], room)
        first = columns.start - sheet.columns.start
        needed = sum(widths[first : first + room]) + (columns.stop < breadth)
        if needed + label_width(grid, sheet.rows, columns) <= columns_room:
            return columns
    return visible_range(breadth, grid.at[1], 1)


def rows_that_fit(grid: Grid, lines: int) -> range:
    """The rows around the focus that fit beside the marks for those that are left out."""
    extent, at = grid.extent[0], grid.at[0]
    if extent <= lines:
        return range(extent)
    shown = visible_range(extent, at, max(lines - 1, 1))
    if lines >= APART and shown.start and shown.stop < extent:
        return visible_range(extent, at, lines - 2)
    return shown


def fitted(
    grid: Grid, rows: range, script: Script, columns_room: int, least: int = FEWEST_DIGITS
) -> Sheet:
    """A window as texts, with the columns that there is room for.

    All numbers have the same number of digits. Digits go before columns, down to `least`; where
    hardly a column fits, the window has few digits too. The focus is there in any case, whole.
    """
    breadth, at = grid.extent[1], grid.at[1]
    sheet = columns = None
    for narrowest in (USUAL, NARROWEST):
        # Few numbers are as narrow as a number may be: more are formatted only where they fit.
        widest = visible_range(breadth, at, min(breadth, max(columns_room // narrowest, 1)))
        sheet = make_sheet(grid, rows, widest, script)
        columns = columns_that_fit(grid, sheet, columns_room)
        if len(columns) < len(widest) or len(widest) == breadth:
            break
    assert sheet is not None and columns is not None
    if breadth * NARROWEST > columns_room:
        return wider(grid, sheet, columns, script, columns_room, least)
    for digits in range(script.digits, least - 1, -1):
        shorter = make_sheet(grid, rows, range(breadth), replace(script, digits=digits))
        if sum(shorter.widths) + label_width(grid, rows, shorter.columns) <= columns_room:
            return shorter
    return wider(grid, sheet, columns, script, columns_room, least)


SEVERAL = 4
"""Fewer columns than these say little of a matrix."""


def wider(
    grid: Grid, sheet: Sheet, columns: range, script: Script, columns_room: int, least: int
) -> Sheet:
    """A window of a large tensor with few digits, where with many it shows hardly a column."""
    if len(columns) < SEVERAL and script.digits > least:
        shorter = make_sheet(grid, sheet.rows, sheet.columns, replace(script, digits=least))
        more = columns_that_fit(grid, shorter, columns_room)
        if len(more) > len(columns) or len(columns) == 1:
            return shorter.part(more)
    return sheet.part(columns)


def label_width(grid: Grid, rows: range, columns: range) -> int:
    """Cells of the row numbers, which stand where a matrix or column is shown in part."""
    height, breadth = grid.extent
    partial = len(rows) < height or len(columns) < breadth
    return len(str(rows[-1])) + 1 if partial and height > 1 else 1 if columns.start else 0


def cells(grid: Grid, rows: range, columns: range) -> tuple[Array, NDArray[np.bool_]]:
    """Values and known-mask of a window, as rows and columns."""
    shape = (len(rows), len(columns))
    where = grid.slices(rows, columns)
    values, known = grid.window(where)
    return np.reshape(values, shape), np.reshape(known, shape)


def known_only(values: Array, known: NDArray[np.bool_]) -> list[float | None]:
    """The values, None where nothing is known yet."""
    return [float(v) if k else None for v, k in zip(values, known, strict=True)]


def column_texts(shown: list[float | None], final: list[float], script: Script) -> list[str]:
    """A column's texts, as wide as it will ever get; the numbers of the future stay hidden."""
    # Where all is known they are the same numbers, and need not be written twice.
    told = shown if shown == final else [*shown, *final]
    return script.aligned(told)[: len(shown)]
