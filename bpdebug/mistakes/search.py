"""The search: which mistakes, at which places, reproduce the numbers that were handed in.

One mistake at one place comes first, then the same mistake at all places of a kind (a habit), then
one on top of another. The search goes on from what explains a part: a mistake that makes an array
right and spoils none. Where no single mistake does, pairs of the likeliest are tried. It ends with
its budget of time, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.catalogue import CATALOGUE
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.mistake import Change
from bpdebug.mistakes.trial import Trial
from bpdebug.records import record, replace
from bpdebug.run.progress import ProgressReport, Work

CLEAR = 0.35
"""How much likelier a name must be than another that explains the same, to be given alone."""
HABIT, ANOTHER = 0.6, 0.8
"""What a mistake at all places of a kind costs, and each further mistake."""
INSIDE = 0.6
"""What a mistake costs inside a function that a person differentiates as a whole."""
BEAM = 10
"""From so many partial explanations the search goes on."""
LIKELIEST = 100
"""So many mistakes are paired where none explains a part by itself."""
MOST_MISTAKES = 4
BUDGET = 12 * 10**8
"""So many scalar operations may be spent on more than one mistake. It is counted, not timed, so
that a verdict is the same on every machine."""
FEWEST = 200
"""So many trials are made in any case."""


@record
class Explanation:
    """Mistakes that together reproduce all that was handed in."""

    changes: tuple[Change, ...]
    cost: float
    trial: Trial

    @property
    def ids(self) -> tuple[str, ...]:
        """What the mistakes are called."""
        return tuple(change.mistake.id for change in self.changes)


@record
class SearchResult:
    """What a search has found: explanations, the likeliest first; the best partial one."""

    explanations: tuple[Explanation, ...]
    partial: Explanation | None
    tried: int
    complete: bool
    """False where time ran out."""


class Search:
    """A search on a bench."""

    def __init__(self, bench: Bench, progress: ProgressReport | None = None) -> None:
        self.bench = bench
        self.grounds = Grounds(bench)
        self.progress = progress
        self.limit = FEWEST + BUDGET // max(1, bench.work)
        """How many trials may be made once a single mistake has not explained all."""
        self.work = Work(progress, self.limit)
        self.cut_short = False
        """True where more trials would have been made."""

    def run(self) -> SearchResult:
        """Find explanations with as few mistakes as there are."""
        base = Explanation((), 0.0, self.bench.base)
        found = self.alone(base)
        return self.several(base) if not found else self.result(found)

    def several(self, base: Explanation) -> SearchResult:
        """Find explanations of more than one mistake."""
        self.limit += self.bench.count
        self.work = Work(self.progress, self.limit)
        found, partial = self.one_by_one(base)
        if not found and not self.spent:
            found = self.pairs(base)
        return self.result(found, partial)

    def result(
        self, found: Sequence[Explanation], partial: Sequence[Explanation] = ()
    ) -> SearchResult:
        """What was found, the likeliest first; where that is nothing, the best partial one."""
        ordered = tuple(sorted(distinct(found), key=lambda one: one.cost))
        best_part = best(partial)[0] if partial and not ordered else None
        return SearchResult(ordered, best_part, self.bench.count, not self.cut_short)

    def one_by_one(self, base: Explanation) -> tuple[list[Explanation], list[Explanation]]:
        """Add mistakes that each explain a part, from the best partial explanations on.

        Returns what explains everything, and the last partial explanations.
        """
        partial = self.onward(base)
        for _ in range(1, MOST_MISTAKES):
            following: list[Explanation] = []
            for one in best(partial)[:BEAM]:
                if self.spent:
                    self.cut_short = True
                    break
                following += self.onward(one)
            following = distinct(following)
            whole = [one for one in following if not one.trial.missed]
            if whole:
                return whole, partial
            if not following or self.cut_short:
                break
            partial = following
        return [], partial

    @cached_property
    def leaves(self) -> int:
        """How many gradients of leaves were handed in."""
        return sum(self.grounds.leaf(node) for node in self.grounds.shapes)

    def label(self, node: int) -> str:
        """What a node is called."""
        return self.bench.graph.nodes[node].label

    @property
    def spent(self) -> bool:
        """True when no more trials may be made."""
        return self.bench.count >= self.limit

    def alone(self, base: Explanation) -> list[Explanation]:
        """The single mistakes, and habits, that explain everything."""
        changes = [
            change for change in self.changes(base.trial) if self.reach(change) >= base.trial.missed
        ]
        every = list(self.changes(base.trial))
        wide = [one for one in self.habits(every) if self.reach(one) >= base.trial.missed]
        found = []
        for change in (*changes, *wide):
            one = self.with_change(base, change, whole=True)
            if one is not None:
                found.append(one)
        return distinct(found)

    def onward(self, base: Explanation) -> list[Explanation]:
        """All explanations with one more mistake that explain more than their base."""
        self.grounds.base = base.trial
        changes = list(self.changes(base.trial))
        found = [one for change in changes if (one := self.with_change(base, change)) is not None]
        together = self.habits(changes)
        # What explains a part at several places, however unlike they are, may be one habit too.
        partial = [replace(one.changes[-1], group=("part",)) for one in found]
        for habit in (*together, *self.habits(partial)):
            one = self.with_change(base, habit)
            if one is not None:
                found.append(one)
        return distinct(found)

    def changes(self, base: Trial) -> Iterator[Change]:
        """Every change of the catalogue that reaches an array that differs."""
        for mistake in CATALOGUE:
            for change in mistake.find(self.grounds):
                if self.matters(change, base):
                    yield self.likely(change)

    def likely(self, change: Change) -> Change:
        """A change, dearer inside a function whose backward pass is a line of its own."""
        inside = self.grounds.inside
        if change.composed or not (change.edges or change.nodes):
            return change
        edges = change.edges.keys() <= inside.edges
        nodes = change.nodes.keys() <= inside.nodes
        return replace(change, cost=change.cost + INSIDE) if edges and nodes else change

    def habits(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Join the changes of a mistake at all places of a kind: a habit."""
        kinds: dict[tuple[str, ...], list[Change]] = {}
        seen: set[tuple[str, str, frozenset[int]]] = set()
        for change in changes:
            if change.whole is not None or change.update is not None or change.accumulates:
                continue
            own = (change.mistake.id, change.variant)
            kinds.setdefault((*own, "all", str(bool(change.scope))), []).append(change)
            stems = {stem(self.label(node)) for node in change.at}
            if len(stems) == 1:
                # The gates of a cell at every step are zi1, zi2, …: lines of one loop.
                line = (*own, "named", stems.pop(), change.scope and "used")
                kinds.setdefault(line, []).append(change)
                kinds.setdefault((*line, *change.group[:2]), []).append(change)
            kinds.setdefault((*own, "leaf", str(self.all_leaves(change))), []).append(change)
            if change.group:
                kinds.setdefault((*own, *change.group), []).append(change)
        for members in kinds.values():
            joined = join(members)
            if joined is None:
                continue
            places = frozenset((*joined.edges, *(-1 - node for node in joined.nodes)))
            key = (joined.mistake.id, joined.variant, places)
            if key not in seen:
                seen.add(key)
                yield joined

    def all_leaves(self, change: Change) -> bool:
        """Whether a change is in gradients of leaves alone."""
        return all(self.grounds.leaf(node) for node in change.at)

    def with_change(
        self, base: Explanation, change: Change, *, whole: bool = False
    ) -> Explanation | None:
        """An explanation with one more mistake; None where it explains no more.

        With `whole`, None also where it does not explain everything.
        """
        changes = (*base.changes, change)
        self.work.at(min(self.bench.count, self.limit))
        trial = self.bench.attempt(changes, base.trial, whole=whole)
        if trial is None or not trial.missed < base.trial.missed:
            return None
        if not any(map(self.bench.tells, base.trial.missed - trial.missed)):
            return None
        another = ANOTHER if base.changes else 0.0
        if any(one.mistake is change.mistake for one in base.changes):
            another -= 0.2
        cost = base.cost + change.mistake.cost + change.cost + another
        if change.mistake.single and len(change.at) >= max(3, self.leaves):
            cost += 1.0
        return Explanation(changes, cost, trial)

    def pairs(self, base: Explanation) -> list[Explanation]:
        """Find two mistakes of which neither explains anything without the other."""
        self.grounds.base = base.trial
        every = [c for c in self.changes(base.trial) if not c.scope]
        changes = sorted(
            (*every, *self.habits(every)), key=lambda change: change.mistake.cost + change.cost
        )[:LIKELIEST]
        found: list[Explanation] = []
        for at, first in enumerate(changes):
            if self.spent:
                self.cut_short = True
                break
            trial = self.bench.attempt((first,), base.trial)
            if trial is None or trial.missed != base.trial.missed:
                continue
            begun = Explanation((first,), first.mistake.cost + first.cost, trial)
            self.grounds.base = trial
            seconds: Iterable[Change] = [*changes[at + 1 :], *self.factors(trial)]
            for second in seconds:
                one = self.with_change(begun, second)
                if one is not None and not one.trial.missed:
                    found.append(one)
        return found

    def factors(self, base: Trial) -> Iterator[Change]:
        """Factors that can be measured on top of another mistake."""
        for mistake in CATALOGUE:
            if mistake.measured:
                yield from (c for c in mistake.find(self.grounds) if self.matters(c, base))

    def matters(self, change: Change, base: Trial) -> bool:
        """Whether a change can reach an array that differs."""
        return not self.reach(change).isdisjoint(base.missed)

    def reach(self, change: Change) -> frozenset[int]:
        """The handed arrays that a change can reach."""
        if self.grounds.updates or change.whole is not None or change.update is not None:
            return frozenset(range(len(self.bench.handed)))
        edges = self.bench.graph.edges
        nodes = {*change.nodes, *(edges[index].operand for index in change.edges)}
        return frozenset().union(*(self.bench.reach[node] for node in nodes))


def stem(name: str) -> str:
    """A name without the number at its end, which counts layers or steps."""
    return name.rstrip("0123456789")


def join(members: list[Change]) -> Change | None:
    """Changes at several places as one; None where that is fewer than two."""
    edges, nodes = dict(members[0].edges), dict(members[0].nodes)
    at, composed = dict.fromkeys(members[0].at), dict(members[0].composed)
    used = [members[0]]
    for change in members[1:]:
        if edges.keys() & change.edges.keys() or nodes.keys() & change.nodes.keys():
            continue
        edges |= change.edges
        nodes |= change.nodes
        at |= dict.fromkeys(change.at)
        composed |= change.composed
        used.append(change)
    if len(used) < 2:
        return None
    cost = max(change.cost for change in used) + HABIT
    # The line that is shown is the first one's, and so is what stands in it wrongly.
    details = {change.detail for change in used}
    alone = len(details) == 1 or members[0].other is not None
    return replace(
        members[0],
        at=tuple(at),
        edges=edges,
        nodes=nodes,
        composed=composed,
        cost=cost,
        detail=members[0].detail if alone else ", ".join(sorted(details)[:4]),
    )


def best(found: Iterable[Explanation]) -> list[Explanation]:
    """Partial explanations, those that leave least unexplained first."""
    return sorted(found, key=lambda one: (len(one.trial.missed), one.cost))


def distinct(found: Iterable[Explanation]) -> list[Explanation]:
    """Explanations without those that say the same: the same mistakes at the same places."""
    kept: dict[frozenset[tuple[object, ...]], Explanation] = {}
    for one in sorted(found, key=lambda one: one.cost):
        key = frozenset((c.mistake.id, c.at, c.detail, c.other) for c in one.changes)
        kept.setdefault(key, one)
    return list(kept.values())
