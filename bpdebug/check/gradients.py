"""Every gradient of an iteration against central differences of its loss.

Differences in float32 would have two or three digits, and would hide what float32 itself does to a
gradient. So gradients in float32 are compared with differences in float64 at the same values, and
may differ from them by what float32 rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from math import prod

import numpy as np

from bpdebug.check.differences import EntryCheck, Scales, Verdict, check_entry
from bpdebug.check.probe import Probe
from bpdebug.check.rounding import steady
from bpdebug.graph import Engine, RecordedPass
from bpdebug.graph.no_gradient import why_no_gradient
from bpdebug.ops import FLOAT64, Array, DType, Index, Shape, epsilon, of_dtype
from bpdebug.ops.maps.index_map import first_where, unravel
from bpdebug.records import record, replace
from bpdebug.run import Run
from bpdebug.run.progress import Work

BUDGET = 12_000_000_000
"""About how many scalar operations may go into all arrays; where all entries would cost more, the
larger arrays are sampled. It counts operations, so that every machine draws the same sample."""
FEWEST = 8
"""Entries checked of any array, whatever they cost."""
NO_LOSS = "the loss is not finite"
"""Why nothing can be compared where the loss is NaN or infinite."""
SAMPLES = 6
"""Forward passes that an entry takes as a rule."""


@record
class Strange:
    """The entries of a gradient that are NaN or infinite."""

    count: int
    first: Index
    """The index of the first of these entries, in C order."""
    value: float
    """The value of that entry: NaN or an infinity."""
    slope: float | None = None
    """What central differences say there, where they can say it."""


@record
class ArrayCheck:
    """The gradient of one parameter or input against differences."""

    name: str
    shape: Shape
    checked: int = 0
    """How many entries were compared, of all that there are."""
    worst: EntryCheck | None = None
    """The entry with the largest relative error, of those that differ if any do."""
    differing: int = 0
    agreeing: int = 0
    unresolved: int = 0
    """How many of those that agree were compared to less than a part in 500, due to rounding."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """How many entries were not checkable here, by reason."""
    note: str = ""
    """Why there was nothing to check."""
    strange: Strange | None = None
    """The entries that are no finite numbers; None when all are."""

    @property
    def entries(self) -> int:
        """How many entries the array has."""
        return prod(self.shape)

    @property
    def compared(self) -> bool:
        """True when there was at least one entry that could be compared."""
        return self.differing + self.agreeing > 0

    @property
    def ok(self) -> bool:
        """True when no entry differs and all are finite numbers."""
        return self.differing == 0 and self.strange is None


def check_gradients(run: Run, iteration: int = 1, budget: int = BUDGET) -> list[ArrayCheck]:
    """Check every parameter, and every input that asks for a gradient, in an iteration.

    Where all entries would cost more than the budget, those of large arrays are a random sample,
    the same on every run. Reports the progress of the run.
    """
    recorded = run.iteration(iteration).recorded
    nodes = [n for n in recorded.graph.nodes if n.is_leaf and n.needs_gradient]
    exact = in_float64(recorded)
    probes = [Probe(exact, node.index) for node in nodes]
    costs = [SAMPLES * max(probe.cost, 1) for probe in probes]
    counts = shared_out([prod(node.shape) for node in nodes], costs, budget)
    spending = [n * cost for n, cost in zip(counts, costs, strict=True)]
    found, work = [], Work(run.progress, sum(spending))
    for at, (probe, count) in enumerate(zip(probes, counts, strict=True)):
        before = sum(spending[:at])

        def report(done: int, before: int = before, cost: int = costs[at]) -> None:
            work.at(before + done * cost)

        found.append(check_entries(recorded, probe, count, report))
    return found


def check_array(recorded: RecordedPass, leaf: int, budget: int = BUDGET) -> ArrayCheck:
    """Check the gradient of one leaf, or a random sample of it where all of it would cost more."""
    probe = Probe(in_float64(recorded), leaf)
    size, cost = prod(recorded.graph.nodes[leaf].shape), SAMPLES * max(probe.cost, 1)
    (count,) = shared_out([size], [cost], budget)
    return check_entries(recorded, probe, count, lambda done: None)


def shared_out(entries: list[int], costs: list[int], budget: int) -> list[int]:
    """How many entries of each array are checked: all, or as many as its share of a budget buys.

    `costs` has what an entry of each array costs. Shares are equal; what an array does not need is
    shared among the others.
    """
    counts = [0] * len(entries)
    needs = [n * cost for n, cost in zip(entries, costs, strict=True)]
    for left, at in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        share = max(budget, 0) // (len(needs) - left)
        counts[at] = min(entries[at], max(FEWEST, share // costs[at]))
        budget -= counts[at] * costs[at]
    return counts


def check_entries(
    recorded: RecordedPass, probe: Probe, count: int, report: Callable[[int], None]
) -> ArrayCheck:
    """Check the gradient of one leaf in `count` of its entries.

    `probe` moves the leaf in the pass `in_float64`. `report` is told how many entries are done.
    """
    leaf, exact = probe.leaf, probe.recorded
    node = recorded.graph.nodes[leaf]
    gradient = recorded.gradients[leaf]
    if gradient is None:
        why = why_no_gradient(recorded.graph, leaf).removeprefix("it ")
        note = f"{why}: no gradient to check"
        return ArrayCheck(node.label, node.shape, note=note)
    strange = strange_entries(np.asarray(gradient))
    if not np.isfinite(exact.values[recorded.graph.loss]):
        skipped = {NO_LOSS: prod(node.shape)}
        return ArrayCheck(node.label, node.shape, skipped=skipped, strange=strange)
    values, slopes = np.asarray(exact.values[leaf]), np.asarray(gradient)
    scales = scales_of(exact, probe, leaf, recorded.dtype)
    checks = []
    for done, cell in enumerate(chosen(node.shape, count)):
        report(done)
        if np.isfinite(slopes[cell]):
            value, slope = float(values[cell]), float(slopes[cell])
            checks.append(check_entry(probe, cell, value, slope, scales))
    found = summed_up(node.label, node.shape, checks)
    if strange is not None:
        at = strange.first
        there = check_entry(probe, at, float(values[at]), strange.value, scales).estimate
        strange = replace(strange, slope=None if there is None else there.slope)
    return replace(found, strange=strange)


def strange_entries(gradient: Array) -> Strange | None:
    """How many entries are NaN or infinite, and the first; None when all are finite."""
    strange = ~np.isfinite(gradient)
    if not strange.any():
        return None
    first = first_where(strange)
    return Strange(int(np.count_nonzero(strange)), first, float(gradient[first]))


def in_float64(recorded: RecordedPass) -> RecordedPass:
    """The pass at the same inputs, parameters and constants, computed in float64."""
    if recorded.dtype == FLOAT64:
        return recorded
    graph = recorded.graph
    given = {n.index: of_dtype(recorded.values[n.index], FLOAT64) for n in graph.nodes if not n.op}
    return Engine(graph).run(given)


def scales_of(recorded: RecordedPass, probe: Probe, leaf: int, dtype: DType) -> Scales:
    """The sizes that decide what is small, for one leaf whose gradient is of this kind.

    Where contributions cancel, rounding is as large as a few last bits of what cancels: of the
    values on the way to the loss times their gradients, or of those gradients themselves.
    """
    values = largest(np.asarray(recorded.values[leaf])) or 1.0
    weights, slopes = [0.0], [0.0]
    for index in (leaf, *(node.index for node in probe.calls)):
        found = recorded.gradients[index]
        if found is not None and index != recorded.graph.loss:
            with np.errstate(all="ignore"):
                weights.append(largest(np.asarray(found * recorded.values[index])))
            slopes.append(largest(np.asarray(found)))
    few_bits = 64 * epsilon(dtype)
    rounding = few_bits * min(max(weights) / values, max(slopes))
    gradient = largest(np.asarray(recorded.gradients[leaf]))
    return Scales(values, gradient, rounding, dtype != FLOAT64)


def largest(array: Array) -> float:
    """The largest magnitude among an array's finite entries."""
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))


def chosen(shape: Shape, most: int) -> list[Index]:
    """All cells, or `most` of them drawn with a fixed seed, in C order."""
    total = prod(shape)
    if total <= most:
        return [unravel(flat, shape) for flat in range(total)]
    drawn = np.random.default_rng(0).choice(total, size=most, replace=False)
    return [unravel(flat, shape) for flat in sorted(map(int, drawn))]


def summed_up(name: str, shape: Shape, entries: Iterable[EntryCheck]) -> ArrayCheck:
    """Counts by verdict, and the worst entry."""
    by: dict[Verdict, list[EntryCheck]] = {verdict: [] for verdict in Verdict}
    for entry in entries:
        by[entry.verdict].append(entry)
    differing, agreeing = by[Verdict.DIFFERS], by[Verdict.AGREES]
    resolved = [entry for entry in agreeing if entry.resolved or entry.relative_error == 0]
    # By the error as it is shown: of entries equally far off, the first is worst.
    worst = max(
        differing or resolved, key=lambda one: float(steady(one.relative_error, 2)), default=None
    )
    skipped = Counter(entry.reason for entry in by[Verdict.NOT_CHECKABLE])
    return ArrayCheck(
        name,
        shape,
        len(differing) + len(agreeing) + sum(skipped.values()),
        worst,
        len(differing),
        len(agreeing),
        len(agreeing) - len(resolved),
        skipped,
    )
