"""Numbers that tell between explanations: on them, each makes other gradients than the others.

Several mistakes may make the same numbers at a scenario's data. On fresh data of the same shapes
most of them part; which do, trials say. Where a mistake's numbers depend on sizes alone, such as a
factor that is the number of examples or of units, new data of the same shapes does not help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.mistakes.bench import Bench, largest
from bpdebug.mistakes.fresh.drawing import Drawing, Likeness
from bpdebug.mistakes.fresh.draws import runnable, targets_of
from bpdebug.mistakes.handed import Handed, Quantity
from bpdebug.mistakes.mistake import Impossible
from bpdebug.mistakes.verdict import NamedExplanation, Verdict
from bpdebug.ops import Array
from bpdebug.records import record, replace
from bpdebug.run import Run

SEED, DRAWS = 61_803, 6
DECIMALS = 6
"""Digits of the drawn numbers behind the point, so that the file has them exactly."""
APART = 1e-3
"""Explanations differ where an array of theirs does by more than this part of its largest entry:
so much shows in numbers that are printed to four places."""

Arrays = Mapping[str, Array]


Pair = tuple[int, int]


@record
class Separation:
    """Fresh data for a scenario, and which explanations it tells apart.

    A pair is that of two explanations, by their numbers in `explanations`.
    """

    data: Arrays
    parameters: Arrays
    apart: Mapping[Pair, tuple[str, ...]]
    """Pairs that differ on this data in arrays like those that were handed in, and in which."""
    further: Mapping[Pair, tuple[str, ...]]
    """Pairs that differ only in other gradients, and in which: these would have to be handed in."""
    explanations: tuple[NamedExplanation, ...]

    @property
    def alike(self) -> tuple[Pair, ...]:
        """Pairs that this data does not tell apart."""
        pairs = combinations(range(len(self.explanations)), 2)
        return tuple(pair for pair in pairs if pair not in {**self.apart, **self.further})


def separation(run: Run, verdict: Verdict, *, network: bool = False) -> Separation | None:
    """The draw that tells most explanations of a verdict apart; None where none can be run.

    With one explanation, any draw does. `network` says that parameters come from a [network], and
    stay. BpdebugError where nothing is explained.
    """
    told = distinct(verdict.explanations)
    if not told:
        raise BpdebugError("nothing explains these numbers, so that there is nothing to separate")
    best: Separation | None = None
    for at in range(DRAWS):
        for likeness in Likeness:
            fresh = drawn(run, at, likeness, network=network)
            if fresh is None:
                continue
            found = tried(fresh, verdict, told)
            if best is None or told_apart(found) > told_apart(best):
                best = found
            break
        if best is not None and len(best.apart) == len(told) * (len(told) - 1) // 2:
            break
    return best


def told_apart(found: Separation) -> tuple[int, int]:
    """How many pairs are told apart by arrays like those handed in, and by any."""
    return len(found.apart), len(found.apart) + len(found.further)


def distinct(explanations: Sequence[NamedExplanation]) -> tuple[NamedExplanation, ...]:
    """Explanations that say something else than those before them."""
    found: dict[tuple[object, ...], NamedExplanation] = {}
    for one in explanations:
        found.setdefault(tuple((m.id, m.nodes, m.wrong) for m in one.mistakes), one)
    return tuple(found.values())


def drawn(run: Run, at: int, likeness: Likeness, *, network: bool) -> Run | None:
    """The run on fresh numbers of the same shapes; None where they lead out of a domain."""
    problem, graph = run.problem, run.graph(1)
    rng = np.random.default_rng([SEED, at, likeness])
    targets = targets_of(graph)
    data, parameters = {}, {}
    for name, values in problem.data.items():
        if name in problem.drawn:
            data[name] = np.asarray(values)
            continue
        drawing = Drawing(np.asarray(values), np.shape(values), rng, likeness)
        data[name] = rounded(drawing.data(target=name in targets, real=False))
    for name, values in problem.parameters.items():
        made = Drawing(np.asarray(values), np.shape(values), rng, likeness).parameter()
        parameters[name] = np.asarray(values) if network else rounded(made)
    fresh = replace(
        problem,
        data=data,
        parameters=parameters,
        iterations=run.iterations,
        expectations=(),
    )
    return runnable(fresh.of_kind(problem.dtype), graph, masked=True)


def rounded(values: Array) -> Array:
    """Numbers with few digits, none of them −0."""
    return np.asarray(np.round(values, DECIMALS) + 0.0)


@np.errstate(all="ignore")
def tried(fresh: Run, verdict: Verdict, told: tuple[NamedExplanation, ...]) -> Separation:
    """What the explanations compute on fresh data: in which arrays they differ."""
    mine = [one.handed for one in verdict.arrays]
    arrays = [*mine, *others(fresh, mine)]
    last = max(one.iteration for one in mine)
    long_enough = fresh if fresh.iterations >= last else Run(fresh.problem, last)
    made = [predictions(long_enough, arrays, one) for one in told]
    apart: dict[Pair, tuple[str, ...]] = {}
    further: dict[Pair, tuple[str, ...]] = {}
    for first, second in combinations(range(len(told)), 2):
        ones, twos = made[first], made[second]
        if ones is None or twos is None:
            continue
        differing = [at for at in range(len(arrays)) if differ(ones[at], twos[at])]
        inside = tuple(called(arrays[at]) for at in differing if at < len(mine))
        if inside:
            apart[first, second] = inside
        elif differing:
            further[first, second] = tuple(called(arrays[at]) for at in differing)
    return Separation(fresh.problem.data, fresh.problem.parameters, apart, further, told)


def called(one: Handed) -> str:
    """An array's name, with the iteration where that is not the first."""
    return one.name + (f"@{one.iteration}" if one.iteration > 1 else "")


def others(run: Run, handed: Sequence[Handed]) -> list[Handed]:
    """The gradients of named nodes that were not handed in, of the first iteration."""
    graph = run.graph(1)
    known = {one.node for one in handed if one.quantity is Quantity.GRADIENT and one.iteration == 1}
    gradients = run.iteration(1).recorded.gradients
    return [
        Handed(f"grad({node.name})", node.index, Quantity.GRADIENT, 1, np.asarray(found))
        for node in graph.nodes
        if node.name and node.index not in known and node.index != graph.loss
        if (found := gradients[node.index]) is not None
    ]


def predictions(run: Run, arrays: Sequence[Handed], one: NamedExplanation) -> list[Array] | None:
    """Arrays as an explanation computes them; None where it cannot be made here."""
    try:
        trial = Bench(run, arrays).trial(one.found.changes, assumed=frozenset())
    except (Impossible, BpdebugError, ValueError, IndexError):
        return None
    return [np.asarray(trial.predicted[number]) for number in range(len(arrays))]


def differ(one: Array, other: Array) -> bool:
    """Whether two arrays differ by so much that printed numbers show it."""
    if one.shape != other.shape or not np.array_equal(np.isfinite(one), np.isfinite(other)):
        return True
    off = np.where(np.isfinite(one), np.abs(one - other), 0.0)
    return bool(np.max(off, initial=0.0) > APART * max(largest(one), largest(other)))
