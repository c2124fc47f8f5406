"""A person's backward function, judged on data and shapes that leave no coincidence.

A file of numbers says what a backward pass did once. A function can be asked again: on fresh
numbers, with axes whose sizes all differ, with one example and with several, and twice. A mistake
is named only where it makes the function's gradients on all of that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import counted
from bpdebug.mistakes.conventions import Convention
from bpdebug.mistakes.fresh.elsewhere import Elsewhere, Remake
from bpdebug.mistakes.judgement import Judgement
from bpdebug.mistakes.probing.at_data import AtData
from bpdebug.mistakes.probing.datasets import DataSet, data_sets, precisions
from bpdebug.mistakes.probing.function import Backward, BackwardFunction
from bpdebug.mistakes.probing.settling import Settlement, Settling
from bpdebug.mistakes.probing.twice import kept_between, twice
from bpdebug.mistakes.probing.written import may_hold
from bpdebug.mistakes.search import CLEAR
from bpdebug.mistakes.verdict import NamedExplanation, Verdict
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script
from bpdebug.wording.script import SCREEN

KINK = (
    "some values stand exactly on a kink, where every slope between those of both sides is right: "
    "not checkable at the numbers given"
)


@np.errstate(all="ignore")
def judge_function(
    run: Run,
    function: Backward,
    *,
    script: Script = SCREEN,
    progress: ProgressReport | None = None,
    remake: Remake | None = None,
    whole: Collection[str] = (),
    given: Collection[str] | None = None,
    same_loss: bool = False,
) -> Verdict:
    """Return the verdict on a function that computes gradients: `function(**arrays)`.

    It is called with copies of the inputs, parameters and forward values that its parameters name,
    several times and on data of several shapes, and returns gradients by name, as `judge` takes
    them. `remake` runs somebody's own forward pass anew where a scenario was recorded from it, and
    `whole` names the data that it takes as whole numbers, beside labels and indices. `given` are
    the inputs and parameters that its `**kwargs` gets; None for all. With `same_loss` the gradients
    are meant to be of its very loss: another scale or sign is a mistake. BpdebugError, with the
    function's file and line, for a parameter that is no node, for an error that it raises at the
    numbers given, and for what is no mapping of names to numbers.
    """
    backward = BackwardFunction(function, run.graph(1), whole, given)

    def call(on: Run) -> dict[str, np.ndarray]:
        return backward(on, on.iteration(1).recorded.values)

    try:
        first = DataSet(run, call(run), given=True, resized=False)
        kept = kept_between(run, backward, first.answers)
        if kept is not None:
            return twice(run, kept, precisions([first]), script, progress, same_loss=same_loss)
        found = data_sets(Elsewhere(run, backward.read, remake), first, call)
        drawn = [one for one in found.sets if not one.given]
        exact = precisions(drawn or [first])
        sets = [AtData(one, exact, script, progress, same_loss=same_loss) for one in found.sets]
    except BpdebugError as error:
        raise error.at(file=backward.where) from None
    return FunctionJudgement(backward, sets, found.raised, progress).verdict()


class FunctionJudgement:
    """A verdict on a function in the making."""

    def __init__(
        self,
        function: BackwardFunction,
        sets: Sequence[AtData],
        raised: BpdebugError | None,
        progress: ProgressReport | None,
    ) -> None:
        self.function, self.sets, self.raised = function, list(sets), raised
        self.progress = progress
        self.given = self.sets[0]
        self.same = [one for one in self.sets if not one.data.resized]
        self.notes: list[str] = []

    def verdict(self) -> Verdict:
        """The verdict, with what it was tried on."""
        found = self.judged()
        return replace(
            found,
            separate="",
            notes=(*found.notes, *self.notes, *self.tried()),
            draws=len(self.sets) - 1,
        )

    def judged(self) -> Verdict:
        """Agreement first, then conventions, then mistakes that hold on all data."""
        off = [one for one in self.sets if one.differs]
        if not off or self.only_a_kink(off):
            return self.agrees()
        convention = self.convention(off)
        if convention is not None:
            told = self.told(off)
            told.conventions.append(convention)
            return told.done("convention", everything=True)
        large = [one for one in off if not one.slightly]
        found = self.settle(self.sets)
        if not large:
            # What leaves slight differences only is one mistake, or rounding.
            told = self.first(off).judgement
            slight = told.slight(found.at(self.first(off)))
            return self.named(found, off) if slight else self.agrees()
        if found.found:
            return self.named(found, large)
        fixed, right_here = self.fixed(), all(one.data.resized for one in large)
        if fixed and right_here:
            return self.agrees_at_these_sizes()
        if fixed and (here := self.at_these_sizes(large)) is not None:
            return here
        return self.several(large, fixed=fixed and not right_here)

    def several(self, off: Sequence[AtData], *, fixed: bool) -> Verdict:
        """The verdict by several mistakes at once; where `fixed`, at the given sizes at last."""
        found = self.settle(self.sets, several=True)
        here = None
        if not found.found:
            here = self.at_these_sizes(off, several=fixed)
        return self.named(found, off) if here is None else here

    def at_these_sizes(self, off: Sequence[AtData], *, several: bool = False) -> Verdict | None:
        """The verdict on data of the given sizes; None where nothing explains what differs there,
        or where that is all data."""
        here = [one for one in off if not one.data.resized]
        if not here or len(here) == len(off):
            return None
        found = self.settle(self.same, several=several)
        if not found.found:
            return None
        self.notes.append(
            "on data of other sizes it is not explained by that alone, as where a size stands as a "
            "number in the function or in the forward pass: judged at the sizes given"
        )
        return self.named(found, here)

    def settle(self, sets: Sequence[AtData], *, several: bool = False) -> Settlement:
        """Search for what explains all of these sets; with `several`, up to a few mistakes."""
        return Settling(sets, self.progress).settled(several=several)

    def first(self, sets: Sequence[AtData]) -> AtData:
        """The set whose numbers are told: those given, where they are among them."""
        return min(sets, key=lambda one: (one.data.resized, self.sets.index(one)))

    def named(self, found: Settlement, off: Sequence[AtData]) -> Verdict:
        """The verdict by what was found, with the numbers of the first set that differs."""
        judged = [one for one in off if found.judges(one)] or off
        verdict = self.told(judged).named(found.at(self.first(judged)))
        return replace(verdict, explanations=tuple(likeliest(verdict.explanations)))

    def told(self, sets: Sequence[AtData]) -> Judgement:
        """The judgement on the set whose numbers are told, with a note where these are drawn."""
        one = self.first(sets)
        if one is not self.given:
            here = KINK if self.given.off else "right at the numbers given"
            self.notes.append(f"{here}; the numbers told are those on {self.described(one)}")
        return one.judgement

    # Right.

    def agrees(self) -> Verdict:
        """The verdict on what is right on all data, but for kinks and slight differences."""
        told = self.given.judgement
        kink = self.given.off and not self.given.slightly
        if kink:
            self.notes.append(KINK)
        elif any(one.off for one in self.sets):
            self.notes.append(
                "differences of less than 1 in 100,000 count as agreement: finite differences and "
                "cut digits make them"
            )
        word = "convention" if told.conventions else "agrees"
        return told.done(word, everything=not kink, undecided=kink)

    def only_a_kink(self, off: Sequence[AtData]) -> bool:
        """Whether only the given numbers differ, with values on a kink, and drawn ones agree."""
        return off == [self.given] and len(self.sets) > 1 and self.given.on_kink

    def convention(self, off: Sequence[AtData]) -> Convention | None:
        """The agreement about scale or sign that makes all data right; None where none does."""
        shared = set.intersection(*(set(one.scales) for one in off))
        right = [one for one in self.sets if not one.off]
        told = self.first(off).scales
        for key, convention in told.items():
            # A mean over one example is its sum.
            alone = convention.id == "reduction" and all(
                1 in one.grounds.counts.values() for one in right
            )
            if key in shared and (alone or not right):
                return convention
        return None

    # Sizes.

    def fixed(self) -> bool:
        """Whether a size that was changed may stand as a number in the function or its graph."""
        own = self.given.grounds.axes
        changed = {
            size
            for one in self.sets
            for axis, size in own.items()
            if size > 1 and one.grounds.axes[axis] != size
        }
        return may_hold(self.function.function, self.given.run.graph(1), changed)

    def agrees_at_these_sizes(self) -> Verdict:
        """The verdict on what is right at the sizes given, which stand in it as numbers."""
        wrong = next(one for one in self.sets if one.differs)
        self.notes.append(
            f"right at the sizes given, and not on {self.described(wrong)}; there, a size of the "
            "given data may stand as a number in the function or in the forward pass"
        )
        word = "convention" if self.given.judgement.conventions else "agrees"
        return self.given.judgement.done(word)

    def described(self, one: AtData) -> str:
        """A set of data in words."""
        if not one.data.resized:
            return "fresh data of the same sizes"
        return f"fresh data of other sizes: {one.data.shapes}"

    def tried(self) -> list[str]:
        """On what it was tried, and what it raised there."""
        drawn = [one for one in self.sets if not one.data.given]
        resized = [one for one in drawn if one.data.resized]
        told = []
        if drawn:
            sizes = f", {len(resized)} of them of other sizes" if resized else " of the same sizes"
            told.append(f"also tried on {counted(len(drawn), 'set')} of fresh data{sizes}")
        if self.raised is not None:
            told.append(
                "on other data it was stopped by an error, so that fewer sizes were tried "
                f"({self.raised})"
            )
        return told


def likeliest(found: Sequence[NamedExplanation]) -> Iterator[NamedExplanation]:
    """The likeliest explanation, and those with other names that are nearly as likely.

    What else makes these numbers says the same in other words: no data tells it apart.
    """
    names: list[set[str]] = []
    for one in found:
        ids = set(one.found.ids)
        if one.found.cost < found[0].found.cost + CLEAR and ids not in names:
            names.append(ids)
            yield one
