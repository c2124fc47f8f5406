"""A function that keeps something between calls: gradients that are never set to 0."""

from __future__ import annotations

import numpy as np

from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.conventions import fitted
from bpdebug.mistakes.handed import Precision, Precisions, Quantity, handed_in
from bpdebug.mistakes.judgement import Judgement
from bpdebug.mistakes.probing.function import Answers, BackwardFunction
from bpdebug.mistakes.verdict import Verdict
from bpdebug.ops import Array
from bpdebug.records import record, replace
from bpdebug.run import Run
from bpdebug.run.progress import ProgressReport
from bpdebug.wording import Script

SAME = 64
"""So many roundings two calls with the same arguments may differ by."""


ADDS = (
    "called again with the same arguments it returns what it returned before and its gradients "
    "once more: judged on two calls at the numbers given, and on no other data"
)
CHANGES = (
    "called again with the same arguments it returns other numbers: it keeps something between "
    "calls, or draws at random, so that no mistake is looked for; make it return the same for the "
    "same arguments"
)


@record
class Kept:
    """What a function returned in the first two iterations, when it keeps something in between."""

    first: Answers
    second: Answers
    adds: bool
    """Whether each call adds to what the one before returned."""


def kept_between(run: Run, function: BackwardFunction, first: Answers) -> Kept | None:
    """What a function returns that keeps something between calls; None for one that does not.

    It is called for the first iteration again, then for the second, as its own gradients make that.
    """
    values = run.iteration(1).recorded.values
    again = function(run, values)
    if all(same(array, again.get(name)) for name, array in first.items()):
        return None
    # Where it adds, what it had before is in all of them: the differences are its gradients.
    cleared = difference(again, first)
    if cleared is None:
        return Kept(first, again, adds=False)
    changing = [name for name, array in first.items() if not same(array, again[name])]
    own = {name: cleared[name] if name in changing else array for name, array in first.items()}
    third = function(run, next_values(run, own))
    second, once_more = difference(third, again), difference(function(run, values), third)
    if second is None or once_more is None:
        return Kept(first, again, adds=False)
    if not all(same(once_more[name], own[name], loosely=True) for name in changing):
        return Kept(first, again, adds=False)
    after = {name: own[name] + second[name] if name in changing else third[name] for name in own}
    return Kept(own, after, adds=True)


def difference(later: Answers, earlier: Answers) -> Answers | None:
    """What later results have more than earlier ones; None where names or shapes differ."""
    if not earlier.keys() <= later.keys():
        return None
    if any(later[name].shape != array.shape for name, array in earlier.items()):
        return None
    return {name: later[name] - array for name, array in earlier.items()}


def next_values(run: Run, first: Answers) -> list[Array]:
    """The forward values of the second iteration, after an update with a function's gradients."""
    problem, started = run.problem, run.iteration(1)
    gradients = list(started.recorded.gradients)
    graph = run.graph(1)
    for one in handed_in(graph, problem.rules, first, Precision()):
        if one.quantity is Quantity.GRADIENT and one.values.shape == graph.nodes[one.node].shape:
            gradients[one.node] = np.asarray(one.values, dtype=problem.dtype)
    after, _ = run.compiled(1).updater.advance(
        dict(started.before), gradients, problem.first_states(), 1
    )
    longer = run if run.iterations > 1 else Run(problem, 2)
    return longer.compiled(2).engine.forward(longer.leaves(2, after))


def same(one: Array, other: Array | None, *, loosely: bool = False) -> bool:
    """Whether two results are the same, rounding aside; `loosely`, that of a few sums."""
    if other is None or one.shape != other.shape:
        return False
    kind = one.dtype if np.issubdtype(one.dtype, np.floating) else np.dtype(np.float64)
    roundings = SAME * (1_000 if loosely else 1)
    most = roundings * float(np.finfo(kind).eps) * float(np.max(np.abs(one), initial=0.0))
    with np.errstate(all="ignore"):
        near = np.abs(one - other) <= most
    return bool(np.all(near | (one == other) | (np.isnan(one) & np.isnan(other))))


def twice(
    run: Run,
    kept: Kept,
    precisions: Precisions,
    script: Script,
    progress: ProgressReport | None,
    *,
    same_loss: bool = False,
) -> Verdict:
    """The verdict on a function that keeps something between calls, from two iterations."""
    longer = run if run.iterations > 1 else Run(run.problem, 2)
    arrays = {name: values.astype(np.float64) for name, values in kept.first.items()}
    if kept.adds:
        arrays |= {f"{name}@2": values.astype(np.float64) for name, values in kept.second.items()}
    exact = {name: precisions[name.removesuffix("@2")] for name in arrays}
    given = handed_in(longer.graph(1), longer.problem.rules, arrays, exact)
    handed, layout = fitted(longer.graph(1), given, parameters=False)
    bench = Bench(longer, handed)
    judgement = Judgement(bench, layout, progress, script, same_loss=same_loss)
    found = judgement.verdict() if kept.adds else judgement.done("unknown")
    note = ADDS if kept.adds else CHANGES
    return replace(found, separate="", notes=(*found.notes, note))
