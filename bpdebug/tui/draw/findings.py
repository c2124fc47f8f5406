"""The findings of a diagnosis: a list of causes with their symptoms, and an entry in detail."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from bpdebug.debugger.plot.histogram import histogram
from bpdebug.diagnosis import Diagnosis, Finding, Plot
from bpdebug.expression import counted
from bpdebug.ops import Array
from bpdebug.run.series import Curve
from bpdebug.tui.draw.curve import draw_curve
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.wording import Script

WIDEST = 100
"""Cells of a plot, at the most: a wider one shows no more."""
LOWEST, HIGHEST = 4, 12
"""Rows of a plot with its caption, at the least and at the most."""
TURN = 6
"""Cells from one turn of a fast swing to the next, as it is drawn."""
FEWEST = 8
"""Points of a curve that are drawn at the least."""
HEAD = 1_000
"""Cells in which any entry's row fits."""
STEEP = 1000
"""A curve whose highest value is more than so many times its lowest is drawn on a log scale."""


class Entry(NamedTuple):
    """A cause, or one of its symptoms below it."""

    cause: int
    """The cause's place among the findings, from 0."""
    symptom: int | None
    """The symptom's place below its cause, from 0; None for the cause itself."""
    finding: Finding

    @property
    def number(self) -> str:
        """What `diagnose` calls it: `2`, and its first symptom `2.1`."""
        below = "" if self.symptom is None else f".{self.symptom + 1}"
        return f"{self.cause + 1}{below}"


def entries_of(diagnosis: Diagnosis, unfolded: Collection[int]) -> list[Entry]:
    """The causes in their order, and below those in `unfolded` their symptoms."""
    found = []
    for at, cause in enumerate(diagnosis.findings):
        found.append(Entry(at, None, cause))
        if at in unfolded:
            found += [Entry(at, below, one) for below, one in enumerate(cause.symptoms)]
    return found


def draw_entry(entry: Entry, script: Script, width: int, *, unfolded: bool) -> Line:
    """The row of an entry: what is wrong and where, and how many symptoms a cause has."""
    finding = entry.finding
    if entry.symptom is not None:
        line = Line(f"       {finding.title}", "quiet")
        return line.add(f"  {finding.subject}", "name").cut(width)
    fold = script.either("▾", "-") if unfolded else script.either("▸", "+")
    count = len(finding.symptoms)
    line = Line(f"{script.either('⚠', '!')}{entry.number:>2} ", "warning")
    line.add(f"{fold if count else ' '} ", "title").add(finding.title, "warning")
    line.add(f"  {finding.subject}", "name")
    return line.add(f"  {counted(count, 'symptom')}" if count else "", "quiet").cut(width)


def draw_detail(
    diagnosis: Diagnosis, entry: Entry, script: Script, width: int, rows: int
) -> list[Line]:
    """An entry's evidence, its remedy and tick, and its plot where it has one and it fits.

    A symptom has its cause in place of a remedy: what helps the cause helps it too.
    """
    finding = entry.finding
    lines = wrap(f"{finding.evidence}.", width)
    if draw_entry(entry, script, HEAD, unfolded=False).width > width:  # its row is cut
        lines = [*wrap(f"{finding.title}, {finding.subject}", width, "title"), *lines]
    if entry.symptom is not None:
        cause = diagnosis.findings[entry.cause]
        lines += wrap(f"follows from {entry.cause + 1}: {cause.title}.", width, "quiet")
    elif finding.remedy:
        lines += wrap(f"usual remedy: {finding.remedy}.", width, "good")
    lines.append(Line(f"iteration {finding.iteration:,}, tick {finding.position:,}", "quiet"))
    room = min(rows - len(lines) - 1, HIGHEST)
    if finding.plot is not None and room >= LOWEST:
        lines += [Line(), *draw_plot(finding.plot, script, min(width, WIDEST), room)]
    return [line.cut(width) for line in lines]


def draw_plot(plot: Plot, script: Script, columns: int, rows: int) -> list[Line]:
    """A caption, and below it the curve, or the histogram of the sizes; `rows` lines at most."""
    if plot.curve:
        return draw_course(plot, script, columns, rows)
    caption = f"{plot.what}: {counted(len(plot.values), 'number')} by size"
    bars = histogram(plot.values, columns, rows - 1, script)
    lines = [
        Line(f"{bar.label} ", "quiet").add(bar.bar, "title").add(f" {bar.tally}", "quiet")
        for bar in bars
    ]
    return [Line(caption, "name"), *lines]


def draw_course(plot: Plot, script: Script, columns: int, rows: int) -> list[Line]:
    """A curve over time with its caption, on a log scale where its sizes ask for it.

    Of a curve that swings too fast for its columns the last stretch is drawn, so that its period
    can be seen.
    """
    array = np.asarray(plot.values, dtype=float)
    last = len(array)
    first = last - swing_stretch(array, columns) + 1
    array = array[first - 1 :]
    curve = Curve(np.arange(first, last + 1), array, array, array)
    finite = array[np.isfinite(array)]
    log = bool(finite.size) and 0 < STEEP * finite.min() < finite.max()
    caption = plot.what if first == 1 else f"{plot.what}, {first:,} to {last:,}"
    drawn = draw_curve(curve, last, 0, columns, rows - 1, script, log=log)
    return [Line(caption, "name"), *drawn]


def swing_stretch(array: Array, columns: int) -> int:
    """How many of the last points to draw: all, unless the curve turns in nearly every column."""
    with np.errstate(all="ignore"):
        steps = np.diff(array)
        turns = int(np.count_nonzero(steps[1:] * steps[:-1] < 0))
    if turns <= columns // 2:
        return len(array)
    return max(len(array) * columns // (TURN * turns), FEWEST)
