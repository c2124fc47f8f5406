"""Which mistakes make a function's gradients on all sets of data, not on one of them by chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from bpdebug.mistakes.mistake import Change
from bpdebug.mistakes.probing.at_data import AtData, places
from bpdebug.mistakes.probing.factors import Factors, Key
from bpdebug.mistakes.search import Explanation, Search, SearchResult, distinct
from bpdebug.records import record, replace
from bpdebug.run.progress import ProgressReport

SEARCHED = 10_000
"""So many trials are made to find several mistakes at once."""


@record
class Settled:
    """An explanation that holds on all sets of data: what it is on each of them, in their order."""

    on: tuple[Explanation | None, ...]
    """None on data that is not judged, since differences there may be those of a kink."""

    def changes(self, number: int) -> int:
        """How many mistakes it has on a set: fewer where one of them leaves no mark."""
        here = self.on[number]
        return len(here.changes) if here is not None else -1


@record
class Settlement:
    """What was found: explanations that hold on all data, and how the search for them ended."""

    sets: tuple[AtData, ...]
    found: tuple[Settled, ...] = ()
    search: SearchResult | None = None
    """That of the set which was searched; None where nothing differs."""

    def judges(self, data: AtData) -> bool:
        """Whether all that was found leaves its mark on one of the sets; False for another set."""
        if data not in self.sets:
            return False
        number = self.sets.index(data)
        return any(
            one.changes(number) == max(map(one.changes, range(len(one.on)))) for one in self.found
        )

    def at(self, data: AtData) -> SearchResult:
        """What was found, as it is on one of the sets."""
        number = self.sets.index(data)
        here = [one.on[number] for one in self.found]
        ordered = sorted(distinct(one for one in here if one is not None), key=lambda one: one.cost)
        whole = SearchResult((), None, 0, True) if self.search is None else self.search
        return replace(whole, explanations=tuple(ordered))


class Settling:
    """A search on one set of data, whose findings must hold on all the others."""

    def __init__(self, sets: Sequence[AtData], progress: ProgressReport | None) -> None:
        self.sets = tuple(sets)
        self.progress = progress
        self.factors = Factors(self.sets)

    def settled(self, *, several: bool) -> Settlement:
        """Find single mistakes, and habits, that hold on all data; else, with `several`, more."""
        order = sorted(range(len(self.sets)), key=self.rank)
        source = next((at for at in order if self.sets[at].differs), None)
        if source is None:
            return Settlement(self.sets)
        search = Search(self.sets[source].bench, self.progress)
        base = Explanation((), 0.0, search.bench.base)
        found = search.alone(base)
        held = self.held(found, source)
        if held or not several:
            return Settlement(self.sets, held, search.result(found))
        search.limit = min(search.limit, SEARCHED)
        result = search.several(base)
        return Settlement(self.sets, self.held(result.explanations, source), result)

    def rank(self, at: int) -> tuple[bool, bool, bool, int]:
        """Where to search first: where most sizes differ, and where differences are large."""
        one = self.sets[at]
        return one.slightly, not one.data.whole, one.data.given, at

    def held(self, found: Iterable[Explanation], source: int) -> tuple[Settled, ...]:
        """Of what explains one set, what explains all of them."""
        kept: dict[object, Settled] = {}
        for one in found:
            for keys in self.readings(one, source):
                key = said(one.changes)
                if key in kept:
                    break
                held = self.everywhere(one, keys)
                if held is not None:
                    kept[key] = held
        return tuple(kept.values())

    def readings(self, one: Explanation, source: int) -> Iterator[dict[int, Key]]:
        """What the factors of an explanation may be made of, by the number of the change."""
        scaled = [n for n, change in enumerate(one.changes) if change.factor is not None]
        options = [self.factors.of(one.changes[n], source) for n in scaled]
        for keys in product(*options):
            yield dict(zip(scaled, keys, strict=True))

    def everywhere(self, one: Explanation, keys: dict[int, Key]) -> Settled | None:
        """An explanation on all sets; None where it fails on one."""
        found: list[Explanation | None] = []
        for at, here in enumerate(self.sets):
            if here.off and (here.undecided or (here.slightly and not self.all_slight)):
                found.append(None)
                continue
            forms = {n: form for n, key in keys.items() if (form := self.factors.form(key, at))}
            made = here.explained(one.changes, forms, one.cost)
            if made is None and not (here.on_kink and here.off):
                return None
            found.append(made)
        return Settled(tuple(found))

    @property
    def all_slight(self) -> bool:
        """Whether differences are slight on all data."""
        return all(one.slightly for one in self.sets)


def said(changes: Sequence[Change]) -> frozenset[object]:
    """What changes say whatever their factors are."""
    return frozenset(
        (one.mistake.id, one.at, places(one), one.scope, "" if one.factor else one.variant)
        for one in changes
    )
