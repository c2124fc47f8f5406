"""The columns of a parameter's table: value, gradient, change and new value, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.ops import Array, Index
from bpdebug.ops.maps.index_map import ravel, unravel
from bpdebug.records import record
from bpdebug.tui.draw.changed import gradient_cells
from bpdebug.tui.draw.sheet import column_texts
from bpdebug.tui.draw.theirs import theirs_of
from bpdebug.wording import Script, gradient_heading


@record
class Column:
    """A column of the table, a number for each cell that is shown."""

    title: str
    shown: list[float | None]
    """The numbers now; None where a cell is not computed yet."""
    final: list[float]
    """What the numbers will come to: the column's width follows from these, so that it stays."""
    new: list[bool]
    """Which of the cells changed in the step that led here."""
    heading: str = ""
    """What stands above the column instead of its title; empty for the title."""
    wrong: Sequence[bool] = ()
    """Which of somebody's numbers differ from the right ones; empty for our own."""


GRADIENT = "gradient"
"""The title of the column whose heading is `∂L/∂`."""
THEIRS = "theirs "
"""Begins the title of a column of somebody's numbers; behind it stands the title of ours."""


def columns_of(moment: Moment, index: int, cells: range, left_out: tuple[str, ...]) -> list[Column]:
    """The columns for some cells of a parameter, without those that are left out.

    A parameter that the loss does not depend on has no gradient; one without an update line has no
    change and no new value.
    """
    node = moment.graph.nodes[index]
    where = [unravel(cell, node.shape) for cell in cells]
    old = picked(np.asarray(moment.recorded.values[index]), where)
    columns = [Column("value", [*old], old, [False] * len(where))]
    if index in moment.graph.into:
        gradient = picked(np.asarray(moment.recorded.gradients[index]), where)
        new_cells = gradient_cells(moment, index)
        moved = [new_cells is not None and bool(np.all(new_cells(window(cell)))) for cell in where]
        heading = gradient_heading(moment.graph)
        columns.append(Column(GRADIENT, gradients(moment, index, where), gradient, moved, heading))
        columns += theirs_beside(moment, index, GRADIENT, where)
    if moment.update_lines(index):
        before, updated = moment.before, moment.updated(index)
        moved = [before is not None and before.updated(index) != updated] * len(where)
        new = picked(np.asarray(moment.iteration.after[node.name]), where)
        change = [b - a for a, b in zip(old, new, strict=True)]
        for title, final in (("change", change), ("new", new)):
            known = [value if updated else None for value in final]
            columns.append(Column(title, known, final, moved))
        columns += theirs_beside(moment, index, "new", where)
    return [column for column in columns if column.title not in left_out]


def theirs_beside(moment: Moment, index: int, title: str, where: list[Index]) -> list[Column]:
    """The column of theirs beside ours with this title; empty unless some of it differs."""
    theirs = theirs_of(moment, index, "grad" if title == GRADIENT else title)
    if theirs is None or theirs.wrong is None or not theirs.wrong.any():
        return []
    numbers = picked(theirs.values, where)
    wrong = [bool(theirs.wrong[cell]) for cell in where]
    still = [False] * len(where)
    return [Column(THEIRS + title, [*numbers], numbers, still, theirs.whose, wrong)]


def gradients(moment: Moment, index: int, where: list[Index]) -> list[float | None]:
    """Some cells of a gradient; None for a cell that is pending or still being summed."""
    state = moment.gradient(index)
    running = state.running[0] if state.running is not None and not state.whole else -1
    result: list[float | None] = []
    for cell in where:
        values, known = state.window(window(cell))
        finished = known.reshape(()) and ravel(cell, state.shape) != running
        result.append(float(values.reshape(())) if finished else None)
    return result


def window(cell: Index) -> tuple[slice, ...]:
    """A single cell as a window: a slice for each axis."""
    return tuple(slice(i, i + 1) for i in cell)


def picked(array: Array, where: list[Index]) -> list[float]:
    """The numbers in some cells of an array."""
    return [float(array[cell]) for cell in where]


DIGITS = ((6, 6), (6, 5), (5, 5), (5, 4), (5, 3), (4, 4), (4, 3), (3, 3))
"""Digits that are tried: of value and new value, and of gradient and change. The values lose theirs
last, since a small change shows in their last digits."""
SIZES = ("value", "new")
"""Columns with the first number of digits; the others have the second."""
SHORT = {"value": "val"}
"""Titles that are shortened where there is little room."""
MARGINS = 2
"""Cells around each number, which its brackets take when it is lit."""


class Table:
    """A parameter's columns as texts, formatted once for each number of digits that is tried."""

    def __init__(
        self, columns: list[Column], labels: list[str], script: Script, *, short: bool = False
    ) -> None:
        self.columns = columns
        self.titles = [
            (SHORT.get(c.title, "") if short else "") or c.heading or c.title for c in columns
        ]
        """What stands over each column; a short table has `val` for `value`."""
        self.labels = labels
        """Each cell's index, all equally wide."""
        self._script = script
        self._made: dict[tuple[int, int], list[str]] = {}

    def texts(self, digits: tuple[int, int]) -> list[list[str]]:
        """Each column's texts, equally wide and no narrower than its title."""
        return [self._texts(at, digits) for at in range(len(self.columns))]

    def _texts(self, at: int, digits: tuple[int, int]) -> list[str]:
        column = self.columns[at]
        # Theirs has as many digits as ours, to be compared with.
        size = column.title.removeprefix(THEIRS) in SIZES
        count = min(digits[not size], self._script.digits)
        if (at, count) not in self._made:
            texts = column_texts(column.shown, column.final, self._script.at_most(count))
            # The sign of a number that differs must not touch the column before.
            lead = " " * bool(column.wrong)
            self._made[at, count] = [lead + text.ljust(len(self.titles[at])) for text in texts]
        return self._made[at, count]

    def width(self, digits: tuple[int, int]) -> int:
        """Cells of the terminal that a row takes, with the index before it."""
        return len(self.labels[0]) + sum(len(texts[0]) + MARGINS for texts in self.texts(digits))

    def digits(self, room: int) -> tuple[int, int] | None:
        """The most digits that fit; None where even the fewest do not."""
        return next((digits for digits in DIGITS if self.width(digits) <= room), None)


def heading_over(title: str, texts: list[str]) -> str:
    """A column's title, as wide as its numbers and as near to their decimal points as can be."""
    room = len(texts[0])
    points = (text.index(sign) for text in texts for sign in ".·" if sign in text)
    start = next(points, room) - len(title) // 2
    return (" " * min(max(start, 0), room - len(title)) + title).ljust(room)
