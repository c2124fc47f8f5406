"""A verdict in the making: agreement, then conventions, then kinks, then the search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.mistakes.bench import Bench, largest
from bpdebug.mistakes.conventions import (
    Convention,
    explains,
    kinks,
    scale_between,
    scales,
)
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.handed import Handed, Quantity
from bpdebug.mistakes.mistake import Change
from bpdebug.mistakes.phrasing import Phrasing
from bpdebug.mistakes.search import ANOTHER, CLEAR, Explanation, Search, SearchResult, distinct
from bpdebug.mistakes.verdict import (
    ArrayStatus,
    ArrayVerdict,
    Blame,
    NamedExplanation,
    Verdict,
)
from bpdebug.ops import Array
from bpdebug.records import replace
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script

LOOSE = 1e-5
"""A difference below this part of the largest entry is called wrong only where a mistake of the
catalogue makes it: gradients by central differences are no better."""
CHANCE = 1.5
"""An explanation must agree in so many digits more than the trials have that were made."""
MOST_TOLD = 8
"""So many explanations are told."""


class Judgement:
    """A verdict in the making.

    With `same_loss` the gradients are of the very loss of the run, as where both come from one
    program: another scale or sign is then a mistake, and no convention.
    """

    def __init__(
        self,
        bench: Bench,
        conventions: Sequence[Convention],
        progress: ProgressReport | None,
        script: Script,
        *,
        same_loss: bool = False,
    ) -> None:
        self.bench, self.plain = bench, bench.plain
        self.same_loss = same_loss
        self.conventions = list(conventions)
        self.progress = progress
        self.phrasing = Phrasing(bench.run, script)
        self.grounds = Grounds(bench)
        self.notes: list[str] = []

    def verdict(self) -> Verdict:
        """Agreement first, then conventions, then kinks, then the search."""
        bench = self.bench
        if not bench.base.missed and not self.differing():
            return self.done("convention" if self.conventions else "agrees")
        found = [] if self.same_loss else list(scales(self.grounds, self.plain))
        if found:
            self.conventions += found
            return self.done("convention", everything=True)
        for change in kinks(self.grounds):
            if explains(bench, change):
                self.notes.append(
                    "some values stand exactly on a kink, where every slope between those of both "
                    "sides is right: not checkable here"
                )
                return self.done("agrees", undecided=True)
        # Digits may be cut off, too, which moves a number by up to a whole unit.
        loosely = all(
            bench.fits(number, self.plain.predicted[number], LOOSE, units=2.0)
            for number in self.numbers()
        )
        result = Search(bench, self.progress).run()
        if loosely and not self.slight(result):
            self.notes.append(
                "differences of less than 1 in 100,000, or a unit in the last place, count as "
                "agreement: finite differences and cut digits make them"
            )
            return self.done("convention" if self.conventions else "agrees", everything=True)
        return self.named(result)

    def numbers(self) -> range:
        """The numbers of the handed arrays."""
        return range(len(self.bench.handed))

    def differing(self) -> list[int]:
        """The handed arrays that differ from the right ones."""
        return [n for n in self.numbers() if not self.bench.fits(n, self.plain.predicted[n])]

    @staticmethod
    def slight(found: SearchResult) -> bool:
        """Whether the likeliest explanation is of a kind that leaves small traces."""
        return any(
            all(change.update is not None or change.mistake.slight for change in one.changes)
            for one in found.explanations[:1]
        )

    def named(self, found: SearchResult) -> Verdict:
        """The verdict from what the search has found."""
        if not found.complete:
            self.notes.append(
                "the search for several mistakes at once stopped at its limit, so that there may "
                "be other explanations"
            )
        enough = tuple(one for one in found.explanations if self.enough(one))
        if found.explanations and not enough:
            self.notes.append(
                "these are too few digits to name a mistake by: several would make such numbers; "
                "hand in more arrays, or more digits"
            )
            return self.done("unknown")
        found = replace(found, explanations=enough)
        if not found.explanations:
            if not self.grounds.rules:
                self.notes.append(
                    "without an [optimizer] in the scenario, mistakes that read updated parameters "
                    "are not looked for"
                )
            if found.partial is not None:
                self.notes.append(self.part(found.partial))
            return self.done("unknown", found=found)
        found = found if self.same_loss else self.without_conventions(found)
        first = found.explanations[0]
        rivals = [
            one
            for one in found.explanations
            if one.cost < first.cost + CLEAR and set(one.ids) != set(first.ids)
        ]
        return self.done("several" if rivals else "named", found=found, rivals=rivals)

    def enough(self, one: Explanation) -> bool:
        """Whether an explanation agrees in more digits than chance gives to so many trials."""
        digits = 0.0
        for number in self.bench.base.missed:
            theirs, predicted = self.bench.handed[number].values, one.trial.predicted[number]
            # A 0 in the place of a number says as much as the number that it misses.
            right = np.abs(self.plain.predicted[number])
            scale = right if right.shape == theirs.shape else np.asarray(largest(right))
            size = np.maximum(np.maximum(np.abs(theirs), np.abs(predicted)), scale)
            off = np.maximum(np.abs(theirs - predicted), 1e-9 * size)
            agreed = np.log10(np.where(size > 0, size, 1.0) / np.where(size > 0, off, 1.0))
            digits += float(np.sum(np.clip(np.where(np.isfinite(agreed), agreed, 0.0), 0.0, 9.0)))
            if not np.all(np.isfinite(theirs)):
                return True  # NaN comes of few mistakes
        return bool(digits >= CHANCE + np.log10(self.bench.count + 1))

    def without_conventions(self, found: SearchResult) -> SearchResult:
        """What was found, with changes of scale that are conventions told as such.

        A sum for a mean beside a mistake is no second mistake.
        """
        kept: list[tuple[Explanation, Convention | None]] = []
        scaling: Change | None = None
        for one in found.explanations:
            agreed = self.agreement(one) if len(one.changes) > 1 else None
            if agreed is None:
                kept.append((one, None))
                continue
            change, convention = agreed
            scaling = scaling or change
            rest = tuple(c for c in one.changes if c is not change)
            cost = one.cost - change.mistake.cost - change.cost - ANOTHER + CLEAR
            kept.append((replace(one, changes=rest, cost=cost), convention))
        kept.sort(key=lambda pair: pair[0].cost)
        if kept[0][1] is not None:
            self.conventions.append(kept[0][1])
            assert scaling is not None
            self.compare_by(scaling)
        return replace(found, explanations=tuple(distinct(one for one, _ in kept)))

    def compare_by(self, scaling: Change) -> None:
        """Go on with right gradients that are scaled as a convention says."""
        scaled = self.bench.probe((scaling,), self.plain)
        if scaled is not None:
            self.plain = scaled
            self.bench.base = self.bench.trial((scaling,))

    def agreement(self, one: Explanation) -> tuple[Change, Convention] | None:
        """The change of an explanation that only scales everything as a convention does."""
        for change in one.changes:
            trial = self.bench.probe((change,), self.plain)
            if trial is None or change.update is not None:
                continue
            convention = scale_between(self.grounds, self.plain, trial)
            if convention is not None:
                return change, convention
        return None

    def part(self, partial: Explanation) -> str:
        """What is explained of numbers that are not explained as a whole."""
        handed = [self.bench.handed[n] for n in sorted(partial.trial.missed)]
        left = [one.name + f"@{one.iteration}" * (one.iteration > 1) for one in handed]
        ids = " and ".join(
            f"{change.mistake.id} at " + ", ".join(self.phrasing.name(i) for i in change.at[:3])
            for change in partial.changes
        )
        return f"{ids} would explain all but {', '.join(left[:6])}"

    def done(
        self,
        verdict: str,
        *,
        found: SearchResult | None = None,
        rivals: Sequence[Explanation] = (),
        everything: bool = False,
        undecided: bool = False,
    ) -> Verdict:
        """The verdict with its arrays and explanations."""
        explanations = found.explanations if found is not None else ()
        first = explanations[0] if explanations else None
        arrays = tuple(
            self.array(n, first, agrees=everything, undecided=undecided) for n in self.numbers()
        )
        chosen = [first, *rivals] if first is not None else []
        others = [one for one in explanations if one not in chosen]
        told = tuple(self.explanation(one) for one in (*chosen, *others)[:MOST_TOLD])
        return Verdict(
            verdict,
            arrays,
            told,
            tuple(self.conventions),
            self.separate(first, rivals) if first is not None and rivals else "",
            tuple(self.notes),
            min(one.precision.digits for one in self.bench.handed),
            {
                node: gradient
                for node, gradient in enumerate(self.plain.stages[0].gradients)
                if gradient is not None
            },
            {edge.operand: edge.index for edge in self.bench.graph.edges},
        )

    def separate(self, first: Explanation, rivals: Sequence[Explanation]) -> str:
        """What numbers would tell between explanations."""
        wanted = dict.fromkeys(
            change.mistake.separates for one in (first, *rivals) for change in one.changes
        )
        return "; ".join(wanted)

    def explanation(self, one: Explanation) -> NamedExplanation:
        """An explanation in words, with what it leaves over."""
        left = 0.0
        for number, predicted in one.trial.predicted.items():
            left = max(left, relative(self.bench.handed[number].values, predicted)[0])
        return NamedExplanation(
            tuple(self.phrasing.mistake(change) for change in merged(one.changes)), left, one
        )

    def array(
        self, number: int, first: Explanation | None, *, agrees: bool, undecided: bool
    ) -> ArrayVerdict:
        """The verdict on one array."""
        one, right = self.bench.handed[number], self.plain.predicted[number]
        error, worst = relative(one.values, right)
        fits = self.bench.fits(number, right)
        status = self.status(number, right, fits)
        if agrees and status is ArrayStatus.DIFFERS:
            status = ArrayStatus.AGREES
        if undecided and not fits:
            status = ArrayStatus.UNDECIDABLE
        blame = None
        if status not in (ArrayStatus.AGREES, ArrayStatus.UNDECIDABLE):
            blame = self.blame(number, first)
        expected = self.bench.base.predicted[number]
        return ArrayVerdict(one, status, right, expected, error, worst, blame)

    def status(self, number: int, right: Array, fits: bool) -> ArrayStatus:
        """How an array compares with the right one."""
        theirs = self.bench.handed[number].values
        if fits:
            hidden = largest(right) > 0 and not np.any(
                np.abs(right) > self.bench.handed[number].precision.rounding(theirs)
            )
            return ArrayStatus.UNDECIDABLE if hidden else ArrayStatus.AGREES
        if not np.array_equal(np.isfinite(theirs), np.isfinite(right)) and (
            theirs.shape == right.shape or not np.all(np.isfinite(theirs))
        ):
            return ArrayStatus.NOT_FINITE
        if theirs.ndim == 2 and theirs.T.shape == right.shape:
            off = np.abs(theirs.T - right)
            if np.all(off <= self.bench.tolerance(number, right).T.max()):
                return ArrayStatus.TRANSPOSED
        return ArrayStatus.SHAPE if theirs.shape != right.shape else ArrayStatus.DIFFERS

    def blame(self, number: int, first: Explanation | None) -> Blame:
        """Whether an error is the array's own."""
        if number not in self.bench.base.missed:
            return Blame.INHERITED
        one = self.bench.handed[number]
        if one.quantity is not Quantity.GRADIENT or self.comes_whole(one):
            return Blame.OWN
        if first is not None:
            written = {node for change in first.changes for node in change.at}
            return Blame.OWN if one.node in written else Blame.INHERITED
        return Blame.UNKNOWN

    def comes_whole(self, one: Handed) -> bool:
        """Whether all that comes into a gradient was handed in, or is the loss's own."""
        graph = self.bench.graph
        return all(
            edge.output == graph.loss
            or self.bench.index(Quantity.GRADIENT, one.iteration, edge.output) is not None
            for edge in graph.into.get(one.node, ())
        )


def merged(changes: Sequence[Change]) -> Sequence[Change]:
    """Changes without those that only repeat a mistake elsewhere, whose places are told with it."""
    found: dict[tuple[object, ...], Change] = {}
    for change in changes:
        key: tuple[object, ...] = (change.mistake.id, change.variant, change.detail, change.scope)
        same_place = [
            k for k, c in found.items() if (c.mistake, c.at) == (change.mistake, change.at)
        ]
        if same_place:
            other = found[same_place[0]]
            details = dict.fromkeys((*other.detail.split(", "), *change.detail.split(", ")))
            found[same_place[0]] = replace(other, detail=", ".join(details))
        elif key in found:
            at = tuple(dict.fromkeys((*found[key].at, *change.at)))
            found[key] = replace(found[key], at=at)
        else:
            found[key] = change
    return list(found.values())


def relative(theirs: Array, right: Array) -> tuple[float, tuple[int, ...]]:
    """The largest difference over the largest entry, and its cell; infinite for other shapes."""
    if theirs.shape != np.shape(right):
        return float("inf"), ()
    with np.errstate(all="ignore"):
        off = np.abs(theirs - right)
    off = np.where(np.isfinite(off), off, np.where(same_bits(theirs, right), 0.0, np.inf))
    scale = max(largest(theirs), largest(right))
    worst = (
        tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape)) if off.size else ()
    )
    most = float(np.max(off, initial=0.0))
    return (most / scale if scale else most), worst


def same_bits(one: Array, other: Array) -> Array:
    """True where both are NaN, or both the same infinity."""
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))
