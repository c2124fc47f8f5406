"""A tensor that fills the screen: the window around a cell, statistics, histogram, the cell itself.

Only the cells that are visible are ever formatted. Colours follow the largest |x| of the whole
tensor, so that a cell keeps its colour while one scrolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger.tensors.tensor import Tensor
from bpdebug.expression.tree import Aspect
from bpdebug.ops import Array, Index
from bpdebug.ops.index_map import ravel
from bpdebug.record import record, replace
from bpdebug.tui.draw.grid import heat
from bpdebug.tui.draw.line import Line, beside, block_width, wrap
from bpdebug.tui.draw.sheet import known_only
from bpdebug.tui.draw.statistics import compact, side
from bpdebug.wording import Script, cell_text, width
from bpdebug.wording.page import page_position, page_shape, page_slices, scrolled_range

WIDE = 100
"""From so many cells on, the statistics stand beside the grid."""
SAID_AT = 11
"""Where an entry of `info` says something, behind its label."""
SIDE, SIDE_LEAST = 34, 28
"""Cells of the statistics; the fewer where the grid can use them."""
FEWEST_DIGITS = 4
"""Numbers get so few digits before a column is left out: the foot has the cell with all."""
LEAST_WIDTH = 8
"""About what a column of so few digits takes."""
NARROWEST = 4
"""No column takes fewer cells: a digit, its brackets, a space."""
EXACT = 17
"""Digits that tell every two numbers of float64 apart."""


@record
class View:
    """What is looked at: the cell of the cursor, and the window's first row and column."""

    tensor: Tensor
    aspects: tuple[Aspect, ...]
    cell: Index
    top: int = 0
    left: int = 0
    note: str = ""
    """What the last key had to say."""

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
class Drawn:
    """The lines, and which cells they show."""

    lines: list[Line]
    rows: range
    columns: range
    first_line: int = 0
    """The line of the first row."""
    ends: tuple[int, ...] = ()
    """Where each column ends on the screen."""

    def below(self, head: list[Line]) -> Drawn:
        """The drawing with some lines above it."""
        first = self.first_line + len(head)
        return replace(self, lines=[*head, *self.lines], first_line=first)

    def place(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column at a place of the drawing."""
        if not 0 <= y - self.first_line < len(self.rows) or x < 0:
            return None
        pairs = zip(self.columns, self.ends, strict=True)
        column = next((column for column, end in pairs if x < end), None)
        return None if column is None else (self.rows[y - self.first_line], column)


def draw_tensor(view: View, script: Script, room: int, height: int) -> Drawn:
    """The whole screen in at most so many cells and lines."""
    stats = view.tensor.statistics
    foot = cell_lines(view, script, room)
    is_wide = room >= WIDE
    below = [] if is_wide else [Line(), *compact(stats, script, room)]
    # Of the height, a line each goes to what there is to see and to the column numbers.
    free = max(height - 1 - len(below) - len(foot), 2)
    wide = SIDE
    grid_room = room - wide - 2 if is_wide else room
    grid = draw_whole(view, script, grid_room, free - 1)
    if is_wide and len(grid.columns) < view.extent[1]:
        more = draw_whole(view, script, room - SIDE_LEAST - 2, free - 1)
        if len(more.columns) > len(grid.columns):
            wide, grid_room, grid = SIDE_LEAST, room - SIDE_LEAST - 2, more
    block = grid.lines
    if is_wide:
        whole = len(grid.columns) == view.extent[1]
        told = side(stats, script, wide, free)
        at = min(block_width(block) + 6, grid_room + 2) if whole else grid_room + 2
        block = beside(block, told, at=at)
    gap = [Line()] * max(free - len(block), 0)
    lines = [tabs(view, room), *block, *gap, *below, *foot]
    return Drawn(lines[:height], grid.rows, grid.columns, 2, grid.ends)


def head_lines(entries: Sequence[str], script: Script, room: int, height: int) -> list[Line]:
    """What `info` says about the node, an entry below the other, in at most so many lines.

    An entry with a matrix of numbers names the place where these stand: in the cells below.
    """
    lines: list[Line] = []
    for entry in entries:
        first, *more = entry.split("\n")
        if more:
            first = f"{first.split()[0]:<{SAID_AT}}in the cells below; tab changes what they show"
        text = script.safe(first.strip())
        if width(text) <= room or room < 2 * SAID_AT:
            lines.append(Line(text, "quiet").cut(room))
            continue
        head = text[:SAID_AT]
        for part in wrap(text[SAID_AT:], room - SAID_AT, "quiet"):
            lines.append(Line(head, "quiet").extend(part))
            head = " " * SAID_AT
    return lines[: max(height, 0)]


def tabs(view: View, room: int) -> Line:
    """What there is to see of the node, the current one in brackets; its state; the page."""
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


def draw_whole(view: View, script: Script, room: int, rows_room: int) -> Drawn:
    """The window, with fewer digits where that shows every column."""
    grid = draw_cells(view, script, room, rows_room)
    breadth = view.extent[1]
    if len(grid.columns) == breadth or breadth * LEAST_WIDTH > room:
        return grid
    for digits in range(script.digits - 1, FEWEST_DIGITS - 1, -1):
        shorter = draw_cells(view, replace(script, digits=digits), room, rows_room)
        if len(shorter.columns) == breadth:
            return shorter
    return grid


def draw_cells(view: View, script: Script, room: int, rows_room: int) -> Drawn:
    """The window of numbers with its row and column numbers, moved so that the cursor is in it."""
    height, breadth = view.extent
    row, column = view.at
    rows = scrolled_range(view.top, row, min(rows_room, height), height)
    label = len(str(rows[-1])) + 1
    left = min(view.left, column)
    while True:
        most = range(left, min(left + max((room - label) // NARROWEST, 1), breadth))
        texts = [column_of(view, rows, at, script) for at in most]
        shown = most[: how_many(texts, room - label - 1)]
        if column in shown or left >= column:
            break
        left = max(left + 1, min(column, left + column - shown[-1]))
    # Where the end has come into view there may be room for more on the left.
    while left and shown.stop == breadth:
        more = [column_of(view, rows, left - 1, script), *texts[: len(shown)]]
        if how_many(more, room - label - 1) < len(more):
            break
        left, texts = left - 1, more
        shown = range(left, breadth)
    return table(view, rows, shown, texts[: len(shown)], label)


def how_many(texts: list[list[str]], room: int) -> int:
    """How many columns fit; one at the least."""
    used = 0
    for at, column in enumerate(texts):
        used += width(column[0]) + 2
        if used > room:
            return max(at, 1)
    return len(texts)


def column_of(view: View, rows: range, column: int, script: Script) -> list[str]:
    """The texts of one visible column, as wide as its number at the least."""
    values, known = piece(view, rows, column)
    texts = script.aligned(known_only(values, known))
    least = len(f"[{column}]") - 2
    return [text.rjust(least) for text in texts]


def piece(view: View, rows: range, column: int) -> tuple[Array, NDArray[np.bool_]]:
    """Values and known-mask of some rows of a column of the page."""
    where = page_slices(view.cell, rows, range(column, column + 1))
    return view.tensor.values[where].reshape(-1), view.tensor.known[where].reshape(-1)


def table(view: View, rows: range, shown: range, texts: list[list[str]], label: int) -> Drawn:
    """The numbers as lines, a line of column numbers above them."""
    breadth = view.extent[1]
    scale = view.tensor.statistics.scale
    cut = shown.start > 0
    head = Line(" " * (label - 1)).add("…" if cut else " ", "quiet")
    ends: list[int] = []
    for column, numbers in zip(shown, texts, strict=True):
        role = "now" if column == view.at[1] else "quiet"
        head.add(f"{f'[{column}]':^{width(numbers[0]) + 2}}", role)
        ends.append(head.width)
    if shown.stop < breadth:
        head.add("…", "quiet")
    lines = [Line(f"{row:>{label - 1}}", "now" if row == view.at[0] else "quiet") for row in rows]
    for line in lines:
        line.add("│", "quiet")
    for column, numbers in zip(shown, texts, strict=True):
        values, known = piece(view, rows, column)
        for at, (row, line) in enumerate(zip(rows, lines, strict=True)):
            role = heat(float(values[at]), scale) if known[at] else "pending"
            if (row, column) == view.at:
                line.add("[", "lit").add(numbers[at], f"{role}+lit").add("]", "lit")
            else:
                line.add(" ").add(numbers[at], role).add(" ")
    return Drawn([head, *lines], rows, shown, ends=tuple(ends))


def cell_lines(view: View, script: Script, room: int) -> list[Line]:
    """The cursor's cell with all its digits, and what the last key had to say."""
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


def heading(view: View, script: Script) -> str:
    """What stands on the frame: the tensor's name and shape."""
    shape = script.shape(view.tensor.shape)
    return f"{view.tensor.title} ({shape})" if shape else view.tensor.title
