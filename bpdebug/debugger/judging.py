"""The commands that judge: what an update promised and what came, and what is wrong with a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpdebug.debugger.command import Arrived
from bpdebug.debugger.cursor import Place
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.run import Promise, promises
from bpdebug.wording import node_name, number

if TYPE_CHECKING:
    from bpdebug.diagnosis import Diagnosis

TELLING = 0.5
"""Below this part of what was promised, or above twice it, the step was too large to be told."""


def promise(debugger: Debugger, argument: str) -> str:
    """promise"""
    moment = debugger.moment
    rows = promises(debugger.run, moment.iteration)
    if not rows:
        raise BpdebugError("nothing is updated here; give the scenario an [optimizer]")
    rows = rows[:-1] if len(rows) == 2 else rows  # of one alone the sum says nothing more
    cells = [promise_cells(debugger, row) for row in rows]
    widths = [max(len(row[at]) for row in [HEAD, *cells]) for at in range(3)]
    head = line_of(HEAD, widths) + "  kept"
    told = [
        f"{line_of(row, widths)}  {verdict(debugger, one)}"
        for row, one in zip(cells, rows, strict=True)
    ]
    return "\n".join([f"iteration {moment.iteration.number}: change of the loss", head, *told])


HEAD = ("update of", "promised", "came")


def line_of(cells: tuple[str, str, str], widths: list[int]) -> str:
    """One row of the table."""
    name, *numbers = cells
    return "  ".join(
        ["", name.ljust(widths[0]), *(n.rjust(w) for n, w in zip(numbers, widths[1:], strict=True))]
    )


def promise_cells(debugger: Debugger, row: Promise) -> tuple[str, str, str]:
    """Name, promised and actual change of the loss."""
    graph = debugger.moment.graph
    name = (
        node_name(graph, graph.names[row.parameter], unicode=debugger.unicode)
        if row.parameter
        else "all together"
    )
    digits, unicode = min(debugger.digits, 4), debugger.unicode
    return (
        name,
        number(row.predicted, digits, unicode=unicode),
        number(row.actual, digits, unicode=unicode),
    )


def verdict(debugger: Debugger, row: Promise) -> str:
    """How much of the promise was kept, in words where that is bad."""
    kept = row.kept
    if kept is None:
        return "nothing was promised"
    part = f"{number(100 * kept, 3, unicode=debugger.unicode)} %"
    if kept < 0:
        return f"{part}, the loss went the other way: the step is too large"
    if kept < TELLING:
        return f"{part}, less than half: the step is too large"
    return f"{part}, more than twice" if kept > 1 / TELLING else part


def diagnosis(debugger: Debugger, argument: str) -> str:
    """diagnose [NUMBER]"""
    found = diagnosed(debugger)
    if not argument:
        return "\n".join(found.lines(unicode=debugger.unicode))
    known = [str(at) for at in range(1, len(found.findings) + 1)]
    if argument not in known:
        raise BpdebugError(f"there is no finding '{argument[:40]}'; `diagnose` lists them")
    finding = found.findings[int(argument) - 1]
    debugger.go(Place(finding.iteration, finding.position))
    return Arrived(f"{finding.kind.value}, {finding.subject}: {finding.evidence}")


def diagnosed(debugger: Debugger) -> Diagnosis:
    """The diagnosis of the whole run; the run is the same at every time, so it is made once."""
    from bpdebug.diagnosis import diagnose

    if debugger.diagnosis is None:
        debugger.diagnosis = diagnose(debugger.run, unicode=debugger.unicode)
    return debugger.diagnosis
