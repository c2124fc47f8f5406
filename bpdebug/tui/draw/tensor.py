"""A tensor that fills the screen: a window around a cell, statistics, histogram, the cell itself.

Only visible cells are formatted. Colours follow the largest |x| of the whole tensor, so that a
cell keeps its colour when the window scrolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import prod

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger.tensors.tensor import Tensor
from bpdebug.expression.tree import Aspect
from bpdebug.ops import Array, Index
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import record, replace
from bpdebug.tui.draw.grid import heat
from bpdebug.tui.draw.line import Line, beside, block_width, wrap
from bpdebug.tui.draw.sheet import known_only
from bpdebug.tui.draw.statistics import compact, side
from bpdebug.wording import Script, cell_text, width
from bpdebug.wording.page import page_position, page_shape, page_slices, scrolled_range

WIDE = 100
"""From this width on, the statistics stand beside the grid."""
LABEL = 11
"""Cells of the label of an entry of `info`."""
SIDE, SIDE_LEAST = 34, 28
"""Cells of the statistics; the second where the grid can use the difference."""
FEWEST_DIGITS = 4
"""Digits of the shortest numbers; the last line shows the cursor's cell with all digits."""
LEAST_WIDTH = 8
"""About the width of a column with the fewest digits."""
NARROWEST = 4
"""No column takes fewer cells: a digit, its brackets, a space."""
EXACT = 17
"""Digits that tell every two numbers of float64 apart."""


@record
class TensorView:
    """A view of a tensor: the cursor's cell, and the window's first row and column."""

    tensor: Tensor
    aspects: tuple[Aspect, ...]
    """What can be viewed of the node: value, gradient and so on."""
    cell: Index
    top: int = 0
    left: int = 0
    note: str = ""
    """The message of the last key; empty for none."""

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns of a page."""
        return page_shape(self.tensor.shape)

    @property
    def at(self) -> tuple[int, int]:
        """The cursor's row and column."""
        return page_position(self.cell)

    @property
    def pages(self) -> int:
        """How many matrices the last two axes make."""
        return prod(self.tensor.shape[:-2])


@record
class TensorDrawing:
    """The lines of a tensor, and which cells they show."""

    lines: list[Line]
    rows: range
    columns: range
    first_line: int = 0
    """The line of the first row."""
    ends: tuple[int, ...] = ()
    """Where each column ends on the screen."""

    def below(self, head: list[Line]) -> TensorDrawing:
        """The drawing with some lines above it."""
        first = self.first_line + len(head)
        return replace(self, lines=[*head, *self.lines], first_line=first)

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column of the tensor at a position of the drawing; None where no cell is."""
        if not 0 <= y - self.first_line < len(self.rows) or x < 0:
            return None
        pairs = zip(self.columns, self.ends, strict=True)
        column = next((column for column, end in pairs if x < end), None)
        return None if column is None else (self.rows[y - self.first_line], column)


def draw_tensor(view: TensorView, script: Script, room: int, height: int) -> TensorDrawing:
    """The whole screen: tabs, the grid with the statistics, and the cursor's cell."""
    stats = view.tensor.statistics
    foot = cell_lines(view, script, room)
    is_wide = room >= WIDE
    below = [] if is_wide else [Line(), *compact(stats, script, room)]
    # A line of the height goes to the tabs, and a line of the grid to the column numbers.
    free = max(height - 1 - len(below) - len(foot), 2)
    wide = SIDE
    grid_room = room - wide - 2 if is_wide else room
    grid = draw_window(view, script, grid_room, free - 1)
    if is_wide and len(grid.columns) < view.extent[1]:
        more = draw_window(view, script, room - SIDE_LEAST - 2, free - 1)
        if len(more.columns) > len(grid.columns):
            wide, grid_room, grid = SIDE_LEAST, room - SIDE_LEAST - 2, more
    block = grid.lines
    if is_wide:
        whole = len(grid.columns) == view.extent[1]
        at = min(block_width(block) + 6, grid_room + 2) if whole else grid_room + 2
        block = beside(block, side(stats, script, wide, free), at=at)
    gap = [Line()] * max(free - len(block), 0)
    lines = [tabs(view, room), *block, *gap, *below, *foot]
    return TensorDrawing(lines[:height], grid.rows, grid.columns, 2, grid.ends)


def head_lines(entries: Sequence[str], script: Script, room: int, height: int) -> list[Line]:
    """The entries of `info` about the node, below one another, in at most `height` lines.

    An entry with a matrix of numbers refers to the cells below instead.
    """
    lines: list[Line] = []
    for entry in entries:
        first, *more = entry.split("\n")
        if more:
            first = f"{first.split()[0]:<{LABEL}}in the cells below; tab changes what they show"
        text = script.safe(first.strip())
        if width(text) <= room or room < 2 * LABEL:
            lines.append(Line(text, "quiet").cut(room))
            continue
        head = text[:LABEL]
        for part in wrap(text[LABEL:], room - LABEL, "quiet"):
            lines.append(Line(head, "quiet").extend(part))
            head = " " * LABEL
    return lines[: max(height, 0)]


def tabs(view: TensorView, room: int) -> Line:
    """The aspects that can be viewed, the current one in brackets; its state; the page."""
    line = Line()
    for aspect in view.aspects:
        now = aspect is view.tensor.aspect
        line.add(f"[{aspect.value}]" if now else f" {aspect.value} ", "now" if now else "quiet")
    if view.tensor.state:
        line.add("  ").add(view.tensor.state, "now")
    if len(view.tensor.shape) > 2:
        lead = ",".join(str(i) for i in view.cell[:-2])
        page = ravel(view.cell[:-2], view.tensor.shape[:-2]) + 1
        line.add(f"  page [{lead},:,:], {page:,} of {view.pages:,}", "name")
    return line.cut(room)


def draw_window(view: TensorView, script: Script, room: int, rows_room: int) -> TensorDrawing:
    """The window around the cursor, with fewer digits where all columns fit then."""
    grid = draw_cells(view, script, room, rows_room)
    breadth = view.extent[1]
    if len(grid.columns) == breadth or breadth * LEAST_WIDTH > room:
        return grid
    for digits in range(script.digits - 1, FEWEST_DIGITS - 1, -1):
        shorter = draw_cells(view, replace(script, digits=digits), room, rows_room)
        if len(shorter.columns) == breadth:
            return shorter
    return grid


def draw_cells(view: TensorView, script: Script, room: int, rows_room: int) -> TensorDrawing:
    """The window of numbers with row and column numbers, scrolled so that the cursor is in it."""
    height, breadth = view.extent
    row, column = view.at
    rows = scrolled_range(view.top, row, min(rows_room, height), height)
    label = len(str(rows[-1])) + 1
    left = min(view.left, column)
    while True:
        most = range(left, min(left + max((room - label) // NARROWEST, 1), breadth))
        texts = [column_of(view, rows, at, script) for at in most]
        visible = most[: how_many(texts, room - label - 1)]
        if column in visible or left >= column:
            break
        left = max(left + 1, min(column, left + column - visible[-1]))
    # Where the last column is visible, there may be room for more columns at the left.
    while left and visible.stop == breadth:
        more = [column_of(view, rows, left - 1, script), *texts[: len(visible)]]
        if how_many(more, room - label - 1) < len(more):
            break
        left, texts = left - 1, more
        visible = range(left, breadth)
    return table(view, rows, visible, texts[: len(visible)], label)


def how_many(texts: list[list[str]], room: int) -> int:
    """How many columns fit in `room` cells; at least 1."""
    ends = accumulate(width(column[0]) + 2 for column in texts)
    return max(sum(end <= room for end in ends), 1)


def column_of(view: TensorView, rows: range, column: int, script: Script) -> list[str]:
    """The texts of a column's visible rows, no narrower than the column's number."""
    values, known = piece(view, rows, column)
    texts = script.aligned(known_only(values, known))
    least = len(f"[{column}]") - 2
    return [text.rjust(least) for text in texts]


def piece(view: TensorView, rows: range, column: int) -> tuple[Array, NDArray[np.bool_]]:
    """The values of some rows of a column, and a mask of those that are known."""
    where = page_slices(view.cell, rows, range(column, column + 1))
    return view.tensor.values[where].reshape(-1), view.tensor.known[where].reshape(-1)


def table(
    view: TensorView, rows: range, visible: range, texts: list[list[str]], label: int
) -> TensorDrawing:
    """The numbers as lines, below a line of column numbers."""
    breadth = view.extent[1]
    scale = view.tensor.statistics.scale
    cut = visible.start > 0
    head = Line(" " * (label - 1)).add("…" if cut else " ", "quiet")
    ends: list[int] = []
    for column, numbers in zip(visible, texts, strict=True):
        role = "now" if column == view.at[1] else "quiet"
        head.add(f"{f'[{column}]':^{width(numbers[0]) + 2}}", role)
        ends.append(head.width)
    if visible.stop < breadth:
        head.add("…", "quiet")
    lines = [
        Line(f"{row:>{label - 1}}", "now" if row == view.at[0] else "quiet").add("│", "quiet")
        for row in rows
    ]
    for column, numbers in zip(visible, texts, strict=True):
        values, known = piece(view, rows, column)
        for at, (row, line) in enumerate(zip(rows, lines, strict=True)):
            role = heat(float(values[at]), scale) if known[at] else "pending"
            if (row, column) == view.at:
                line.add("[", "lit").add(numbers[at], f"{role}+lit").add("]", "lit")
            else:
                line.add(" ").add(numbers[at], role).add(" ")
    return TensorDrawing([head, *lines], rows, visible, ends=tuple(ends))


def cell_lines(view: TensorView, script: Script, room: int) -> list[Line]:
    """The cursor's cell with all digits, and a line for the message of the last key."""
    tensor = view.tensor
    value = tensor.at(view.cell)
    name = f"({tensor.title})" if " " in tensor.title else tensor.title
    line = Line(name + cell_text(view.cell), "name")
    if value is None:
        line.add(" not computed yet", "pending")
    else:
        text = script.number(value, EXACT)
        line.add(" = ").add(text, heat(value, tensor.statistics.scale))
    return [line.cut(room), *(wrap(view.note, room, "warning")[:1] or [Line()])]


def heading(view: TensorView, script: Script) -> str:
    """The title on the frame: the tensor's name and shape."""
    shape = script.shape(view.tensor.shape)
    return f"{view.tensor.title} ({shape})" if shape else view.tensor.title
