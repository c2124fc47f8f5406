"""Windows of a grid as texts: which rows and columns fit, and with how many digits.

The grid's focus is in every window. No more cells are formatted than fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array
from bpdebug.records import record, replace
from bpdebug.wording import Script, width

if TYPE_CHECKING:
    from bpdebug.tui.draw.grid import Grid

NARROWEST = 4
"""Cells of the narrowest column: a digit, its brackets, a space."""
FEWEST_DIGITS = 3
"""Digits of the shortest numbers: with fewer digits they say too little."""
USUAL = 8
"""Cells of most columns."""
APART = 5
"""From this many lines on, rows left out above and below are counted on a line each."""


@record
class Sheet:
    """A window of a grid as texts."""

    rows: range
    columns: range
    values: Array
    known: NDArray[np.bool_]
    texts: list[list[str]]
    """A list for each column, a text for each row."""

    @property
    def widths(self) -> list[int]:
        """Cells of each column, with one at both sides of its numbers."""
        return [width(texts[0]) + 2 for texts in self.texts]

    def part(self, columns: range) -> Sheet:
        """The sheet of some of its columns."""
        at = slice(columns.start - self.columns.start, columns.stop - self.columns.start)
        return Sheet(self.rows, columns, self.values[:, at], self.known[:, at], self.texts[at])


def make_sheet(grid: Grid, rows: range, columns: range, script: Script) -> Sheet:
    """A window of a grid as texts, from the grid's cache where it was formatted before."""
    key = grid.row, grid.focus, rows, columns, script
    if key in grid.sheets:
        return grid.sheets[key]
    shape, where = (len(rows), len(columns)), grid.slices(rows, columns)
    values, known = grid.window(where)
    values, known = np.reshape(values, shape), np.reshape(known, shape)
    final = values if grid.final is None else np.reshape(grid.final(where)[0], shape)
    texts = [
        column_texts(known_only(values[:, c], known[:, c]), final[:, c].tolist(), script)
        for c in range(len(columns))
    ]
    if grid.wrong is not None:
        texts = [[f" {text}" for text in column] for column in texts]  # for the sign of a lit cell
    sheet = grid.sheets[key] = Sheet(rows, columns, values, known, texts)
    return sheet


def columns_that_fit(grid: Grid, sheet: Sheet, columns_room: int) -> range:
    """As many of a sheet's columns around the focus as fit; never less than the focus itself."""
    breadth = grid.extent[1]
    widths = sheet.widths
    for room in range(len(sheet.columns), 1, -1):
        columns = grid.visible(1, room, sheet.columns)
        first = columns.start - sheet.columns.start
        needed = sum(widths[first : first + room]) + (columns.stop < breadth)
        if needed + label_width(grid, sheet.rows, columns) <= columns_room:
            return columns
    return grid.visible(1, 1, sheet.columns)


def rows_that_fit(grid: Grid, lines: int) -> range:
    """The rows around the focus that fit, with lines to count the rows that are left out."""
    height = grid.extent[0]
    if height <= lines:
        return range(height)
    rows = grid.visible(0, max(lines - 1, 1))
    if lines >= APART and rows.start and rows.stop < height:
        return grid.visible(0, lines - 2)
    return rows


def fitted(
    grid: Grid, rows: range, script: Script, columns_room: int, least: int = FEWEST_DIGITS
) -> Sheet:
    """A window of these rows as texts, with the columns that fit.

    All numbers have the same number of digits: fewer of them, down to `least`, where all columns
    fit then, or where hardly a column fits otherwise. The focus is never cut.
    """
    breadth = grid.extent[1]
    sheet = columns = None
    for narrowest in (USUAL, NARROWEST):
        # First as many columns as fit as a rule; more are formatted only if these leave room.
        widest = grid.visible(1, min(breadth, max(columns_room // narrowest, 1)))
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
"""Fewer columns than these show too little of a matrix."""


def wider(
    grid: Grid, sheet: Sheet, columns: range, script: Script, columns_room: int, least: int
) -> Sheet:
    """The sheet's columns; with few digits where only a few columns fit and that shows more."""
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


def known_only(values: Array, known: NDArray[np.bool_]) -> list[float | None]:
    """The values as a list; None for those that are not known."""
    return [float(v) if k else None for v, k in zip(values, known, strict=True)]


def column_texts(shown: list[float | None], final: list[float], script: Script) -> list[str]:
    """The texts of a column's numbers, as wide as the final numbers will need.

    Equal lists are formatted once.
    """
    numbers = shown if shown == final else [*shown, *final]
    return script.aligned(numbers)[: len(shown)]
