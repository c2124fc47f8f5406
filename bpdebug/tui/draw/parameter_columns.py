"""The columns of a parameter's table: value, gradient, change and new value of some cells."""

from __future__ import annotations

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.ops import Array, Index
from bpdebug.ops.index_map import ravel, unravel
from bpdebug.record import record
from bpdebug.tui.draw.changed import gradient_cells
from bpdebug.tui.draw.sheet import column_texts
from bpdebug.wording import Script, gradient_heading


@record
class Column:
    """Some cells of one column: what is known of them, and what decides the width."""

    title: str
    shown: list[float | None]
    final: list[float]
    new: list[bool]
    """Which of the cells changed in the step that led here."""
    heading: str = ""
    """What stands above it, where that is not its title."""


GRADIENT = "gradient"
"""The title of the column whose heading is `∂L/∂`."""


def columns_of(moment: Moment, index: int, cells: range, left_out: tuple[str, ...]) -> list[Column]:
    """Before, gradient, change and new value of some cells; None where not computed yet."""
    node = moment.graph.nodes[index]
    where = [unravel(cell, node.shape) for cell in cells]
    old = picked(np.asarray(moment.recorded.values[index]), where)
    columns = [Column("value", [*old], old, [False] * len(where))]
    if index in moment.graph.into:
        gradient = picked(np.asarray(moment.recorded.gradients[index]), where)
        new_cells = gradient_cells(moment, index)
        moved = [new_cells is not None and bool(np.all(new_cells(alone(cell)))) for cell in where]
        heading = gradient_heading(moment.graph)
        columns.append(Column(GRADIENT, gradients(moment, index, where), gradient, moved, heading))
    if moment.update_lines(index):
        before, updated = moment.before, moment.updated(index)
        moved = [before is not None and before.updated(index) != updated] * len(where)
        new = picked(np.asarray(moment.iteration.after[node.name]), where)
        change = [b - a for a, b in zip(old, new, strict=True)]
        for title, final in (("change", change), ("new", new)):
            known = [value if updated else None for value in final]
            columns.append(Column(title, known, final, moved))
    return [column for column in columns if column.title not in left_out]


def gradients(moment: Moment, index: int, where: list[Index]) -> list[float | None]:
    """The gradient's cells as far as they have come; one that is being summed is not there yet."""
    state = moment.gradient(index)
    running = state.running[0] if state.running is not None and not state.whole else -1
    found: list[float | None] = []
    for cell in where:
        values, known = state.window(alone(cell))
        there = known.reshape(()) and ravel(cell, state.shape) != running
        found.append(float(values.reshape(())) if there else None)
    return found


def alone(cell: Index) -> tuple[slice, ...]:
    """The window of one cell."""
    return tuple(slice(i, i + 1) for i in cell)


def picked(array: Array, where: list[Index]) -> list[float]:
    """Some cells of an array."""
    return [float(array[cell]) for cell in where]


DIGITS = ((6, 6), (6, 5), (5, 5), (5, 4), (5, 3), (4, 4), (4, 3), (3, 3))
"""Digits that are tried: of value and new value, and of gradient and change. A small change can be
told from the values as long as these keep theirs."""
SIZES = ("value", "new")
"""Columns of the first kind."""
SHORT = {"value": "val"}
"""Titles where a column has no room for the whole word."""
MARGINS = 2
"""Cells beside each number, in which its brackets stand: so they touch no other."""


class Table:
    """The columns of some cells, formatted once for each number of digits that is tried."""

    def __init__(
        self, columns: list[Column], labels: list[str], script: Script, *, short: bool = False
    ) -> None:
        self.columns = columns
        self.titles = [
            (SHORT.get(c.title, "") if short else "") or c.heading or c.title for c in columns
        ]
        """What stands over the columns; short where there is little room."""
        self.labels = labels
        """Each cell's index, all of one width."""
        self._script = script
        self._made: dict[tuple[int, int], list[str]] = {}

    def texts(self, digits: tuple[int, int]) -> list[list[str]]:
        """Each column's texts, as wide as its title at the least."""
        return [self._texts(at, digits) for at in range(len(self.columns))]

    def _texts(self, at: int, digits: tuple[int, int]) -> list[str]:
        column = self.columns[at]
        count = min(digits[column.title not in SIZES], self._script.digits)
        if (at, count) not in self._made:
            texts = column_texts(column.shown, column.final, self._script.at_most(count))
            self._made[at, count] = [text.ljust(len(self.titles[at])) for text in texts]
        return self._made[at, count]

    def width(self, digits: tuple[int, int]) -> int:
        """Cells that it takes with the index before each row."""
        return len(self.labels[0]) + sum(len(texts[0]) + MARGINS for texts in self.texts(digits))

    def digits(self, room: int) -> tuple[int, int] | None:
        """The most digits for which there is room; None where there is none for any."""
        return next((digits for digits in DIGITS if self.width(digits) <= room), None)


def heading_over(title: str, texts: list[str]) -> str:
    """A column's title over its numbers: as near to their points as it can stand."""
    room = len(texts[0])
    points = (text.index(sign) for text in texts for sign in ".·" if sign in text)
    start = next(points, room) - len(title) // 2
    return (" " * min(max(start, 0), room - len(title)) + title).ljust(room)
