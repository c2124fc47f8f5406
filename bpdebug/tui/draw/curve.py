"""A curve over iterations in a few lines: a scale at the left, iterations below, a cursor on it.

A column of the canvas stands for several iterations and is drawn from the lowest to the highest
value among them, so that no spike is lost. NaN leaves a gap, as do values that are not above 0 on
a log scale.
"""

from __future__ import annotations

from math import ceil, floor, isfinite, log10
from sys import float_info
from typing import NamedTuple

import numpy as np

from bpdebug.run.series import Curve
from bpdebug.tui.draw.canvas import Canvas
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script

LEAST, MOST = -323.3, 308.25
"""The least and the greatest power of ten in float64."""
SCALE = 10
"""Cells of the scale at the left."""


class Scale(NamedTuple):
    """The vertical scale: its ends, and whether they are powers of ten."""

    low: float
    high: float
    log: bool

    def height(self, value: float) -> float:
        """The height of a value: 0 at the bottom, 1 at the top."""
        scaled = log10(value) if self.log else value
        return (scaled - self.low) / (self.high - self.low)

    def value(self, height: float) -> float:
        """The value at a height between 0 and 1."""
        scaled = self.low + height * (self.high - self.low)
        return 10.0**scaled if self.log else scaled

    def has(self, value: float) -> bool:
        """True for a value that can be drawn: a finite number, on a log scale above 0."""
        return isfinite(value) and (value > 0 or not self.log)


def draw_curve(
    points: Curve, last: int, cursor: int, columns: int, rows: int, script: Script, *, log: bool
) -> list[Line]:
    """`rows` lines of at most `columns` cells; the lowest line has the iterations.

    The axis ends at iteration `last`. Without a point that can be drawn, a line that says why.
    """
    height, width = max(rows - 1, 1), max(columns - SCALE, 2)
    scale = scale_of(points, log=log) if len(points) else None
    if scale is None:
        why = "no value above 0 to draw on a log scale" if log else "no finite value to draw"
        return [Line(why, "quiet").cut(columns)]
    canvas = Canvas(width, height, script)
    first = int(points.iterations[0])
    plot(canvas, points, last, scale)
    mark = column_of(cursor, first, last, width) if first <= cursor <= last else None
    lines = [
        Line(label(scale, row, height, script)).extend(with_cursor(canvas.text(row), mark, script))
        for row in range(height)
    ]
    return [*lines, axis(first, last, cursor, mark, width, script)]


def scale_of(points: Curve, *, log: bool) -> Scale | None:
    """The scale for all finite values, wider where they are all equal; None without such a value.

    On a log scale only values above 0 count.
    """
    every = np.concatenate([points.low, points.high])
    usable = every[np.isfinite(every) & ((every > 0) if log else True)]
    if not usable.size:
        return None
    low, high = float(usable.min()), float(usable.max())
    if log:
        low, high = log10(low), log10(high)
        if high - low < 1:
            low, high = floor(low), max(ceil(high), floor(low) + 1)
        low, high = max(low, LEAST), min(high, MOST)
    if not isfinite(high - low):
        low, high = low / 2, high / 2
    # A scale that crosses 0 would say that a loss can be negative.
    room = 0.0 if high > low else abs(high) / 2 or 0.5
    return Scale(max(low - room, -float_info.max), min(high + room, float_info.max), log)


def plot(canvas: Canvas, points: Curve, last: int, scale: Scale) -> None:
    """Draw every point as a column of dots, joined with the previous point."""
    first = int(points.iterations[0])
    top = canvas.height - 1
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
        canvas.column(x, top_y, bottom_y)
        if previous is not None:
            join(canvas, previous, (x, top_y))
        previous = (x, bottom_y)


def join(canvas: Canvas, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Set the dots on the straight line between two points."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0))
    for step in range(1, steps):
        canvas.dot(x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps))


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


def label(scale: Scale, row: int, rows: int, script: Script) -> str:
    """The scale beside a row: values at the top, in the middle and at the bottom."""
    labelled = {0, rows // 2, rows - 1} if rows > 4 else {0, rows - 1}
    if row not in labelled:
        return " " * (SCALE - 1) + script.either("│", "|")
    height = 1 - row / (rows - 1) if rows > 1 else 1.0
    text = script.number(scale.value(height), 3)
    return text.rjust(SCALE - 2)[: SCALE - 2] + script.either(" ┤", " +")


def with_cursor(text: str, mark: int | None, script: Script) -> Line:
    """A row of the canvas with the cursor's column highlighted; None where no cursor is seen."""
    if mark is None:
        return Line(text, "title")
    here = text[mark] if text[mark] != " " else script.either("│", "|")
    return Line(text[:mark], "title").add(here, "now").add(text[mark + 1 :], "title")


def axis(first: int, last: int, cursor: int, mark: int | None, width: int, script: Script) -> Line:
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
    behind = right.rjust(max(width - start - len(text), 0))
    line = Line(" " * SCALE).add(before, "quiet").add(text, "now").add(behind, "quiet")
    return line.cut(SCALE + width)
