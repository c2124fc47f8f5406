"""The vertical scale of a plot: linear, or in powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10
from sys import float_info
from typing import NamedTuple

import numpy as np

from bpdebug.run.series import Curve
from bpdebug.wording import Script

LEAST, MOST = -323.3, 308.25
"""The least and the greatest power of ten in float64."""
SCALE = 10
"""Cells of the scale at the left."""
FLAT = 20.0
"""A curve that many times lower than another would lie flat on the bottom of a linear scale."""


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


def scale_of(curves: Sequence[Curve], *, log: bool) -> Scale | None:
    """The scale for all finite values, wider where they are all equal; None without such a value.

    On a log scale only values above 0 count.
    """
    every = np.concatenate([row for points in curves for row in (points.low, points.high)])
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


def needs_log(curves: Sequence[Curve]) -> bool:
    """True for several curves of which a linear scale would flatten one.

    False where any is below 0, or has more points at 0, which a log scale leaves out, than above.
    """
    peaks = []
    for points in curves:
        finite = points.high[np.isfinite(points.high)]
        if not finite.size:
            continue
        if float(np.nanmin(points.low)) < 0 or 2 * np.count_nonzero(finite > 0) < finite.size:
            return False
        peaks.append(float(finite.max()))
    return len(peaks) > 1 and max(peaks) / FLAT > min(peaks)


def label(scale: Scale, row: int, rows: int, script: Script) -> str:
    """The scale beside a row: values at the top, in the middle and at the bottom."""
    labelled = {0, rows // 2, rows - 1} if rows > 4 else {0, rows - 1}
    if row not in labelled:
        return " " * (SCALE - 1) + script.either("│", "|")
    height = 1 - row / (rows - 1) if rows > 1 else 1.0
    text = script.number(scale.value(height), 3)
    return text.rjust(SCALE - 2)[: SCALE - 2] + script.either(" ┤", " +")
