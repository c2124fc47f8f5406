"""The verdict on a backward pass written by hand, in lines of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.expression import counted, visible
from bpdebug.mistakes.own.judge import LineVerdict, OwnVerdict
from bpdebug.mistakes.report import Words
from bpdebug.mistakes.verdict import ArrayStatus, ArrayVerdict, NamedMistake
from bpdebug.run import Run
from bpdebug.wording import Script, edge_formula

HEADING = "bpdebug's own gradients:"
"""Above the check of the gradients, where the lines of a [backward] are judged below it."""


def own_report_lines(run: Run, found: OwnVerdict, script: Script) -> list[str]:
    """A line for each right line and each that follows; a wrong one with both formulas; the sum."""
    return list(OwnReport(run, found, script).lines())


class OwnReport:
    """The lines of a verdict on [backward]."""

    def __init__(self, run: Run, found: OwnVerdict, script: Script) -> None:
        self.found, self.script = found, script
        self.graph = run.graph(1)

    def lines(self) -> Iterator[str]:
        """The summary, then the wrong lines, those that follow, and the right ones."""
        yield self.summary()
        for one in sorted(self.found.lines, key=lambda one: (not one.wrong, not one.own)):
            yield from self.line(one)

    def line(self, one: LineVerdict) -> Iterator[str]:
        """The verdict on one line."""
        name = f"{visible(one.line.key)}"
        if not one.wrong:
            yield f"{self.script.either('✓', '+')} {name}: right"
        elif not one.own:
            yield f"{self.script.either('○', 'o')} {name}: right by itself; {self.follows(one)}"
        else:
            yield f"{self.script.either('✗', 'x')} {name}: WRONG, {self.what(one)}"
            yield from self.explained(one)

    def follows(self, one: LineVerdict) -> str:
        """Why a line is off whose error is not its own."""
        if one.problem:
            return f"it cannot be computed from what came in ({first_line(one.problem)})"
        return "it is off because of what came in"

    def what(self, one: LineVerdict) -> str:
        """The mistake by name, or that it has none."""
        if one.problem:
            return f"it cannot be computed: {first_line(one.problem)}"
        if not one.explanations:
            return f"no known mistake explains it{self.shapes(one)}"
        names = [" and ".join(map(self.mistake, e.mistakes)) for e in one.explanations]
        return " or ".join(dict.fromkeys(names))

    def mistake(self, mistake: NamedMistake) -> str:
        """Its title, its id, and the group whose backward pass has it, if any."""
        inside = f", in the group {visible(mistake.group)}" if mistake.group else ""
        return f"{mistake.title} ({mistake.id}){inside}"

    def shapes(self, one: LineVerdict) -> str:
        """The shapes where they differ."""
        if one.status is not ArrayStatus.SHAPE or one.array is None:
            return ""
        theirs, ours = one.array.handed.values.shape, np.shape(one.array.right)
        return f"; it {Words.shape(theirs)}, and should {Words.shape(ours, be=True)}"

    def explained(self, one: LineVerdict) -> Iterator[str]:
        """Yours and the right line, a cell both ways, why, and the remedy."""
        mistakes = [m for e in one.explanations[:1] for m in e.mistakes]
        yield f"    yours   {' '.join(visible(one.line.text).split())}"
        yield f"    right   {self.right(one.line.node)}"
        if one.array is not None:
            yield from self.worked(one, one.array)
        for mistake in mistakes:
            if one.line.node not in mistake.nodes:
                yield f"    at {', '.join(mistake.at[:4])}, which has no line of its own"
            yield f"    why: {mistake.why}"
            yield f"    remedy: {mistake.remedy}"

    def worked(self, one: LineVerdict, array: ArrayVerdict) -> Iterator[str]:
        """The worst cell both ways, or the shapes."""
        theirs, ours = array.handed.values, np.asarray(array.right)
        if theirs.shape != ours.shape:
            if one.explanations:
                yield f"    {self.shapes(one).removeprefix('; ')}"
            return
        cell = f"[{', '.join(map(str, array.worst))}]" if array.worst else ""
        where = " on random data" if one.only_fresh else ""
        yours = self.script.number(float(theirs[array.worst]))
        right = self.script.number(float(ours[array.worst]))
        name = f"grad({visible(one.line.name)}){cell}"
        yield f"    {name} is {yours} your way, and {right} the right way{where}"

    def right(self, node: int) -> str:
        """The right line of a gradient: the contributions of all edges into it."""
        edges = self.graph.into.get(node, ())
        formulas = [edge_formula(self.graph, e, self.script) for e in edges]
        if not formulas:
            return "1"
        return f"{formulas[0].left} = {' + '.join(one.right for one in formulas)}"

    def summary(self) -> str:
        """How many lines were checked, on what, and what is wrong."""
        lines = self.found.lines
        own = [one for one in lines if one.own]
        inherited = sum(one.wrong and not one.own for one in lines)
        data = "at these numbers"
        if self.found.draws:
            data += f" and on {counted(self.found.draws, 'set')} of random data"
        told = "none is wrong"
        if own:
            told = f"{len(own)} {'IS' if len(own) == 1 else 'ARE'} WRONG"
            if inherited:
                told += f", {inherited} follow{'s' * (inherited == 1)} from it"
        return f"checked {counted(len(lines), 'line')} of [backward], {data}: {told}"


def first_line(problem: str) -> str:
    """An error's first line, without the excerpt below it."""
    return problem.partition("\n")[0]
