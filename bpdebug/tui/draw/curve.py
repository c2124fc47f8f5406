"""Curves over iterations in a few lines, each in a colour of its own."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger.plot.plot import LABEL, NOW, QUIET, PlotCurve, column_of, iteration_at, plot
from bpdebug.debugger.plot.scale import SCALE
from bpdebug.run.series import Curve
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script

__all__ = ["CURVE_ROLES", "SCALE", "column_of", "draw_curve", "draw_curves", "iteration_at"]

CURVE_ROLES = ("title", "heat+3", "heat-3", "name")
"""The roles of the curves of a plot, in turn; their letters tell more than four apart."""
ROLES = {LABEL: "text", NOW: "now", QUIET: "quiet"}


def draw_curve(
    points: Curve, last: int, cursor: int, columns: int, rows: int, script: Script, *, log: bool
) -> list[Line]:
    """`rows` lines of at most `columns` cells with one curve; errors as in `draw_curves`."""
    return draw_curves([PlotCurve(points)], last, cursor, columns, rows, script, log=log)


def draw_curves(
    curves: Sequence[PlotCurve],
    last: int,
    cursor: int,
    columns: int,
    rows: int,
    script: Script,
    *,
    log: bool,
) -> list[Line]:
    """`rows` lines of at most `columns` cells; the lowest line has the iterations.

    The axis ends at iteration `last`. Without a point that can be drawn, a line that says why.
    """
    found = plot(curves, last, cursor, columns, rows, script, log=log)
    if not found:
        why = "no value above 0 to draw on a log scale" if log else "no finite value to draw"
        return [Line(why, "quiet").cut(columns)]
    lines = []
    for row in found:
        line = Line()
        for text, owner in row:
            line.add(text, ROLES.get(owner) or role_of(owner))
        lines.append(line.cut(columns))
    return lines


def role_of(owner: int) -> str:
    """The role of a curve by its place in the plot."""
    return CURVE_ROLES[owner % len(CURVE_ROLES)]
