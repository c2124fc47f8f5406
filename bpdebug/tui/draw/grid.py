"""A grid of numbers: a window of a tensor around the cell that matters, aligned and lit.

A tensor that does not fit is shown as the window around its focus, with its full shape in the
title; nothing here ever formats more cells than fit on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array, Index, Shape
from bpdebug.record import record
from bpdebug.tui.draw.changed import Cells, changed
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.measures import measure
from bpdebug.tui.draw.sheet import (
    FEWEST_DIGITS,
    NARROWEST,
    Sheet,
    fitted,
    label_width,
    rows_that_fit,
)
from bpdebug.wording import Script, width
from bpdebug.wording.page import page_position, page_shape, page_slices

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
    """Which cells changed in the step that led here; None where none did."""
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
        return page_shape(self.shape, row=self.row)

    @property
    def at(self) -> tuple[int, int]:
        """The focus in rows and columns."""
        return page_position(self.focus, row=self.row)

    def slices(self, rows: range, columns: range) -> tuple[slice, ...]:
        """A drawn window as slices of the tensor; leading axes stay at the focus."""
        return page_slices(self.focus, rows, columns, row=self.row)


def of_array(array: Array) -> Window:
    """The window function of an array that is known as a whole."""
    whole = np.asarray(array)

    def window(where: tuple[slice, ...]) -> tuple[Array, NDArray[np.bool_]]:
        piece = whole[where]
        return piece, np.full(np.shape(piece), True)

    return window


def grid_of(title: str, array: Array, lit: Index | None = None, *, row: bool = False) -> Grid:
    """The grid of an array that is known as a whole."""
    return Grid(title, np.shape(array), of_array(array), lit, row)


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

    def __init__(
        self, lines: list[Line], cells: int, whole: bool, widths: Sequence[int] = (), bare: int = 0
    ) -> None:
        super().__init__(lines)
        self.bare = bare
        """Of one grid, its width without what is said of numbers that are not shown."""
        self.widths = widths
        """Of one grid, the widths of its columns."""
        self.cells = cells
        """How many numbers are shown."""
        self.whole = whole
        """True where every cell is shown."""


def draw(
    grid: Grid, columns_room: int, rows_room: int, script: Script, least: int = FEWEST_DIGITS
) -> Block:
    """The grid in at most so many cells across and lines down; the first line is its title.

    Numbers have fewer digits where that shows more of it, down to `least`. What is left out, rows
    or columns, has a mark that counts it.
    """
    height, breadth = grid.extent
    # Column numbers take a line of their own, where it is known that not all columns fit.
    headed = rows_room > 2
    lines = rows_room - 1 - (headed and breadth * NARROWEST > columns_room)
    while True:
        rows = rows_that_fit(grid, lines)
        sheet = fitted(grid, rows, script, columns_room, least)
        numbered = headed and len(sheet.columns) < breadth
        if not numbered or lines < rows_room - 1:
            break
        lines -= 1
    whole = len(sheet.columns) == breadth and len(rows) == height
    head = title(grid, columns_room)
    named = head.width
    if not whole:
        room = columns_room - head.width
        told = measure_texts(grid.whole, script) if grid.whole is not None else []
        if len(rows) < height and lines < 2:
            # No line is left for a mark.
            told.insert(0, f"  row {rows[0]} of {height}")
        head.add(fitting(told, room), "quiet")
    above, below = marks(grid, rows, lines, script, columns_room)
    numbers = [numbers_above(grid, sheet, columns_room, script)] if numbered else []
    block = [head, *numbers, *above, *body(grid, sheet), *below]
    bare = max(named, *(line.width for line in block[1:]))
    return Block(block, sheet.values.size, whole, sheet.widths, bare)


def marks(
    grid: Grid, rows: range, lines: int, script: Script, columns_room: int
) -> tuple[list[Line], list[Line]]:
    """What stands above and below the rows for those that are left out there."""
    before, behind = rows.start, grid.extent[0] - rows.stop

    def mark(*wordings: str) -> list[Line]:
        text = fitting(wordings, columns_room - 2, wordings[-1])
        return [Line(f"{script.more} {text}", "quiet").cut(columns_room)]

    def counted(rows: int) -> str:
        return f"{rows:,} row{'s' * (rows != 1)}"

    room = lines - len(rows)
    if before and behind and room < 2:
        both = mark(f"{before:,} above, {behind:,} below", counted(before + behind))
        return [], both if room else []
    above = mark(counted(before)) if before and room else []
    below = mark(counted(behind)) if behind and room else []
    return above, below


def measure_texts(array: Array, script: Script) -> list[str]:
    """What is said of an array that is not shown whole: norm and ends; the norm alone."""
    found = measure(array)
    norm, least, most = (
        script.at_most(4).number(value) for value in (found.norm, found.least, found.most)
    )
    sign = script.either("‖·‖", "|.|")
    return [f"  {sign} {norm}  from {least} to {most}", f"  {sign} {norm}"]


def title(grid: Grid, room: int) -> Line:
    """The grid's part, its name, and its shape; where there is little room the name is cut."""
    begins = grid.title.startswith(ROLES)
    role, _, name = grid.title.partition(" ") if begins else ("", "", grid.title)
    shape = f" ({'×'.join(str(n) for n in grid.shape)})" if grid.shape else ""
    if len(grid.shape) > 2:
        shape += f" [{', '.join(str(i) for i in grid.focus[:-2])}, :, :]"
    line = Line(role + " " if role else "", "quiet")
    if line.width + width(name) + len(shape) > room:
        # Half a shape is a wrong one.
        shape = ""
    line.extend(Line(name, "title").cut(max(room - line.width - len(shape), 2)))
    return line.add(shape, "quiet").cut(room)


def body(grid: Grid, sheet: Sheet) -> list[Line]:
    """The numbers of a window; row numbers appear where the window is not all of it.

    They are set off from the numbers by `│`, or by `…` where columns are left out before.
    """
    rows, columns, values, known = sheet.rows, sheet.columns, sheet.values, sheet.known
    finite = values[known & np.isfinite(values)]
    scale = float(np.max(np.abs(finite))) if finite.size else 0.0
    new = changed_cells(grid, rows, columns)
    label = label_width(grid, rows, columns)
    lines = []
    for r, row in enumerate(rows):
        border = ("…" if columns.start else "│") if label else ""
        line = Line(f"{row:>{label - 1}}{border}" if label > 1 else border, "quiet")
        for c, column in enumerate(columns):
            role = heat(float(values[r, c]), scale) if known[r, c] else "pending"
            lit = grid.lit is not None and (row, column) == grid.at
            role = role if lit else changed(role, bool(new[r, c]))
            line.extend(cell_line(sheet.texts[c][r], role, lit=lit))
        if columns.stop < grid.extent[1]:
            line.add("…", "quiet")
        lines.append(line)
    return lines


def cell_line(text: str, role: str, *, lit: bool) -> Line:
    """One cell with a stretch at both sides; the brackets of a lit one stand close to it."""
    bare = text.strip()
    before, _, behind = text.partition(bare)
    if not lit:
        return Line(" " + before).add(bare, role).add(behind + " ")
    return Line(before).add("[", "lit").add(bare, f"{role}+lit").add("]", "lit").add(behind)


def changed_cells(grid: Grid, rows: range, columns: range) -> NDArray[np.bool_]:
    """Which cells of a drawn window changed."""
    shape = (len(rows), len(columns))
    if grid.changed is None:
        return np.full(shape, False)
    cells = grid.changed(grid.slices(rows, columns))
    return np.reshape(np.broadcast_to(cells, cells.shape or shape), shape)


def numbers_above(grid: Grid, sheet: Sheet, columns_room: int, script: Script) -> Line:
    """Column numbers over a window that shows some columns only, and how many are left out."""
    columns, breadth = sheet.columns, grid.extent[1]
    label = label_width(grid, sheet.rows, columns)
    line = Line(("…" if columns.start else "").rjust(label)[:label], "quiet")
    for column, cells in zip(columns, sheet.widths, strict=True):
        # Written as an index, so that it is not read as one of the numbers.
        line.add(f"{f'[{column}]':^{cells}}", "quiet")
    left = breadth - len(columns)
    many = f"{left:,} column{'s' * (left != 1)}"
    wordings = (f" {script.dots} {many}", f" {script.dots} {left:,} more", script.dots)
    if columns.stop == breadth:
        # What is left out stands before what is shown.
        wordings = (f" {many} before", f" {left:,} before", "")
    return line.add(fitting(wordings, columns_room - line.width), "quiet")
