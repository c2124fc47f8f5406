"""The commands that analyse a run: promises of updates, curves over time, the diagnosis."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.commands.command import Command, MotionText
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.run import Promise, promises
from bpdebug.run.series import Curve
from bpdebug.wording import node_name, promise_text

if TYPE_CHECKING:
    from bpdebug.diagnosis import Diagnosis


def promise(debugger: Debugger, argument: str) -> str:
    """promise"""
    moment = debugger.moment
    rows = promises(debugger.run, moment.iteration)
    if not rows:
        raise BpdebugError("nothing is updated here; give the scenario an [optimizer]")
    rows = rows[:-1] if len(rows) == 2 else rows  # a single update is its own sum
    head = ("update of", "promised", "came", "holds")
    table = in_columns([head, *(promise_cells(debugger, row) for row in rows)], right=(1, 2))
    title = f"iteration {moment.iteration.number}: change of the loss"
    return "\n".join([title, *(f"  {line}" for line in table)])


def in_columns(rows: Sequence[tuple[str, ...]], right: Collection[int] = ()) -> list[str]:
    """Lay out rows in columns two blanks apart; the columns in `right` are right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def promise_cells(debugger: Debugger, row: Promise) -> tuple[str, ...]:
    """Name, promised and actual change of the loss, and how much of the promise holds."""
    graph, script = debugger.moment.graph, debugger.script
    node = graph.names[row.parameter] if row.parameter else None
    name = "all together" if node is None else node_name(graph, node, script)
    numbers = (script.at_most(4).number(n) for n in (row.predicted, row.actual))
    return name, *numbers, promise_text(row, script)


def diagnosis(debugger: Debugger, argument: str) -> str:
    """diagnose [NUMBER]"""
    result = run_diagnosis(debugger)
    if not argument:
        return "\n".join(result.lines())
    numbered = {str(number): finding for number, finding in enumerate(result.findings, 1)}
    finding = numbered.get(argument)
    if finding is None:
        raise BpdebugError(f"there is no finding '{argument[:40]}'; `diagnose` lists them")
    debugger.go(Instant(finding.iteration, finding.position))
    return MotionText(f"{finding.fault.value}, {finding.subject}: {finding.text}")


def run_diagnosis(debugger: Debugger) -> Diagnosis:
    """Diagnose the whole run, or return the cached diagnosis."""
    from bpdebug.diagnosis import diagnose

    if debugger.diagnosis is None:
        debugger.record_diagnosis(diagnose(debugger.run, debugger.script))
    assert debugger.diagnosis is not None
    return debugger.diagnosis


def curves(debugger: Debugger, argument: str) -> str:
    """curves [NAME]"""
    names = [argument] if argument else list(debugger.curves.names())
    # A curve of a long run need not have a point at the last iteration.
    last = debugger.curves.curves(names, debugger.run.iterations)
    rows: list[tuple[str, ...]] = [
        (debugger.script.safe(name), *curve_cells(debugger, curve, last[name]))
        for name, curve in debugger.curves.curves(names).items()
    ]
    return "\n".join(in_columns([("curve", "first", "last", "lowest", "highest"), *rows]))


def curve_cells(debugger: Debugger, curve: Curve, last: Curve) -> Iterator[str]:
    """First value, last value, lowest and highest of all iterations, also between points."""
    extremes = np.fmin.reduce(curve.low), np.fmax.reduce(curve.high)
    for value in (curve.values[0], last.values[-1], *extremes):
        yield debugger.script.at_most(5).number(float(value))


ANALYSIS: tuple[Command, ...] = (
    Command(
        "promise",
        "what each update promised to do to the loss, and what it did",
        promise,
        details="To first order an update changes the loss by ∂L/∂θ · Δθ. bpdebug compares that\n"
        "with the change that a forward pass on the same batch finds with the new value.",
    ),
    Command(
        "diagnose",
        "what is wrong with the run, with evidence; with a number, go to that finding",
        diagnosis,
        abbreviations=("diag",),
        alone=("d",),
        keys=("d",),
        usage="diagnose [NUMBER]",
        details="It looks for vanishing and exploding gradients, dead and saturated units,\n"
        "parameters that never move or move too far, a gradient that is rounding only, a loss\n"
        "that diverges, oscillates, falls slowly or stands still, the same output for every\n"
        "example, an output that cannot reach its targets or is stretched against them, units\n"
        "that start alike, and where the first NaN is born.",
        long=True,
        alone_as_key=True,
    ),
    Command(
        "curves",
        "the loss, each δ, gradient and update over all iterations",
        curves,
        abbreviations=("curve",),
        keys=("L",),
        usage="curves [NAME]",
        details="NAME is one of the listed names, or an expression whose value is one number. On\n"
        "the screen, left and right move along the curve, and enter goes to an iteration.",
        long=True,
        alone_as_key=True,
    ),
)
