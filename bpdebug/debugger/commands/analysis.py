"""The commands that judge: promises of updates, curves over time, what is wrong with a run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.commands.command import Command, MotionText
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.run import Promise, promises
from bpdebug.run.series import Curve
from bpdebug.wording import kept_text, node_name

if TYPE_CHECKING:
    from bpdebug.diagnosis import Diagnosis


def promise(debugger: Debugger, argument: str) -> str:
    """promise"""
    moment = debugger.moment
    rows = promises(debugger.run, moment.iteration)
    if not rows:
        raise BpdebugError("nothing is updated here; give the scenario an [optimizer]")
    rows = rows[:-1] if len(rows) == 2 else rows  # of one alone the sum says nothing more
    head = ("update of", "promised", "came", "kept")
    table = in_columns([head, *(promise_cells(debugger, row) for row in rows)], right=(1, 2))
    title = f"iteration {moment.iteration.number}: change of the loss"
    return "\n".join([title, *(f"  {line}" for line in table)])


def in_columns(rows: Sequence[tuple[str, ...]], right: Collection[int] = ()) -> list[str]:
    """Rows of a table as lines, their columns two blanks apart; those in `right` end together."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(room) if at in right else cell.ljust(room)
            for at, (cell, room) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def promise_cells(debugger: Debugger, row: Promise) -> tuple[str, ...]:
    """Name, promised and actual change of the loss, and how much of the promise was kept."""
    graph, script = debugger.moment.graph, debugger.script
    name = "all together"
    if row.parameter:
        name = node_name(graph, graph.names[row.parameter], script)
    numbers = (script.at_most(4).number(n) for n in (row.predicted, row.actual))
    return name, *numbers, kept_text(row, script)


def diagnosis(debugger: Debugger, argument: str) -> str:
    """diagnose [NUMBER]"""
    found = run_diagnosis(debugger)
    if not argument:
        return "\n".join(found.lines())
    known = [str(at) for at in range(1, len(found.findings) + 1)]
    if argument not in known:
        raise BpdebugError(f"there is no finding '{argument[:40]}'; `diagnose` lists them")
    finding = found.findings[int(argument) - 1]
    debugger.go(Instant(finding.iteration, finding.position))
    return MotionText(f"{finding.fault.value}, {finding.subject}: {finding.text}")


def run_diagnosis(debugger: Debugger) -> Diagnosis:
    """The diagnosis of the whole run; the run is the same at every time, so it is made once."""
    from bpdebug.diagnosis import diagnose

    if debugger.diagnosis is not None:
        return debugger.diagnosis
    made = diagnose(debugger.run, debugger.script)
    debugger.record_diagnosis(made)
    return made


def curves(debugger: Debugger, argument: str) -> str:
    """curves [NAME]"""
    known = debugger.curves
    names = [argument] if argument else list(known.names())
    # In a long run the last iteration is none of the points: it is asked for by itself.
    last = known.curves(names, debugger.run.iterations)
    rows: list[tuple[str, ...]] = [
        (debugger.script.safe(name), *curve_cells(debugger, curve, last[name]))
        for name, curve in known.curves(names).items()
    ]
    return "\n".join(in_columns([("curve", "first", "last", "lowest", "highest"), *rows]))


def curve_cells(debugger: Debugger, curve: Curve, last: Curve) -> tuple[str, str, str, str]:
    """First and last value, and the extremes; those are of all iterations, also between points."""

    def shown(value: float) -> str:
        return debugger.script.at_most(5).number(value)

    low, high = float(np.fmin.reduce(curve.low)), float(np.fmax.reduce(curve.high))
    return shown(float(curve.values[0])), shown(float(last.values[-1])), shown(low), shown(high)


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
    ),
)
