"""A tensor as a grid of aligned numbers, in which the cell of the current multiplication is lit.

Of a tensor that does not fit, a window around that cell is shown, with the full shape in the title.
No more cells are formatted than fit on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array, Index, Shape
from bpdebug.records import record
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
from bpdebug.wording.page import page_position, page_shape, page_slices, visible_range

ROLES = ("upstream ", "local ", "result ")
"""Prefixes of titles, for a grid's part in the product; the rest of the title is a name."""
Window = Callable[[tuple[slice, ...]], tuple[Array, NDArray[np.bool_]]]
"""Gives the values in a window, a slice for each axis, and a mask of those that are known."""


@record
class Grid:
    """What to draw: the numbers and their title, which cell is lit, and how a vector lies."""

    title: str
    shape: Shape
    window: Window
    lit: Index | None = None
    """The cell of the current multiplication."""
    row: bool = False
    """True where a vector lies as a row; else it stands as a column."""
    final: Window | None = None
    """What the cells will come to. It is never shown, but decides the columns' widths, so that
    nothing moves while the grid fills in; None where the numbers do not change."""
    changed: Cells | None = None
    """Which cells changed in the step that led here; None where none did."""
    wrong: Cells | None = None
    """Which cells of somebody's numbers differ from the right ones; None where none can."""
    whole: Array | None = None
    """The whole array, for its norm in the title of a window; None where that is not shown."""
    framed: tuple[range, ...] | None = None
    """The cells under the window of the current multiplication, a range for each axis; None for an
    op without windows."""
    sheets: dict[Hashable, Sheet] = field(default_factory=dict)
    """A cache of formatted windows, since several arrangements are tried."""

    @property
    def focus(self) -> Index:
        """The cell that is always visible: the lit one, else the first."""
        return self.lit if self.lit is not None else (0,) * len(self.shape)

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns as drawn."""
        return page_shape(self.shape, row=self.row)

    @property
    def at(self) -> tuple[int, int]:
        """The focus in rows and columns."""
        return page_position(self.focus, row=self.row)

    def visible(self, axis: int, room: int, within: range | None = None) -> range:
        """As many rows (`axis` 0) or columns (1) as there is room for: around the middle of the
        framed cells where they all fit, else around the focus; and `within` a range around it."""
        length, focus = self.extent[axis], self.at[axis]
        if self.framed is not None and len(self.shape) > 1:
            inside = self.framed[axis - 2]
            if inside and inside[-1] - inside[0] < room:
                focus = (inside[0] + inside[-1] + 1) // 2
        found = visible_range(length, focus, room)
        if within is None:
            return found
        start = min(max(found.start, within.start), max(within.stop - len(found), within.start))
        return range(start, min(start + len(found), within.stop))

    def is_framed(self, row: int, column: int) -> bool:
        """True for a cell of the page that is under the window of the current multiplication."""
        if self.framed is None or len(self.shape) < 2:
            return False
        lead = zip(self.framed[:-2], self.focus[:-2], strict=True)
        page = (row in self.framed[-2], column in self.framed[-1])
        return all(page) and all(at in inside for inside, at in lead)

    def slices(self, rows: range, columns: range) -> tuple[slice, ...]:
        """Rows and columns of the page as slices of the tensor; leading axes stay at the focus."""
        return page_slices(self.focus, rows, columns, row=self.row)


def of_array(array: Array) -> Window:
    """The window function of an array of which every cell is known."""
    whole = np.asarray(array)

    def window(where: tuple[slice, ...]) -> tuple[Array, NDArray[np.bool_]]:
        piece = whole[where]
        return piece, np.full(np.shape(piece), True)

    return window


def grid_of(title: str, array: Array, lit: Index | None = None, *, row: bool = False) -> Grid:
    """The grid of an array of which every cell is known."""
    return Grid(title, np.shape(array), of_array(array), lit, row)


def heat(value: float, scale: float) -> str:
    """The role of a number on a diverging colour scale from −scale to scale, centred at 0."""
    if not np.isfinite(value):
        return "warning"
    if value == 0 or scale == 0:
        return "text"
    level = min(3, 1 + int(3 * abs(value) / scale * 0.999))
    return f"heat{'+' if value > 0 else '-'}{level}"


class Block(list[Line]):
    """The lines of a drawn grid, of which the first is its title; or of several grids."""

    def __init__(
        self, lines: list[Line], cells: int, whole: bool, widths: Sequence[int] = (), bare: int = 0
    ) -> None:
        super().__init__(lines)
        self.bare = bare
        """The width of a single grid without the measures in its title; 0 for several grids."""
        self.widths = widths
        """The widths of a single grid's columns; empty for several grids."""
        self.cells = cells
        """How many numbers are visible."""
        self.whole = whole
        """True where every cell is visible."""


def draw(
    grid: Grid, columns_room: int, rows_room: int, script: Script, least: int = FEWEST_DIGITS
) -> Block:
    """The grid in at most `columns_room` cells across and `rows_room` lines, with its title.

    Numbers have fewer digits, down to `least`, where that shows more cells. Rows and columns that
    are left out are counted.
    """
    height, breadth = grid.extent
    # Where not all columns can fit, a line is reserved for column numbers from the start.
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
    title_width = head.width
    if not whole:
        room = columns_room - head.width
        wordings = measure_texts(grid.whole, script) if grid.whole is not None else []
        if len(rows) < height and lines < 2:
            # There is no line to count the rows that are left out.
            wordings.insert(0, f"  row {rows[0]} of {height}")
        head.add(fitting(wordings, room), "quiet")
    above, below = left_out_rows(grid, rows, lines, script, columns_room)
    numbers = [numbers_above(grid, sheet, columns_room, script)] if numbered else []
    block = [head, *numbers, *above, *body(grid, sheet, script), *below]
    bare = max(title_width, *(line.width for line in block[1:]))
    return Block(block, sheet.values.size, whole, sheet.widths, bare)


def left_out_rows(
    grid: Grid, rows: range, lines: int, script: Script, columns_room: int
) -> tuple[list[Line], list[Line]]:
    """Lines above and below the visible rows that count the others: `⋮ 12 rows`."""
    before, behind = rows.start, grid.extent[0] - rows.stop

    def counting(*wordings: str) -> list[Line]:
        text = fitting(wordings, columns_room - 2, wordings[-1])
        return [Line(f"{script.more} {text}", "quiet").cut(columns_room)]

    def count_text(rows: int) -> str:
        return f"{rows:,} row{'s' * (rows != 1)}"

    room = lines - len(rows)
    if before and behind and room < 2:
        both = counting(f"{before:,} above, {behind:,} below", count_text(before + behind))
        return [], both if room else []
    above = counting(count_text(before)) if before and room else []
    below = counting(count_text(behind)) if behind and room else []
    return above, below


def measure_texts(array: Array, script: Script) -> list[str]:
    """Wordings about an array that is not shown whole: norm and extremes, or the norm alone."""
    numbers = measure(array)
    norm, least, most = (
        script.at_most(4).number(value) for value in (numbers.norm, numbers.least, numbers.most)
    )
    sign = script.either("‖·‖", "|.|")
    return [f"  {sign} {norm}  from {least} to {most}", f"  {sign} {norm}"]


def title(grid: Grid, room: int) -> Line:
    """The grid's part, name and shape, in at most `room` cells; the name is cut if need be."""
    begins = grid.title.startswith(ROLES)
    role, _, name = grid.title.partition(" ") if begins else ("", "", grid.title)
    shape = f" ({'×'.join(str(n) for n in grid.shape)})" if grid.shape else ""
    if len(grid.shape) > 2:
        shape += f" [{', '.join(str(i) for i in grid.focus[:-2])}, :, :]"
    line = Line(role + " " if role else "", "quiet")
    legend = "  ( ) is the window" if grid.framed is not None else ""
    if line.width + width(name) + len(shape) > room:
        # A shape that is cut would be a wrong shape.
        shape = ""
    line.extend(Line(name, "title").cut(max(room - line.width - len(shape), 2)))
    line.add(shape, "quiet")
    return line.add(legend if line.width + len(legend) <= room else "", "quiet").cut(room)


def body(grid: Grid, sheet: Sheet, script: Script) -> list[Line]:
    """The numbers of a window, with row numbers where the window is not the whole grid.

    Between row numbers and numbers stands `│`, or `…` where columns are left out at the left. A
    number that differs from the right one has `✗` before it.
    """
    rows, columns, values, known = sheet.rows, sheet.columns, sheet.values, sheet.known
    finite = values[known & np.isfinite(values)]
    scale = float(np.max(np.abs(finite))) if finite.size else 0.0
    new = cells_in(grid, grid.changed, rows, columns)
    wrong = cells_in(grid, grid.wrong, rows, columns)
    label = label_width(grid, rows, columns)
    lines = []
    for r, row in enumerate(rows):
        border = ("…" if columns.start else "│") if label else ""
        line = Line(f"{row:>{label - 1}}{border}" if label > 1 else border, "quiet")
        for c, column in enumerate(columns):
            role = heat(float(values[r, c]), scale) if known[r, c] else "pending"
            lit = grid.lit is not None and (row, column) == grid.at
            role = "warning" if wrong[r, c] else role
            role = role if lit else changed(role, bool(new[r, c]))
            sign = script.either("✗", "!") if wrong[r, c] else " "
            framed = grid.is_framed(row, column)
            line.extend(cell_line(sheet.texts[c][r], role, lit=lit, framed=framed, sign=sign))
        if columns.stop < grid.extent[1]:
            line.add("…", "quiet")
        lines.append(line)
    return lines


def cell_line(text: str, role: str, *, lit: bool, framed: bool = False, sign: str = " ") -> Line:
    """A cell with a blank at both sides; a lit cell has brackets close to its number, and a framed
    cell has round ones.

    A sign stands close before that; before the bracket the text has a blank for it.
    """
    bare = text.strip()
    before, _, behind = text.partition(bare)
    if framed and not lit:
        lead = Line(before[:-1]).add(sign, role) if sign != " " and before else Line(before)
        return lead.add("(", "now").add(bare, role).add(")", "now").add(behind)
    if not lit:
        lead = Line(before + sign) if sign == " " else Line(before).add(sign, role)
        return lead.add(bare, role).add(behind + " ")
    lead = Line(before[:-1]).add(sign, role) if sign != " " and before else Line(before)
    return lead.add("[", "lit").add(bare, f"{role}+lit").add("]", "lit").add(behind)


def cells_in(grid: Grid, which: Cells | None, rows: range, columns: range) -> NDArray[np.bool_]:
    """Which cells of a window `which` is true of; none of them where it is None."""
    shape = (len(rows), len(columns))
    if which is None:
        return np.full(shape, False)
    cells = which(grid.slices(rows, columns))
    return np.reshape(np.broadcast_to(cells, cells.shape or shape), shape)


def numbers_above(grid: Grid, sheet: Sheet, columns_room: int, script: Script) -> Line:
    """Column numbers over a window of some of the columns, and how many columns are left out."""
    columns, breadth = sheet.columns, grid.extent[1]
    label = label_width(grid, sheet.rows, columns)
    line = Line(("…" if columns.start else "").rjust(label)[:label], "quiet")
    for column, cells in zip(columns, sheet.widths, strict=True):
        # Brackets, as in an index, tell it from the numbers of the tensor.
        line.add(f"{f'[{column}]':^{cells}}", "quiet")
    left = breadth - len(columns)
    count = f"{left:,} column{'s' * (left != 1)}"
    wordings = (f" {script.dots} {count}", f" {script.dots} {left:,} more", script.dots)
    if columns.stop == breadth:
        wordings = (f" {count} before", f" {left:,} before", "")
    return line.add(fitting(wordings, columns_room - line.width), "quiet")
