"""A curve over iterations in a few lines: a scale at the left, iterations below, a cursor on it.

A column of the canvas stands for a stretch of iterations and is drawn from the lowest to the
highest value in it, so that no spike is lost. What is NaN leaves a gap and is said in the heading;
on a log scale so is what is not above 0.
"""

from __future__ import annotations

from math import ceil, floor, isfinite, log10
from typing import NamedTuple

import numpy as np

from bpdebug.run.series import Curve
from bpdebug.tui.draw.canvas import Canvas
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script

LEAST, MOST = -323.3, 308.25
"""Powers of ten that float64 has."""
SCALE = 10
"""Cells of the scale at the left."""


class Span(NamedTuple):
    """The range of values that is drawn, as they stand on the scale."""

    low: float
    high: float
    log: bool

    def at(self, value: float) -> float:
        """Where a value is, from 0 at the bottom to 1 at the top."""
        shown = log10(value) if self.log else value
        return (shown - self.low) / (self.high - self.low)

    def value(self, part: float) -> float:
        """The value at a height."""
        shown = self.low + part * (self.high - self.low)
        return 10.0**shown if self.log else shown


def draw_curve(
    points: Curve, last: int, cursor: int, columns: int, rows: int, script: Script, *, log: bool
) -> list[Line]:
    """`rows` lines of at most `columns` cells; the last one has the iterations.

    The last point stands for all iterations up to `last`.
    """
    height, width = max(rows - 1, 1), max(columns - SCALE, 2)
    span = span_of(points, log=log) if len(points) else None
    if span is None:
        why = "no value above 0 to draw on a log scale" if log else "no finite value to draw"
        return [Line(why, "quiet").cut(columns)]
    canvas = Canvas(width, height, script)
    first = int(points.iterations[0])
    plot(canvas, points, last, span)
    mark = column_of(cursor, first, last, width) if first <= cursor <= last else None
    lines = [
        Line(label(span, row, height, script)).extend(with_cursor(canvas.text(row), mark, script))
        for row in range(height)
    ]
    return [*lines, axis(first, last, cursor, mark, width, script)]


def span_of(points: Curve, *, log: bool) -> Span | None:
    """The range to draw: all finite values, with some room where they are all the same."""
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
    return Span(low - room, high + room, log)


def plot(canvas: Canvas, points: Curve, last: int, span: Span) -> None:
    """Every point as a column of dots, joined with the one before it."""
    first = int(points.iterations[0])
    top = canvas.height - 1
    before: tuple[int, int] | None = None
    for iteration, low, high in zip(
        points.iterations.tolist(), points.low.tolist(), points.high.tolist(), strict=True
    ):
        if not drawable(low, span) or not drawable(high, span):
            before = None
            continue
        x = column_of(iteration, first, last, canvas.width)
        bottom_y, top_y = (top - round(top * min(max(span.at(v), 0.0), 1.0)) for v in (low, high))
        canvas.column(x, top_y, bottom_y)
        if before is not None:
            join(canvas, before, (x, top_y))
        before = (x, bottom_y)


def drawable(value: float, span: Span) -> bool:
    """Whether a value has a place on the scale."""
    return isfinite(value) and (value > 0 or not span.log)


def join(canvas: Canvas, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Dots on the straight way between two points."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0))
    for step in range(1, steps):
        canvas.dot(x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps))


def column_of(iteration: int, first: int, last: int, width: int) -> int:
    """The column that an iteration falls in."""
    return 0 if last == first else round((iteration - first) * (width - 1) / (last - first))


def iteration_at(column: int, first: int, last: int, columns: int) -> int | None:
    """The iteration that a cell of a drawn line stands for; None on the scale at the left."""
    width = max(columns - SCALE, 2)
    at = column - SCALE
    if not 0 <= at < width:
        return None
    return first + round(at * (last - first) / (width - 1))


def label(span: Span, row: int, rows: int, script: Script) -> str:
    """The scale beside a row: values at the top, in the middle and at the bottom."""
    named = {0, rows // 2, rows - 1} if rows > 4 else {0, rows - 1}
    bar = script.either("│", "|")
    if row not in named:
        return " " * (SCALE - 1) + bar
    part = 1 - row / (rows - 1) if rows > 1 else 1.0
    text = script.number(span.value(part), 3)
    return text.rjust(SCALE - 2)[: SCALE - 2] + script.either(" ┤", " +")


def with_cursor(text: str, mark: int | None, script: Script) -> Line:
    """A row of the canvas, with the cursor's column lit."""
    if mark is None:
        return Line(text, "title")
    here = text[mark] if text[mark] != " " else script.either("│", "|")
    return Line(text[:mark], "title").add(here, "now").add(text[mark + 1 :], "title")


def axis(first: int, last: int, cursor: int, mark: int | None, width: int, script: Script) -> Line:
    """The first and the last iteration, and the cursor's below its column.

    An end that the cursor's number would touch gives way to it: half a number is a wrong one.
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
