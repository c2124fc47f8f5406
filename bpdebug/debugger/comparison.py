"""Somebody's numbers beside the right ones: which lines of the program are wrong, and how.

The numbers were handed in (`against FILE`), or the lines of the scenario's own [backward] gave
them. A comparison is made once, from a verdict of `bpdebug.mistakes`, and does not change; what
front ends draw of it is looked up by node, by edge or by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.marks import BLAMED, mark_of
from bpdebug.debugger.marks import WRONG as WRONG
from bpdebug.debugger.marks import Mark as Mark
from bpdebug.debugger.program import LineKind, ProgramLine
from bpdebug.debugger.wrong_cells import first_wrong_term
from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph
from bpdebug.ops import Array
from bpdebug.records import record
from bpdebug.run import Run
from bpdebug.wording import Script, safe

if TYPE_CHECKING:
    from bpdebug.mistakes.places import Place
    from bpdebug.mistakes.verdict import ArrayVerdict, NamedMistake, Verdict

OWN_LINES = "[backward]"
"""The source of a comparison with the scenario's own backward pass."""


@record
class WrongLine:
    """A line that is wrong by itself, and the first tick at which that shows."""

    instant: Instant
    """In the first iteration whose numbers it spoils."""
    node: int
    """The node whose gradient, value or new value the line writes."""
    edge: int | None = None
    """The edge; None for a forward op, the seed and an update."""
    update: int | None = None
    """The number of the update line, from 0; None for all other lines."""
    mistake: NamedMistake | None = None
    """The mistake that explains it, with the formulas of this line; None where none does."""


class Comparison:
    """A verdict by nodes and lines. Gradients, values and new values are those of an iteration."""

    def __init__(
        self,
        run: Run,
        source: str,
        arrays: Sequence[ArrayVerdict],
        places: Sequence[Place],
        report: Sequence[str],
        verdict: Verdict | None,
    ) -> None:
        self.run = run
        self.source = source
        """The file that the numbers were read from, or `[backward]`."""
        self.arrays = tuple(arrays)
        """The verdict on each array, in the order of the file."""
        self.report = tuple(report)
        """The verdict in words, line by line."""
        self.verdict = verdict
        """The verdict; None where no line of a [backward] could be computed."""
        self._places = tuple(places)
        self._by_name = {
            (one.handed.quantity.value, one.handed.node, one.handed.iteration): one
            for one in self.arrays
        }
        self._edge_marks: dict[int, dict[int, Mark]] = {}

    @property
    def own_lines(self) -> bool:
        """Whether the numbers come from the lines of the scenario's own [backward]."""
        return self.source == OWN_LINES

    @property
    def agrees(self) -> bool:
        """True when nothing is wrong."""
        return not self.wrong_lines and not any(one.wrong for one in self.arrays)

    @property
    def beyond(self) -> str:
        """A note where numbers are of iterations after the end of the run; else empty."""
        last = max((one.handed.iteration for one in self.arrays), default=1)
        if last <= self.run.iterations:
            return ""
        return (
            f"numbers of iteration {last:,} stand beside nothing, the run has "
            f"{self.run.iterations:,}; start with --iterations {last}"
        )

    # By node.

    def array(self, node: int, iteration: int, quantity: str = "grad") -> ArrayVerdict | None:
        """The verdict on an array; None where it was not handed in.

        `quantity` is `grad`, `value`, `new` or `change`, as in the names of the file.
        """
        return self._by_name.get((quantity, node, iteration))

    def theirs(self, node: int, iteration: int, quantity: str = "grad") -> Array | None:
        """The numbers that were handed in, of any shape; None where there are none."""
        found = self.array(node, iteration, quantity)
        return None if found is None else np.asarray(found.handed.values)

    def reproduced(self, node: int, iteration: int) -> Array | None:
        """The gradient as the named mistakes compute it, for nodes that were not handed in.

        None where no mistake is named, and in iterations that the verdict does not reach.
        """
        if self.own_lines or self.verdict is None or not self.verdict.explanations:
            return None
        stages = self.verdict.explanations[0].found.trial.stages
        if not 1 <= iteration <= len(stages) or node >= len(stages[iteration - 1].gradients):
            return None
        found = stages[iteration - 1].gradient(node)
        return None if found is None else np.asarray(found)

    def mark(self, node: int, iteration: int, quantity: str = "grad") -> Mark | None:
        """How a node's array compares; None where it was not handed in, or is undecidable."""
        found = self.array(node, iteration, quantity)
        return None if found is None else mark_of(found)

    def written(self, node: int) -> str:
        """A line of [backward] as it was written; empty for a node without one."""
        if not self.own_lines:
            return ""
        lines = (line for line in self.run.problem.backward if line.node == node)
        return next((" ".join(safe(line.text).split()) for line in lines), "")

    # By line.

    @cached_property
    def wrong_lines(self) -> tuple[WrongLine, ...]:
        """The lines that are wrong by themselves, in the order of recorded time."""
        found: dict[tuple[object, ...], WrongLine] = {}
        for line in (*self._named_lines(), *self._unnamed_lines()):
            found.setdefault((line.node, line.edge, line.update), line)
        return tuple(sorted(found.values(), key=lambda line: line.instant))

    def mistake(self, edge: int) -> NamedMistake | None:
        """The mistake that writes an edge's line wrong, with that line's formulas; else None."""
        return next((p.mistake for p in self._places if p.edge == edge), None)

    def mistake_in_update(self, node: int) -> NamedMistake | None:
        """The mistake in the update of a parameter; None where there is none."""
        return next((p.mistake for p in self._places if p.updates and p.node == node), None)

    def edge_marks(self, iteration: int) -> Mapping[int, Mark]:
        """By edge, the mark of its line where that is wrong; others are left out.

        A line with a named mistake is wrong in every iteration, other lines are marked in those
        whose numbers were handed in.
        """
        if iteration not in self._edge_marks:
            self._edge_marks[iteration] = dict(self._edge_marks_of(iteration))
        return self._edge_marks[iteration]

    def update_marks(self, iteration: int) -> Mapping[int, Mark]:
        """By number of the update line, the mark where it is wrong; others are left out."""
        found: dict[int, Mark] = {}
        for one in self.arrays:
            line = self._last_update.get(one.handed.node)
            updated = one.handed.quantity.value in UPDATED and one.handed.iteration == iteration
            mark = Mark.INHERITED if one.wrong and self._explained(one) else mark_of(one)
            if updated and line is not None and mark in WRONG and found.get(line) is not Mark.OWN:
                found[line] = mark
        for place in self._places:
            if place.updates and place.node in self._last_update:
                found[self._last_update[place.node]] = Mark.OWN
        return found

    def line_mark(self, line: ProgramLine, iteration: int) -> Mark | None:
        """The mark of a line of the program that is wrong; None for any other.

        The forward pass is one line, with the gravest mark of the values that were handed in.
        """
        if line.kind is LineKind.EDGE:
            return self.edge_marks(iteration).get(line.index)
        if line.kind is LineKind.GROUP and line.number is not None and line.last is not None:
            marks = self.edge_marks(iteration)
            inside = {marks.get(edge) for edge in range(line.number - 2, line.last - 1)}
            return next((mark for mark in WRONG if mark in inside), None)
        if line.kind is LineKind.UPDATE:
            return self.update_marks(iteration).get(line.index)
        if line.kind is LineKind.SEED:
            mark = self.mark(line.index, iteration)
            return mark if mark in WRONG else None
        if line.kind is LineKind.FORWARD:
            values = [one for one in self.arrays if one.handed.quantity.value == "value"]
            found = {mark_of(one) for one in values if not self._explained(one)}
            return next((mark for mark in BLAMED if mark in found), None)
        return None

    def neighbour(self, instant: Instant, *, back: bool = False) -> tuple[WrongLine, int, bool]:
        """The next or the previous wrong line from an instant, its number from 1, and whether
        the search went round an end; BpdebugError where no line is wrong."""
        lines = self.wrong_lines
        if not lines:
            raise BpdebugError("no line is wrong" if self.agrees else "no single line is to blame")
        ahead = [
            at
            for at, line in enumerate(lines)
            if (line.instant < instant if back else line.instant > instant)
        ]
        at = ahead[-1 if back else 0] if ahead else (len(lines) - 1 if back else 0)
        return lines[at], at + 1, not ahead

    # How the marks come about.

    def _edge_marks_of(self, iteration: int) -> Iterator[tuple[int, Mark]]:
        into = self._graph.into
        wrong = {place.edge for place in self._places if place.edge is not None}
        for one in self.arrays:
            node, mark = one.handed.node, mark_of(one)
            if one.handed.quantity.value != "grad" or one.handed.iteration != iteration:
                continue
            edges = into.get(node, ())
            if mark not in WRONG or not edges or any(edge.index in wrong for edge in edges):
                continue
            yield edges[-1].index, Mark.INHERITED if self._explained(one) else mark
        for edge in wrong:
            yield edge, Mark.OWN

    def _explained(self, one: ArrayVerdict) -> bool:
        """Whether a wrong array is made by the named mistakes, which are in lines of their own.

        An explanation of a file makes all of its arrays; each line of a [backward] has its own.
        """
        if not self.own_lines:
            return bool(self._places)
        above = self._above(one.handed.node)
        return any(place.node in above and not place.updates for place in self._places)

    def _above(self, node: int) -> set[int]:
        """A node and those through which its gradient comes from the loss."""
        found = {node}
        for edge in reversed(self._graph.edges):
            if edge.operand in found:
                found.add(edge.output)
        return found

    def _named_lines(self) -> Iterator[WrongLine]:
        """The lines that named mistakes write."""
        for place in self._places:
            quantities = UPDATED if place.updates else ("grad",)
            iteration = self._first_wrong(place.node, quantities)
            if place.updates:
                update = self._last_update.get(place.node)
                if update is not None:
                    yield self._update_line(update, iteration, place)
            elif place.edge is None:
                yield WrongLine(self._seed(iteration), place.node, mistake=place.mistake)
            else:
                at = self._edge_start(place.edge, iteration)
                yield WrongLine(at, place.node, place.edge, mistake=place.mistake)

    def _unnamed_lines(self) -> Iterator[WrongLine]:
        """The last lines of arrays that are wrong by themselves, where no mistake is named."""
        for one in self.arrays:
            node, iteration = one.handed.node, one.handed.iteration
            quantity = one.handed.quantity.value
            past = iteration > self.run.iterations
            if mark_of(one) not in BLAMED or past or self._explained(one):
                continue
            if quantity == "value":
                tick = self.run.timeline(iteration).forward_tick(node)
                yield WrongLine(Instant(iteration, tick), node)
            elif quantity in UPDATED:
                update = self._last_update.get(node)
                if update is not None:
                    yield self._update_line(update, iteration)
            elif edges := self._graph.into.get(node, ()):
                at = self._edge_start(edges[-1].index, iteration)
                yield WrongLine(at, node, edges[-1].index)
            else:
                yield WrongLine(self._seed(iteration), node)

    def _first_wrong(self, node: int, quantities: Sequence[str]) -> int:
        """The first iteration in which an array of a node is wrong; else that of any array."""
        wrong = [one for one in self.arrays if one.wrong]
        mine = [
            one.handed.iteration
            for one in wrong
            if one.handed.node == node and one.handed.quantity.value in quantities
        ]
        first = min(mine or [one.handed.iteration for one in wrong], default=1)
        return min(first, self.run.iterations)

    def _edge_start(self, edge: int, iteration: int) -> Instant:
        """The first term of the first wrong cell of an edge's line; else the line's first."""
        start, end = self.run.timeline(iteration).edge_span(edge)
        recorded = self.run.iteration(iteration).recorded
        node, index_map = (
            recorded.graph.edges[edge].operand,
            recorded.index_map(recorded.graph.edges[edge]),
        )
        one, theirs = self.array(node, iteration), self.theirs(node, iteration)
        if theirs is None:
            theirs = self.reproduced(node, iteration)
        right = recorded.gradients[node]
        term = first_wrong_term(index_map, theirs, right, one.handed.precision if one else None)
        return Instant(iteration, min(start + 1 + term, end))

    def _seed(self, iteration: int) -> Instant:
        """The tick of the gradient of the loss."""
        return Instant(iteration, self.run.timeline(iteration).forward + 1)

    def _update_line(self, update: int, iteration: int, place: Place | None = None) -> WrongLine:
        """An update line that is wrong by itself."""
        position = self.run.timeline(iteration).update_tick(update)
        node = self.run.iteration(1).updates[update].parameter
        mistake = place.mistake if place is not None else None
        return WrongLine(Instant(iteration, position), node, update=update, mistake=mistake)

    @property
    def _graph(self) -> Graph:
        return self.run.graph(1)

    @cached_property
    def _last_update(self) -> dict[int, int]:
        """By parameter, the number of its last update line; it is the same in all iterations."""
        updates = self.run.iteration(1).updates
        return {line.parameter: at for at, line in enumerate(updates)}


UPDATED = ("new", "change")
"""Quantities that an update makes."""


def compare_file(run: Run, path: Path, script: Script) -> Comparison:
    """Compare the numbers of a file with a run's; BpdebugError where they cannot be read.

    The search reports to `run.progress`, and `Cancelled` ends it.
    """
    from bpdebug.mistakes import read
    from bpdebug.mistakes.judge import judge

    arrays, precision = read(path)
    try:
        verdict = judge(run, arrays, precision, script, progress=run.progress)
    except BpdebugError as error:
        raise error.at(file=safe(str(path))) from None
    return of_verdict(run, verdict, safe(str(path)), script)


def of_verdict(run: Run, verdict: Verdict, source: str, script: Script) -> Comparison:
    """A comparison from a verdict on numbers that were handed in."""
    from bpdebug.mistakes import report_lines
    from bpdebug.mistakes.places import places

    found = [p for one in verdict.explanations[:1] for p in places(run, one, script)]
    return Comparison(run, source, verdict.arrays, found, report_lines(verdict, script), verdict)


def compare_own_lines(run: Run, script: Script) -> Comparison | None:
    """Compare the lines of a scenario's [backward] with the right pass; None without [backward]."""
    if not run.problem.backward:
        return None
    from bpdebug.mistakes import judge_own, own_report_lines
    from bpdebug.mistakes.places import places

    verdict = judge_own(run, script, progress=run.progress)
    found = [
        place
        for line in verdict.lines
        for one in line.explanations[:1]
        for place in places(run, one, script)
    ]
    arrays = verdict.numbers.arrays if verdict.numbers is not None else ()
    report = own_report_lines(run, verdict, script)
    return Comparison(run, OWN_LINES, arrays, found, report, verdict.numbers)
