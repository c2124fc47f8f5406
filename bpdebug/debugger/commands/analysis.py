"""The commands that analyse a run: promises of updates, the diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpdebug.debugger.commands.columns import in_columns
from bpdebug.debugger.commands.command import Command, MotionText
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.run import Promise, promises
from bpdebug.wording import node_name, promise_text

if TYPE_CHECKING:
    from bpdebug.diagnosis import Diagnosis, Finding


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
    finding = numbered(result).get(argument)
    if finding is None:
        raise BpdebugError(f"there is no finding '{argument[:40]}'; `diagnose` lists them")
    debugger.go(Instant(finding.iteration, finding.position))
    return MotionText(f"{finding.title}, {finding.subject}: {finding.text}")


def numbered(result: Diagnosis) -> dict[str, Finding]:
    """The findings by number: `2` the second cause, `2.1` the first of its symptoms."""
    found = {}
    for number, cause in enumerate(result.findings, 1):
        found[f"{number}"] = cause
        found |= {f"{number}.{below}": one for below, one in enumerate(cause.symptoms, 1)}
    return found


def run_diagnosis(debugger: Debugger) -> Diagnosis:
    """Diagnose the whole run, or return the cached diagnosis."""
    from bpdebug.diagnosis import diagnose

    if debugger.diagnosis is None:
        debugger.record_diagnosis(diagnose(debugger.run, debugger.script))
    assert debugger.diagnosis is not None
    return debugger.diagnosis


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
        "that start alike, and where the first NaN is born. A cause takes its symptoms with it:\n"
        "`diagnose 1.2` goes to the second symptom of the first cause.",
        long=True,
        alone_as_key=True,
    ),
)
