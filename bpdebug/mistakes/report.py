"""A verdict in words: in at most a screen, what is wrong, where, why, and what to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpdebug.expression import counted, visible
from bpdebug.mistakes.handed import Quantity
from bpdebug.mistakes.verdict import (
    ArrayStatus,
    ArrayVerdict,
    Blame,
    NamedExplanation,
    NamedMistake,
    Verdict,
)
from bpdebug.ops import Array, Index
from bpdebug.ops.maps.index_map import first_where
from bpdebug.wording import Script

MOST_ARRAYS = 8
"""So many arrays that are wrong by themselves have a line of their own."""
MOST_RIVALS = 3
OWN_OR_INHERITED = "own or inherited: what came in was not handed in"


class Words:
    """The lines of a verdict."""

    def __init__(self, verdict: Verdict, script: Script) -> None:
        self.verdict = verdict
        self.script = script
        self.marks = {
            Blame.OWN: script.either("✗", "x"),
            Blame.INHERITED: script.either("○", "o"),
            Blame.UNKNOWN: script.either("•", "*"),
        }

    def lines(self) -> list[str]:
        """How much differs, whose code it is, the explanation, the arrays, what else is to say."""
        return [
            *self.head(),
            *self.verdict.places,
            *self.conventions(),
            *self.body(),
            *([""] if any(one.wrong for one in self.verdict.arrays) else []),
            *self.arrays(),
            *self.notes(),
        ]

    def head(self) -> Iterator[str]:
        """One line: how much agrees."""
        wrong = [one for one in self.verdict.arrays if one.wrong]
        count = len(self.verdict.arrays)
        digits = counted(self.verdict.digits, "digit")
        if wrong:
            arrays = f"array{'s' * (count != 1)}"
            yield f"{len(wrong)} of {count} {arrays} differ{'s' * (len(wrong) == 1)}"
        elif count == 1:
            yield f"the array agrees to the {digits} given"
        else:
            yield f"all {count} arrays agree to the {digits} given"

    def arrays(self) -> Iterator[str]:
        """A line for each array that is wrong by itself, one for the inherited, one for the rest.

        An array whose error may be its own or inherited has a line too.
        """
        arrays = self.verdict.arrays
        wrong = [one for one in arrays if one.wrong]
        lines = [one for one in wrong if one.blame is not Blame.INHERITED]
        lines.sort(key=lambda one: one.blame is Blame.UNKNOWN)
        names = [self.array_name(one) for one in lines[:MOST_ARRAYS]]
        width = max(map(len, names), default=0)
        for name, one in zip(names, lines, strict=False):
            mark = self.marks[one.blame or Blame.OWN]
            yield f"  {mark} {name.ljust(width)}  {self.difference(one)}"
        if any(one.blame is Blame.UNKNOWN for one in lines):
            yield f"  {self.marks[Blame.UNKNOWN]} {OWN_OR_INHERITED}"
        if len(lines) > MOST_ARRAYS:
            yield f"    and {len(lines) - MOST_ARRAYS} more"
        inherited = [one for one in wrong if one.blame is Blame.INHERITED]
        if inherited:
            source = "it" if self.verdict.explanations else "what came in"
            follow = f"follow{'s' * (len(inherited) == 1)} from {source}"
            yield f"  {self.marks[Blame.INHERITED]} {follow}: {self.names(inherited)}"
        hidden = [one for one in arrays if one.status is ArrayStatus.UNDECIDABLE]
        if hidden:
            yield f"  ? undecidable at this precision: {self.names(hidden)}"
        right = [one for one in arrays if one.status is ArrayStatus.AGREES]
        if wrong and right:
            yield f"  {self.script.good} agree: {self.names(right)}"

    def names(self, arrays: Sequence[ArrayVerdict]) -> str:
        """Names of arrays, not too many."""
        shown = ", ".join(self.array_name(one) for one in arrays[:8])
        return shown + (f" and {len(arrays) - 8} more" if len(arrays) > 8 else "")

    @staticmethod
    def array_name(one: ArrayVerdict) -> str:
        """`grad(W1)`, with the iteration where that is not the first."""
        at = one.handed.iteration
        return one.handed.name + (f"@{at}" if at > 1 else "")

    def difference(self, one: ArrayVerdict) -> str:
        """How an array differs."""
        if one.status is ArrayStatus.SHAPE:
            given, wanted = one.handed.values.shape, np.shape(one.right)
            told = f"{self.shape(given)}, and should {self.shape(wanted, be=True)}"
        elif one.status is ArrayStatus.TRANSPOSED:
            told = "is the transpose of the right one"
        elif one.status is ArrayStatus.NOT_FINITE:
            told = self.not_finite(one.handed.values, np.asarray(one.right))
        else:
            cell = f"{list(one.worst)}".replace(" ", "") if one.worst else ""
            theirs, ours = self.at(one, one.handed.values), self.at(one, one.right)
            error = self.percent(one.relative_error)
            told = f"off by {error} %: {cell}{' is ' if cell else ''}{theirs}, right is {ours}"
        return told

    def not_finite(self, theirs: Array, right: Array) -> str:
        """`is NaN at [0,1]`; with what it should be where that is not finite."""
        apart = ~np.isfinite(theirs)
        if theirs.shape == right.shape:
            apart = np.isfinite(theirs) != np.isfinite(right)
        first = first_where(apart)
        told = f"is {self.script.number(float(theirs[first]))}"
        told += f" at [{','.join(map(str, first))}]" * bool(first)
        if np.isfinite(theirs[first]):
            told += f", and should be {self.script.number(float(right[first]))}"
        return told

    @staticmethod
    def shape(shape: tuple[int, ...], *, be: bool = False) -> str:
        """`has the shape (6, 3)`, `is a single number`; with `be`, as behind "should"."""
        if not shape:
            return f"{'be' if be else 'is'} a single number"
        return f"{'have' if be else 'has'} the shape {shape}"

    def percent(self, error: float) -> str:
        """A relative error in percent: a whole number from 10 on, else two digits."""
        percent = 100 * error
        if 10 <= percent < 1e6:
            return f"{percent:,.0f}"
        return self.script.number(percent, 2)

    def at(self, one: ArrayVerdict, values: object) -> str:
        """The worst cell of an array."""
        value = float(np.asarray(values)[one.worst])
        return self.script.number(value)

    def conventions(self) -> Iterator[str]:
        """The agreements under which it is right."""
        for one in self.verdict.conventions:
            yield f"by another convention ({one.id}): {one.setting}"

    def body(self) -> Iterator[str]:
        """The explanations, or that there is none."""
        verdict = self.verdict
        if verdict.verdict == "unknown":
            yield from self.unknown()
            return
        if not verdict.explanations:
            return
        first = verdict.explanations[0]
        yield from self.explanation(first)
        if verdict.verdict == "several":
            yield ""
            yield "the same numbers come from:"
            ids = [self.short(first)]
            for one in verdict.explanations[1:]:
                told = self.short(one)
                if told not in ids and len(ids) <= MOST_RIVALS:
                    ids.append(told)
                    yield f"  {told}"
            if verdict.separate:
                told = f"{verdict.separate}; --separate FILE writes such a scenario"
            else:
                told = "return the gradients of results, too; no data that was tried does it"
            yield f"to tell them apart: {told}"

    def short(self, one: NamedExplanation) -> str:
        """An explanation in half a line."""
        return " and ".join(f"{m.title} ({m.id}) at {self.places(m)}" for m in one.mistakes)

    @staticmethod
    def places(mistake: NamedMistake) -> str:
        """Where a mistake is."""
        shown = ", ".join(mistake.at[:4])
        return shown + (f" and {len(mistake.at) - 4} more" if len(mistake.at) > 4 else "")

    def explanation(self, found: NamedExplanation) -> Iterator[str]:
        """Each mistake with its line, both formulas, a cell, the reason and the remedy."""
        for at, mistake in enumerate(found.mistakes):
            if at:
                yield ""
            inside = f", in the group {visible(mistake.group)}" if mistake.group else ""
            yield f"{mistake.title} ({mistake.id}), at {self.places(mistake)}{inside}"
            line = f"line {mistake.line}" if mistake.line else "     "
            yield f"  {line}  theirs  {mistake.wrong}"
            yield f"  {' ' * len(line)}  right   {mistake.right}"
            yield from self.worked(mistake, found)
            yield f"  why: {mistake.why}"
            yield f"  remedy: {mistake.remedy}"

    def worked(self, mistake: NamedMistake, found: NamedExplanation) -> Iterator[str]:
        """One cell both ways, where the wrong gradient has the right shape."""
        stage = found.found.trial.stages[0]
        updated = self.updated(mistake)
        if updated is not None:
            name = self.array_name(updated)
            yield self.both_ways(name, updated.handed.values, updated.right, updated.worst)
            return
        for node in mistake.nodes[:1]:
            wrong, right = stage.gradient(node), self.right(node)
            if wrong is None or right is None or np.shape(wrong) != np.shape(right):
                continue
            off = np.abs(np.asarray(wrong) - right)
            if not off.size or not np.isfinite(off).all() or not off.any():
                continue
            cell = tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))
            yield self.both_ways(f"grad({stage.graph.nodes[node].label})", wrong, right, cell)

    def both_ways(self, name: str, wrong: Array, right: Array, cell: Index) -> str:
        """A cell as the mistake makes it, and as it should be."""
        shown = f"[{','.join(map(str, cell))}]" if cell else ""
        theirs, ours = (float(np.asarray(values)[cell]) for values in (wrong, right))
        number = self.script.number
        return f"  {name}{shown}: {number(theirs)} that way, {number(ours)} the right way"

    def updated(self, mistake: NamedMistake) -> ArrayVerdict | None:
        """The first array that a mistake in the update spoils; None for any other mistake."""
        if mistake.edge is not None:
            return None
        return next(
            (
                one
                for one in self.verdict.arrays
                if one.wrong
                and one.status is ArrayStatus.DIFFERS
                and one.handed.node in mistake.nodes
                and one.handed.quantity in (Quantity.NEW, Quantity.CHANGE)
            ),
            None,
        )

    def right(self, node: int) -> Array | None:
        """The right gradient of a node in the first iteration."""
        return self.verdict.right_gradients.get(node)

    def unknown(self) -> Iterator[str]:
        """The first array that is wrong by itself, with its worst cell."""
        wrong = [one for one in self.verdict.arrays if one.wrong]
        own = [one for one in wrong if one.blame is not Blame.INHERITED] or wrong
        if not own:
            return
        first = min(own, key=self.place)
        values = [one for one in own if one.handed.quantity is Quantity.VALUE]
        if values:
            first = values[0]
            yield (
                f"the forward pass differs already: {self.array_name(first)}; gradients are judged "
                "with those values"
            )
            return
        yield f"no known mistake explains this; look first at {self.array_name(first)}"

    def place(self, one: ArrayVerdict) -> tuple[int, int]:
        """Where an array stands in the backward pass: what is computed first comes first."""
        return one.handed.iteration, self.verdict.order.get(one.handed.node, 0)

    def notes(self) -> Iterator[str]:
        """What else is to be said."""
        for note in self.verdict.notes:
            if note not in self.verdict.places:
                yield f"note: {note}"


def report_lines(verdict: Verdict, script: Script) -> list[str]:
    """The lines of a verdict; at most a screen of them."""
    return [script.text(line) for line in Words(verdict, script).lines()]
