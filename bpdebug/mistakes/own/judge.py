"""Somebody's backward pass, written line by line, judged: right, wrong by itself, or following.

A line is right where it gives the right gradient at the scenario's numbers and on fresh random data
(`bpdebug/mistakes/fresh`). It is wrong by itself where it gives a wrong gradient even from right
ones above; else its error follows from what came in. A mistake names an error only where it makes
the same numbers on all data, so that what looks alike at the scenario's numbers is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bpdebug.mistakes.fresh.draws import fresh_runs
from bpdebug.mistakes.own.at_data import Explained, Key, LinesAtData
from bpdebug.mistakes.search import CLEAR
from bpdebug.mistakes.verdict import ArrayStatus, ArrayVerdict, Blame, NamedExplanation, Verdict
from bpdebug.records import record, replace
from bpdebug.run import BackwardLine, Run
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script
from bpdebug.wording.script import SCREEN

Explain = Callable[[LinesAtData], Mapping[Key, Explained]]


@record
class LineVerdict:
    """The verdict on one line."""

    line: BackwardLine
    status: ArrayStatus
    """How its gradient compares with the right one, on the first data where it is wrong."""
    blame: Blame | None = None
    """None for a line that is right; never unknown."""
    explanations: tuple[NamedExplanation, ...] = ()
    """Mistakes that make a line wrong by itself, the likeliest first; several where no data settles
    between them, and none where no known mistake makes its numbers."""
    problem: str = ""
    """Why it cannot be computed: its shapes do not fit. Empty for a line that can."""
    array: ArrayVerdict | None = None
    """Its gradient beside the right one, on the first data where it is wrong; None where it cannot
    be computed."""
    only_fresh: bool = False
    """True where it is right at the scenario's numbers, and wrong on other data."""

    @property
    def wrong(self) -> bool:
        """Whether its gradient is wrong, by itself or by what came in."""
        return self.blame is not None

    @property
    def own(self) -> bool:
        """Whether it is wrong by itself."""
        return self.blame is Blame.OWN

    @property
    def ids(self) -> tuple[str, ...]:
        """What the mistakes of the likeliest explanation are called."""
        return tuple(one.id for first in self.explanations[:1] for one in first.mistakes)


@record
class OwnVerdict:
    """All that is said about a backward pass written by hand."""

    lines: tuple[LineVerdict, ...]
    draws: int
    """On how many sets of fresh data it was tried, beside the scenario's numbers."""
    numbers: Verdict | None = None
    """The verdict on its gradients at the scenario's numbers; None where none can be computed."""

    @property
    def agrees(self) -> bool:
        """True when every line is right."""
        return not any(line.wrong for line in self.lines)


@np.errstate(all="ignore")
def judge_own(
    run: Run, script: Script = SCREEN, *, progress: ProgressReport | None = None
) -> OwnVerdict:
    """Judge the lines of a run's [backward] in its first iteration."""
    first = LinesAtData.of(run, script, progress)
    return OwnJudgement(first, [first.elsewhere(other) for other in fresh_runs(run)]).verdict()


class OwnJudgement:
    """A verdict on a backward pass in the making."""

    def __init__(self, first: LinesAtData, others: list[LinesAtData]) -> None:
        self.first, self.all = first, [first, *others]
        self.lines = first.lines

    def verdict(self) -> OwnVerdict:
        """Each line's verdict, with the explanations that hold on all data."""
        own = any(self.is_own(line) for line in self.lines)
        together = self.settled(LinesAtData.together, differs) if own else ()
        lines = tuple(self.of_line(line, together) for line in self.lines)
        return OwnVerdict(lines, len(self.all) - 1, self.at_the_numbers(lines))

    def is_own(self, line: BackwardLine) -> bool:
        """Whether a line is wrong by itself on some data."""
        return any(one.wrong(line.node) and one.wrong_alone(line.node) for one in self.all)

    def of_line(self, line: BackwardLine, together: tuple[NamedExplanation, ...]) -> LineVerdict:
        """The verdict on one line."""
        node = line.node
        where = next((one for one in self.all if one.wrong(node)), None)
        if where is None:
            return LineVerdict(line, self.first.status(node), array=self.first.array(node))
        own = self.is_own(line)
        explanations: tuple[NamedExplanation, ...] = ()
        if own and not where.problem(node):
            explanations = about(together, node) or self.by_itself(node)
        return LineVerdict(
            line,
            where.status(node),
            Blame.OWN if own else Blame.INHERITED,
            explanations,
            where.problem(node),
            where.array(node),
            where is not self.first,
        )

    def by_itself(self, node: int) -> tuple[NamedExplanation, ...]:
        """What explains one line on all data: one mistake, else several at once."""

        def wrong(one: LinesAtData) -> bool:
            return one.wrong_alone(node) and not one.undecided

        return self.settled(lambda one: one.by_itself(node), wrong) or self.settled(
            lambda one: one.by_itself(node, several=True), wrong
        )

    def settled(
        self, explain: Explain, differs: Callable[[LinesAtData], bool]
    ) -> tuple[NamedExplanation, ...]:
        """The likeliest explanation that holds on all data, and those that nothing tells from it.

        Empty where no explanation holds on all data that `differs`.
        """
        found: dict[Key, Explained] | None = None
        for one in self.all:
            if not differs(one):
                continue
            held: dict[Key, Explained] = {}
            for variant in one.variants(self.first):
                here = explain(variant)
                held = {k: v for k, v in (found or here).items() if k in here}
                if held:
                    break
            if not held:
                return ()
            found = held
        return tuple(one.named() for one in self.likeliest(list((found or {}).values())))

    def likeliest(self, found: list[Explained]) -> list[Explained]:
        """The likeliest explanation, and those with other names that are nearly as likely.

        Of several places for the same mistakes, those come first that have a line: it is there that
        the person wrote it.
        """
        if not found:
            return []
        written = {line.node for line in self.lines}

        def place(one: Explained) -> tuple[bool, float]:
            at = [node for change in one.found.changes for node in change.at]
            return written.isdisjoint(at), one.cost

        ranked = sorted(found, key=lambda one: one.cost)
        named: dict[frozenset[str], Explained] = {}
        for one in ranked:
            ids = frozenset(one.found.ids)
            if one.cost < ranked[0].cost + CLEAR and ids not in named:
                alike = (other for other in ranked if frozenset(other.found.ids) == ids)
                named[ids] = min(alike, key=place)
        return list(named.values())

    def at_the_numbers(self, lines: Sequence[LineVerdict]) -> Verdict | None:
        """The verdict on the gradients at the scenario's numbers, as for numbers handed in."""
        judgement = self.first.judgement
        if judgement is None:
            return None
        word = worded(lines)
        blames = {line.line.node: line.blame for line in lines}
        made = judgement.done(word)
        told: list[NamedExplanation] = []
        for line in lines:
            told += [one for one in line.explanations if one not in told]
        arrays = tuple(
            replace(a, blame=blames[a.handed.node] if a.wrong else None) for a in made.arrays
        )
        separate = judgement.separate(told[0].found, [t.found for t in told[1:]]) if told else ""
        return replace(
            made,
            arrays=arrays,
            explanations=tuple(told),
            separate=separate if word == "several" else "",
        )


def differs(one: LinesAtData) -> bool:
    """Whether a line gives a wrong gradient on this data."""
    return any(one.wrong(line.node) for line in one.lines)


def worded(lines: Sequence[LineVerdict]) -> str:
    """The verdict in a word, as a `Verdict` has it."""
    own = [line for line in lines if line.own]
    if not own:
        return "agrees"
    if not all(line.explanations for line in own):
        return "unknown"
    return "named" if all(len(line.explanations) == 1 for line in own) else "several"


def about(explanations: Sequence[NamedExplanation], node: int) -> tuple[NamedExplanation, ...]:
    """Explanations with those of their mistakes that write this node's gradient wrong.

    Where none of its mistakes does, an explanation is about a gradient without a line, and stands
    as it is.
    """
    found = []
    for one in explanations:
        here = tuple(mistake for mistake in one.mistakes if node in mistake.nodes)
        found.append(replace(one, mistakes=here) if here else one)
    return tuple(found)
