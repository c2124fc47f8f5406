"""Several curves over iterations in one plot: a scale at the left, iterations below, a cursor.

A column stands for several iterations and is drawn from the lowest to the highest value among
them, so that no spike is lost. NaN leaves a gap, as do values that are not above 0 on a log scale.
Several curves have letters, which stand on them at intervals and at their ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bpdebug.debugger.plot.canvas import Canvas
from bpdebug.debugger.plot.scale import SCALE, Scale, label, scale_of
from bpdebug.run.series import Curve
from bpdebug.wording import Script

LABEL, NOW, QUIET = -1, -2, -3
"""What a piece of a plot is that is part of no curve: the scale, the cursor, an end of the axis."""
BETWEEN = 24
"""Cells between two letters on a curve, about."""


class PlotCurve(NamedTuple):
    """A curve of a plot."""

    points: Curve
    letter: str = ""
    """Stands on the curve; empty for a curve alone."""


class Piece(NamedTuple):
    """A text of a row, and the curve that it is part of, by its place in the plot."""

    text: str
    owner: int
    """LABEL, NOW or QUIET for what is part of no curve."""


def plot(
    curves: Sequence[PlotCurve],
    last: int,
    cursor: int,
    columns: int,
    rows: int,
    script: Script,
    *,
    log: bool,
) -> list[list[Piece]]:
    """`rows` rows of at most `columns` cells; the lowest row has the iterations.

    The axis ends at iteration `last`; a cursor outside of it is not drawn. Empty where no value can
    be drawn.
    """
    drawn = [one for one in curves if len(one.points)]
    scale = scale_of([one.points for one in drawn], log=log) if drawn else None
    if scale is None:
        return []
    height, width = max(rows - 1, 1), max(columns - SCALE, 2)
    first = min(int(one.points.iterations[0]) for one in drawn)
    canvas = Canvas(width, height, script)
    letters: dict[tuple[int, int], tuple[str, int]] = {}
    for owner in reversed(range(len(curves))):  # the first curve lies on top
        tops = draw(canvas, curves[owner].points, owner, first, last, scale)
        put_letters(letters, tops, curves[owner].letter, owner, len(curves), width)
    mark = column_of(cursor, first, last, width) if first <= cursor <= last else None
    lone = len(curves) == 1
    found = []
    for row in range(height):
        cells = list(zip(canvas.text(row), canvas.owners(row), strict=True))
        for column, (sign, owner) in enumerate(cells):
            if not script.unicode and not lone and sign != " ":
                cells[column] = (curves[owner].letter or sign, owner)
            cells[column] = letters.get((row, column), cells[column])
        if mark is not None:
            sign = cells[mark][0]
            cells[mark] = (sign if sign != " " else script.either("│", "|"), NOW)
        found.append([Piece(label(scale, row, height, script), LABEL), *pieces(cells)])
    return [*found, axis(first, last, cursor, mark, width, script)]


def draw(
    canvas: Canvas, points: Curve, owner: int, first: int, last: int, scale: Scale
) -> dict[int, int]:
    """Draw every point as a column of dots, joined with the previous point.

    Returns the row of cells in which the curve is, for the columns of cells with a point of it.
    """
    top = canvas.height - 1
    across, down = canvas.width // canvas.columns, canvas.height // canvas.rows
    tops: dict[int, int] = {}
    previous: tuple[int, int] | None = None
    for iteration, low, high in zip(
        points.iterations.tolist(), points.low.tolist(), points.high.tolist(), strict=True
    ):
        if not scale.has(low) or not scale.has(high):
            previous = None
            continue
        x = column_of(iteration, first, last, canvas.width)
        bottom_y, top_y = (
            top - round(top * min(max(scale.height(value), 0.0), 1.0)) for value in (low, high)
        )
        canvas.column(x, top_y, bottom_y, owner)
        if previous is not None:
            canvas.line(previous, (x, top_y), owner)
        previous = (x, bottom_y)
        tops[x // across] = top_y // down
    return tops


def put_letters(
    letters: dict[tuple[int, int], tuple[str, int]],
    tops: dict[int, int],
    letter: str,
    owner: int,
    count: int,
    width: int,
) -> None:
    """Put a curve's letter on it at intervals and at its end, each curve a little further on."""
    if not letter or not tops:
        return
    between = max(BETWEEN, 3 * count)
    start, end = (owner * between) // count, max(tops)
    wanted = [*range(start + 1, min(width, end - between // 3), between), end]
    for column in wanted:
        free = [at for at in tops if (tops[at], at) not in letters]
        near = min(free, key=lambda at: abs(at - column), default=None)
        if near is not None and abs(near - column) <= between // 2:
            letters[tops[near], near] = (letter, owner)


def pieces(cells: Sequence[tuple[str, int]]) -> Iterator[Piece]:
    """The cells of a row, neighbours of one curve together."""
    for owner, together in groupby(cells, key=lambda cell: cell[1]):
        yield Piece("".join(sign for sign, _ in together), owner)


def column_of(iteration: int, first: int, last: int, width: int) -> int:
    """The column, of `width`, that an iteration falls in."""
    return 0 if last == first else round((iteration - first) * (width - 1) / (last - first))


def iteration_at(column: int, first: int, last: int, columns: int) -> int | None:
    """The iteration at a cell of a drawn line; None outside the plot, as on the scale."""
    width = max(columns - SCALE, 2)
    at = column - SCALE
    if not 0 <= at < width:
        return None
    return first + round(at * (last - first) / (width - 1))


def axis(
    first: int, last: int, cursor: int, mark: int | None, width: int, script: Script
) -> list[Piece]:
    """The first and the last iteration, and below the cursor its own.

    An end that would touch the cursor's number is left out: a number is never cut.
    """
    left, right = f"{first:,}", f"{last:,}"
    start, text = 0, ""
    if mark is not None:
        text = f"{script.either('▲', '^')} {cursor:,}"
        start = min(mark, max(width - len(text), 0))
        left = left if start > len(left) else ""
        right = right if start + len(text) < width - len(right) else ""
    if first == last or len(left) + len(right) >= width:
        right = ""
    before = left.ljust(start)
    behind = right.rjust(max(width - len(before) - len(text), 0))
    shown, room = [Piece(" " * SCALE, LABEL)], width
    for part, owner in ((before, QUIET), (text, NOW), (behind, QUIET)):
        shown.append(Piece(part[:room], owner))
        room -= len(shown[-1].text)
    return shown
