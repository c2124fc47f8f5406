"""The lines of a backward pass on one set of data: what they give, and what explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import Expression
from bpdebug.mistakes.bench import TIGHT, TIGHT_SINGLE, Bench, largest
from bpdebug.mistakes.conventions import explains, kinks
from bpdebug.mistakes.handed import Handed, Quantity
from bpdebug.mistakes.judgement import Judgement
from bpdebug.mistakes.mistake import Change
from bpdebug.mistakes.own.lines import Evaluated, evaluate_alone, evaluate_lines, expression_of
from bpdebug.mistakes.own.readings import readings
from bpdebug.mistakes.search import Explanation, Search
from bpdebug.mistakes.verdict import ArrayStatus, ArrayVerdict, NamedExplanation
from bpdebug.ops import FLOAT64, Array
from bpdebug.run import BackwardLine, Run
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script

Key = frozenset[tuple[str, tuple[int, ...], str, str]]
"""What an explanation says, whatever the data: each mistake's id, places, variant and use."""
SEARCHED = 400
"""So many trials are made to find several mistakes in one line."""


class Explained:
    """An explanation on one set of data, and what puts it into words."""

    def __init__(self, found: Explanation, judgement: Judgement) -> None:
        self.found = found
        self._judgement = judgement

    @property
    def cost(self) -> float:
        """How unlikely it is."""
        return self.found.cost

    def named(self) -> NamedExplanation:
        """The explanation in words."""
        return self._judgement.explanation(self.found)


class LinesAtData:
    """The lines on one set of data.

    `expressions` are the lines as they are read here, by node.
    """

    def __init__(
        self,
        run: Run,
        lines: Sequence[BackwardLine],
        expressions: Mapping[int, Expression],
        script: Script,
        progress: ProgressReport | None = None,
    ) -> None:
        self.run, self.lines, self.expressions = run, lines, expressions
        self.script, self.progress = script, progress
        self.graph = run.graph(1)
        self.given = evaluate_lines(run, lines, expressions)
        self.alone = {n: evaluate_alone(run, one) for n, one in expressions.items()}
        self.handed = {
            node: at
            for at, node in enumerate(
                node
                for node, found in self.given.items()
                if not isinstance(found, BpdebugError) and node != self.graph.loss
            )
        }
        self.judgement = self.on_bench(self.given) if self.handed else None
        self.undecided = False
        """True where values stand exactly on a kink, and all differences come from that."""
        if self.judgement is not None and self.judgement.bench.base.missed:
            bench = self.judgement.bench
            self.undecided = any(
                explains(bench, change) for change in kinks(self.judgement.grounds)
            )

    @classmethod
    def of(cls, run: Run, script: Script, progress: ProgressReport | None = None) -> LinesAtData:
        """The lines of a scenario at its own numbers."""
        lines = run.problem.backward
        expressions = {line.node: expression_of(line, run) for line in lines}
        return cls(run, lines, expressions, script, progress)

    def elsewhere(self, run: Run) -> LinesAtData:
        """Return these lines on other data; a number made of the batch's size is read anew."""
        expressions = {}
        for node, expression in self.expressions.items():
            tried = self.read_for(run, expression)
            right = next((e for e in tried if fits(evaluate_alone(run, e), run, node)), None)
            expressions[node] = expression if right is None else right
        return LinesAtData(run, self.lines, expressions, self.script, self.progress)

    def variants(self, scenario: LinesAtData) -> Iterator[LinesAtData]:
        """These lines, then with wrong lines read as if their numbers came from the batch's size.

        `scenario` has the lines as they are written.
        """
        yield self
        if self.run is scenario.run:
            return
        other = {
            line.node: list(scenario.read_for(self.run, scenario.expressions[line.node]))[1:]
            for line in self.lines
            if self.wrong_alone(line.node)
        }
        for at in range(max(map(len, other.values()), default=0)):
            chosen = {
                node: found[min(at, len(found) - 1)] for node, found in other.items() if found
            }
            read = {**self.expressions, **chosen}
            yield LinesAtData(self.run, self.lines, read, self.script, self.progress)

    def read_for(self, run: Run, expression: Expression) -> Iterator[Expression]:
        """How a line may be read on other data than these."""
        return readings(expression, rows_of(self.run), rows_of(run))

    # What is right.

    def right(self, node: int) -> Array:
        """The right gradient of a node."""
        return np.asarray(self.run.iteration(1).recorded.gradients[node])

    def wrong(self, node: int) -> bool:
        """Whether a line gives another gradient than the right one."""
        found = self.given[node]
        if isinstance(found, BpdebugError):
            return True
        if node not in self.handed:
            return not fits(found, self.run, node)
        assert self.judgement is not None
        at, judgement = self.handed[node], self.judgement
        return not (self.undecided or judgement.bench.fits(at, judgement.plain.predicted[at]))

    def wrong_alone(self, node: int) -> bool:
        """Whether a line gives another gradient where all that it uses is right."""
        return not fits(self.alone[node], self.run, node, self.tolerance(node))

    def tolerance(self, node: int) -> float:
        """How far rounding may move a gradient."""
        if node not in self.handed or self.judgement is None:
            return 0.0
        at, judgement = self.handed[node], self.judgement
        return float(np.max(judgement.bench.tolerance(at, judgement.plain.predicted[at])))

    def problem(self, node: int) -> str:
        """Why a line cannot be computed; empty for a line that can."""
        found = self.given[node]
        return found.problem if isinstance(found, BpdebugError) else ""

    def status(self, node: int) -> ArrayStatus:
        """How a line's gradient compares with the right one."""
        given = self.given[node]
        if isinstance(given, BpdebugError):
            return ArrayStatus.SHAPE
        if node not in self.handed:
            differs = ArrayStatus.DIFFERS if given.shape == () else ArrayStatus.SHAPE
            return differs if self.wrong(node) else ArrayStatus.AGREES
        found = self.array(node)
        assert found is not None
        return found.status

    def array(self, node: int) -> ArrayVerdict | None:
        """A line's gradient beside the right one; None for the loss, and for what has no number."""
        if node not in self.handed or self.judgement is None:
            return None
        at = self.handed[node]
        return self.judgement.array(at, None, agrees=False, undecided=self.undecided)

    # What explains it.

    def on_bench(self, arrays: Mapping[int, Evaluated]) -> Judgement:
        """Gradients as they would be handed in."""
        handed = [
            Handed(f"grad({self.graph.nodes[node].label})", node, Quantity.GRADIENT, 1, values)
            for node, values in arrays.items()
            if not isinstance(values, BpdebugError) and node != self.graph.loss
        ]
        return Judgement(Bench(self.run, handed), [], self.progress, self.script)

    def together(self) -> dict[Key, Explained]:
        """Single mistakes, and habits, that explain all lines at once."""
        return explanations(self.judgement) if self.judgement is not None else {}

    def by_itself(self, node: int, *, several: bool = False) -> dict[Key, Explained]:
        """Mistakes that explain one line, computed from right gradients.

        With `several`, up to a few mistakes at once.
        """
        found = self.alone[node]
        if isinstance(found, BpdebugError) or node == self.graph.loss:
            return {}
        above = self.leads_to(node)
        arrays: dict[int, Evaluated] = {
            line.node: self.right(line.node) for line in self.lines if line.node in above
        }
        return explanations(self.on_bench({**arrays, node: found}), several=several)

    def leads_to(self, node: int) -> set[int]:
        """The nodes through which a node's gradient comes from the loss, without itself."""
        found = {node}
        for edge in reversed(self.graph.edges):
            if edge.operand in found:
                found.add(edge.output)
        return found - {node}


def explanations(judgement: Judgement, *, several: bool = False) -> dict[Key, Explained]:
    """What explains all that a bench holds, by what it says."""
    bench = judgement.bench
    if not bench.base.missed:
        return {}
    search = Search(bench, judgement.progress)
    if several:
        search.limit = SEARCHED
        found: Sequence[Explanation] = search.run().explanations
    else:
        found = search.alone(Explanation((), 0.0, bench.base))
    told: dict[Key, Explained] = {}
    for one in sorted(found, key=lambda one: one.cost):
        told.setdefault(frozenset(map(said, one.changes)), Explained(one, judgement))
    return told


def said(change: Change) -> tuple[str, tuple[int, ...], str, str]:
    """What a change says on all data: a factor by what it is, not by its value."""
    variant = change.variant.partition(", ")[2] or change.variant
    return change.mistake.id, change.at, variant, change.scope


def fits(found: Evaluated, run: Run, node: int, tolerance: float = 0.0) -> bool:
    """Whether this is the right gradient of a node, up to rounding."""
    right = np.asarray(run.iteration(1).recorded.gradients[node])
    if isinstance(found, BpdebugError) or found.shape != right.shape:
        return False
    tight = TIGHT if right.dtype == FLOAT64 else TIGHT_SINGLE
    most = max(tolerance, tight * max(largest(found), largest(right)))
    same = (found == right) | (np.isnan(found) & np.isnan(right))
    with np.errstate(all="ignore"):
        return bool(np.all(same | (np.abs(found - right) <= most)))


def rows_of(run: Run) -> int | None:
    """The rows of the first batch; None for a problem without batches."""
    batched = run.problem.batched
    return run.graph(1).node(min(batched)).shape[0] if batched else None
