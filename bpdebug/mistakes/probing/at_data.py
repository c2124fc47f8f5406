"""What a function returned on one set of data, beside what is right there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.conventions import Convention, every_scale, explains, fitted, kinks
from bpdebug.mistakes.families.factors import with_factor
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.handed import Precisions, handed_in
from bpdebug.mistakes.judgement import LOOSE, Judgement
from bpdebug.mistakes.mistake import Change
from bpdebug.mistakes.probing.datasets import DataSet
from bpdebug.mistakes.scales import FactorForm
from bpdebug.mistakes.search import Explanation, join
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script


class AtData:
    """A function's gradients on one set of data."""

    def __init__(
        self,
        data: DataSet,
        precisions: Precisions,
        script: Script,
        progress: ProgressReport | None,
        *,
        same_loss: bool = False,
    ) -> None:
        self.data, self.run, self.same_loss = data, data.run, same_loss
        graph = self.run.graph(1)
        arrays = {name: values.astype(np.float64) for name, values in data.answers.items()}
        given = handed_in(graph, self.run.problem.rules, arrays, precisions)
        handed, layout = fitted(graph, given, parameters=False)
        bench = Bench(self.run, handed)
        self.judgement = Judgement(bench, layout, progress, script, same_loss=same_loss)
        self.bench = self.judgement.bench

    @cached_property
    def grounds(self) -> Grounds:
        """Where mistakes can be on this data."""
        return self.judgement.grounds

    @cached_property
    def differs(self) -> bool:
        """Whether an array is another than the right one, a kink aside."""
        return bool(self.off and not self.undecided)

    @cached_property
    def off(self) -> bool:
        """Whether an array is another than the right one."""
        return bool(self.bench.base.missed or self.judgement.differing())

    @cached_property
    def undecided(self) -> bool:
        """Whether all differences come from values that stand exactly on a kink."""
        return self.off and any(explains(self.bench, change) for change in kinks(self.grounds))

    @cached_property
    def on_kink(self) -> bool:
        """Whether values stand exactly on a kink, or are equal where the largest is chosen."""
        for edge in self.grounds.edges:
            node = self.grounds.node(edge.output)
            if node.op is not None and node.op.kink is not None:
                operands = self.grounds.stage.operands(edge)
                with np.errstate(all="ignore"):
                    if np.any(node.op.kink(*operands, **node.options)):
                        return True
        return False

    @cached_property
    def slightly(self) -> bool:
        """Whether the differences are no more than finite differences or cut digits make."""
        plain = self.judgement.plain.predicted
        return all(self.bench.fits(at, right, LOOSE, units=2.0) for at, right in plain.items())

    @cached_property
    def scales(self) -> dict[str, Convention]:
        """The agreements about scale and sign under which all is right, by what they say."""
        if not self.off or self.same_loss:
            return {}
        found = every_scale(self.grounds, self.judgement.plain)
        told: dict[str, Convention] = {}
        for one in found:
            told.setdefault(generic(one), one)
        return told

    def explained(
        self, changes: tuple[Change, ...], forms: Mapping[int, FactorForm], cost: float
    ) -> Explanation | None:
        """Mistakes found on other data, made here; None where they do not give these arrays.

        `forms` are what the factors of changes are made of, by the number of the change. A mistake
        that has no place here, as a sum that is left out over a single row, leaves no mark.
        """
        made: list[tuple[Change, ...]] = [()]
        for number, change in enumerate(changes):
            here = [(one,) for one in self.carried(change, forms.get(number))]
            ways = here if self.places_here(change) else [*here, ()]
            made = [(*before, *way) for before in made for way in ways]
        for some in made:
            trial = self.bench.attempt(some, self.bench.base, whole=True)
            if trial is not None and not trial.missed:
                return Explanation(some, cost, trial)
        return None

    def places_here(self, change: Change) -> bool:
        """Whether a change that was found on other data has a place here."""
        return change.factor is not None or any(within(one, change) for one in self.found(change))

    def carried(self, change: Change, form: FactorForm | None) -> Iterator[Change]:
        """A change that was found on other data, as it is here: the likeliest readings first."""
        if change.factor is not None:
            if form is not None:
                sign = -1.0 if change.factor < 0 else 1.0
                name = "−" * (sign < 0) + form.name
                yield with_factor(change, sign * form.value, name, change.mistake)
            return
        alike = [one for one in self.found(change) if within(one, change)]
        same = [one for one in alike if places(one) == places(change)]
        yield from same
        joined = join(alike) if not same and alike else None
        if joined is not None and places(joined) == places(change):
            yield joined
        yield change

    def found(self, change: Change) -> list[Change]:
        """All changes here of the mistake that a change is of."""
        known = self._found.get(change.mistake.id)
        if known is None:
            known = self._found[change.mistake.id] = list(change.mistake.find(self.grounds))
        return known

    @cached_property
    def _found(self) -> dict[str, list[Change]]:
        """The changes that were looked for, by mistake."""
        return {}


Places = tuple[frozenset[int], frozenset[int]]


def places(change: Change) -> Places:
    """The edges and the nodes that a change computes otherwise."""
    return frozenset(change.edges), frozenset(change.nodes)


def within(one: Change, whole: Change) -> bool:
    """Whether a change may be a part of another one, which may be at several places."""
    same = (one.variant, one.scope, one.accumulates) == (
        whole.variant,
        whole.scope,
        whole.accumulates,
    )
    alone = places(one) != places(whole) or (one.other == whole.other and one.at == whole.at)
    inside = all(some <= all_ for some, all_ in zip(places(one), places(whole), strict=True))
    return same and alone and inside and bool(one.edges or one.nodes or one.at == whole.at)


def generic(convention: Convention) -> str:
    """What a convention says whatever the sizes are."""
    return convention.id + re.sub(r"\d+", "#", convention.setting)
