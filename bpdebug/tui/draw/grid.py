"""A grid of numbers: a window of a tensor around the cell that matters, aligned and lit.

A tensor that does not fit is shown as the window around its focus, with its full shape in the
title; nothing here ever formats more cells than fit on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array, Index, Shape
from bpdebug.record import record, replace
from bpdebug.tui.draw.changed import Cells, changed
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.measure import measure
from bpdebug.wording import aligned, number, width
from bpdebug.wording.grid import stretch

ROLES = ("upstream ", "local ", "result ")
"""Beginnings of titles that say what part a grid plays; the rest is its name."""
Window = Callable[[tuple[slice, ...]], tuple[Array, NDArray[np.bool_]]]


@record
class Grid:
    """What to draw: where the numbers come from, which cell is lit, and how a vector lies."""

    title: str
    shape: Shape
    window: Window
    """Values and known-mask of a window, given as one slice per axis."""
    lit: Index | None = None
    """The cell of the current multiplication."""
    row: bool = False
    """A vector lies as a row; else it stands as a column."""
    final: Window | None = None
    """What the cells will come to: it decides the columns' widths only, so that nothing jumps
    as the grid fills in. None of its numbers is shown."""
    changed: Cells | None = None
    """Which cells changed since the stop before; None where none did."""
    whole: Array | None = None
    """The array, where it is known as a whole: a window then comes with its length."""
    sheets: dict[Hashable, Sheet] = field(default_factory=dict)
    """Windows that were formatted already: one arrangement after another is tried with them."""

    @property
    def focus(self) -> Index:
        """The cell that must stay visible."""
        return self.lit if self.lit is not None else (0,) * len(self.shape)

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns as drawn."""
        if not self.shape:
            return 1, 1
        if len(self.shape) == 1:
            return (1, self.shape[0]) if self.row else (self.shape[0], 1)
        return self.shape[-2], self.shape[-1]

    @property
    def at(self) -> tuple[int, int]:
        """The focus in rows and columns."""
        focus = self.focus
        if not focus:
            return 0, 0
        if len(focus) == 1:
            return (0, focus[0]) if self.row else (focus[0], 0)
        return focus[-2], focus[-1]


def of_array(array: Array) -> Window:
    """The window function of an array that is known as a whole."""
    whole = np.asarray(array)

    def window(where: tuple[slice, ...]) -> tuple[Array, NDArray[np.bool_]]:
        piece = whole[where]
        return piece, np.full(np.shape(piece), True)

    return window


def cells(grid: Grid, rows: range, columns: range) -> tuple[Array, NDArray[np.bool_]]:
    """Values and known-mask of a window, as rows and columns."""
    shape = (len(rows), len(columns))
    where = slices(grid, rows, columns)
    values, known = grid.window(where)
    return (
        np.reshape(values, shape),
        np.reshape(known, shape),
    )


def slices(grid: Grid, rows: range, columns: range) -> tuple[slice, ...]:
    """A drawn window as slices of the tensor; leading axes stay at the focus."""
    down, across = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
    if not grid.shape:
        return ()
    if len(grid.shape) == 1:
        return (across,) if grid.row else (down,)
    lead = tuple(slice(i, i + 1) for i in grid.focus[:-2])
    return (*lead, down, across)


def heat(value: float, scale: float) -> str:
    """The role of a number on the diverging scale centred at 0."""
    if not np.isfinite(value):
        return "warning"
    if value == 0 or scale == 0:
        return "text"
    level = min(3, 1 + int(3 * abs(value) / scale * 0.999))
    return f"heat{'+' if value > 0 else '-'}{level}"


class Block(list[Line]):
    """One drawn grid, or several of them: its lines, the first of them a title."""

    def __init__(self, lines: list[Line], cells: int, whole: bool) -> None:
        super().__init__(lines)
        self.cells = cells
        """How many numbers are shown."""
        self.whole = whole
        """True where every cell is shown."""


def draw(grid: Grid, columns_room: int, rows_room: int, look: Look) -> Block:
    """The grid in at most so many cells across and lines down; the first line is its title."""
    height, breadth = grid.extent
    # Column numbers take a line of their own, where it is known that not all columns fit.
    numbered = breadth * NARROWEST > columns_room
    rows = rows_that_fit(grid, rows_room - 1 - numbered)
    sheet, columns = fitted(grid, rows, look, columns_room)
    if not numbered and len(columns) < breadth and len(rows) + 1 > rows_room - 1:
        rows = rows_that_fit(grid, rows_room - 2)
        sheet, columns = fitted(grid, rows, look, columns_room)
    whole = len(columns) == breadth and len(rows) == height
    head = title(grid, columns_room)
    if not whole and grid.whole is not None:
        room = columns_room - head.width
        told = [text for text in measure_texts(grid.whole, look) if width(text) <= room]
        head.add(told[0] if told else "", "quiet")
    lines = [head, *body(grid, sheet, columns)]
    return Block(lines, len(rows) * len(columns), whole)


FEWEST_DIGITS = 4
"""Numbers get so few digits before a column is left out."""
USUAL = 8
"""Cells that a column takes as a rule."""
LEAST_WIDTH = 8
"""About what a column of so few digits takes."""


def fitted(grid: Grid, rows: range, look: Look, columns_room: int) -> tuple[Sheet, range]:
    """A window as texts, and which of its columns there is room for: digits go before columns."""
    breadth, at = grid.extent[1], grid.at[1]
    sheet = columns = None
    for narrowest in (USUAL, NARROWEST):
        # Few numbers are as narrow as a number may be: more are formatted only where they fit.
        widest = stretch(breadth, at, min(breadth, max(columns_room // narrowest, 1)))
        sheet = make_sheet(grid, rows, widest, look)
        columns = columns_that_fit(grid, sheet, columns_room)
        if len(columns) < len(widest) or len(widest) == breadth:
            break
    assert sheet is not None and columns is not None
    if len(columns) == breadth:
        return sheet, columns
    if breadth * LEAST_WIDTH > columns_room:
        return wider(grid, sheet, columns, look, columns_room)
    for digits in range(look.digits - 1, FEWEST_DIGITS - 1, -1):
        shorter = make_sheet(grid, rows, range(breadth), replace(look, digits=digits))
        if len(columns_that_fit(grid, shorter, columns_room)) == breadth:
            return shorter, range(breadth)
    return sheet, columns


SEVERAL = 4
"""Fewer columns than these say little of a matrix."""


def wider(
    grid: Grid, sheet: Sheet, columns: range, look: Look, columns_room: int
) -> tuple[Sheet, range]:
    """A window of a large tensor with few digits, where with many it shows hardly a column."""
    if len(columns) >= SEVERAL or look.digits <= FEWEST_DIGITS:
        return sheet, columns
    few = replace(look, digits=FEWEST_DIGITS)
    shorter = make_sheet(grid, sheet.rows, sheet.columns, few)
    more = columns_that_fit(grid, shorter, columns_room)
    return (shorter, more) if len(more) > len(columns) else (sheet, columns)


def measure_texts(array: Array, look: Look) -> list[str]:
    """What is said of an array that is not shown whole: norm and ends; the norm alone."""
    found = measure(array)
    digits = min(4, look.digits)
    norm, least, most = (
        number(value, digits, unicode=look.unicode)
        for value in (found.norm, found.least, found.most)
    )
    sign = "‖·‖" if look.unicode else "|.|"
    return [f"  {sign} {norm}  from {least} to {most}", f"  {sign} {norm}"]


def rows_that_fit(grid: Grid, lines: int) -> range:
    """The rows around the focus that fit; their numbers stand before them where not all do."""
    return stretch(grid.extent[0], grid.at[0], max(lines, 1))


NARROWEST = 4
"""No column takes fewer cells than this: a digit, its brackets, a space."""


@record
class Sheet:
    """A window of numbers as texts; formatted once, whichever of its columns are shown."""

    rows: range
    columns: range
    values: Array
    known: NDArray[np.bool_]
    texts: list[list[str]]
    """By column."""


def make_sheet(grid: Grid, rows: range, columns: range, look: Look) -> Sheet:
    """Fetch and format a window, once."""
    asked = grid.row, grid.focus, rows, columns, look
    made = grid.sheets.get(asked)
    if made is not None:
        return made
    values, known = cells(grid, rows, columns)
    final = values
    if grid.final is not None:
        final = np.reshape(grid.final(slices(grid, rows, columns))[0], values.shape)
    texts = [
        column_texts(known_only(values[:, c], known[:, c]), final[:, c].tolist(), look)
        for c in range(len(columns))
    ]
    made = grid.sheets[asked] = Sheet(rows, columns, values, known, texts)
    return made


def columns_that_fit(grid: Grid, sheet: Sheet, columns_room: int) -> range:
    """As many of a sheet's columns around the focus as there is room for; one at the least."""
    breadth = grid.extent[1]
    widths = [width(texts[0]) + 2 for texts in sheet.texts]
    for room in range(len(sheet.columns), 1, -1):
        columns = stretch(breadth, grid.at[1], room)
        first = columns.start - sheet.columns.start
        needed = sum(widths[first : first + room]) + (columns.stop < breadth)
        if needed + label_width(grid, sheet.rows, columns) <= columns_room:
            return columns
    return stretch(breadth, grid.at[1], 1)


def label_width(grid: Grid, rows: range, columns: range) -> int:
    """Cells of the row numbers, which stand where a matrix or column is shown in part."""
    height, breadth = grid.extent
    partial = len(rows) < height or len(columns) < breadth
    return len(str(rows[-1])) + 1 if partial and height > 1 else 1 if columns.start else 0


def title(grid: Grid, room: int) -> Line:
    """The grid's part, its name, and its shape; where there is little room the name is cut."""
    begins = grid.title.startswith(ROLES)
    role, _, name = grid.title.partition(" ") if begins else ("", "", grid.title)
    shape = f" ({'×'.join(str(n) for n in grid.shape)})" if grid.shape else ""
    if len(grid.shape) > 2:
        shape += f" [{', '.join(str(i) for i in grid.focus[:-2])}, :, :]"
    line = Line(role + " " if role else "", "quiet")
    line.extend(Line(name, "title").cut(max(room - line.width - len(shape), 2)))
    return line.add(shape, "quiet").cut(room)


def body(grid: Grid, sheet: Sheet, columns: range) -> list[Line]:
    """The numbers of a window; row and column numbers appear where the window is not all of it."""
    breadth = grid.extent[1]
    rows = sheet.rows
    first = columns.start - sheet.columns.start
    part = slice(first, first + len(columns))
    values, known = sheet.values[:, part], sheet.known[:, part]
    texts = sheet.texts[part]
    finite = values[known & np.isfinite(values)]
    scale = float(np.max(np.abs(finite))) if finite.size else 0.0
    new = changed_cells(grid, rows, columns)
    label = label_width(grid, rows, columns)
    lines = [numbers_above(columns, label, texts)] if len(columns) < breadth else []
    for r, row in enumerate(rows):
        line = Line(row_label(row, label, columns.start > 0), "quiet")
        for c, column in enumerate(columns):
            role = heat(float(values[r, c]), scale) if known[r, c] else "pending"
            if grid.lit is not None and (row, column) == grid.at:
                line.add("[", "lit").add(texts[c][r], f"{role}+lit").add("]", "lit")
            else:
                line.add(" ").add(texts[c][r], changed(role, bool(new[r, c]))).add(" ")
        if columns.stop < breadth:
            line.add("…", "quiet")
        lines.append(line)
    return lines


def changed_cells(grid: Grid, rows: range, columns: range) -> NDArray[np.bool_]:
    """Which cells of a drawn window changed."""
    shape = (len(rows), len(columns))
    if grid.changed is None:
        return np.full(shape, False)
    cells = grid.changed(slices(grid, rows, columns))
    return np.reshape(np.broadcast_to(cells, cells.shape or shape), shape)


def row_label(row: int, label: int, cut: bool) -> str:
    """A row's number, set off from the numbers of the grid; `…` where columns are left out."""
    if label == 0:
        return ""
    border = "…" if cut else "│"
    return f"{row:>{label - 1}}{border}" if label > 1 else border


def known_only(values: Array, known: NDArray[np.bool_]) -> list[float | None]:
    """The values, None where nothing is known yet."""
    return [float(v) if k else None for v, k in zip(values, known, strict=True)]


def column_texts(
    shown: list[float | None], final: list[float], look: Look, digits: int = 0
) -> list[str]:
    """A column's texts, as wide as it will ever get; the numbers of the future stay hidden."""
    # Where all is known they are the same numbers, and need not be written twice.
    told = shown if shown == final else [*shown, *final]
    return aligned(told, digits or look.digits, unicode=look.unicode)[: len(shown)]


def numbers_above(columns: range, label: int, texts: list[list[str]]) -> Line:
    """Column numbers over a window that shows some columns only."""
    line = Line(" " * label)
    for c, column in enumerate(columns):
        # Written as an index, so that it is not read as one of the numbers.
        line.add(f"{f'[{column}]':^{width(texts[c][0]) + 2}}", "quiet")
    return line
