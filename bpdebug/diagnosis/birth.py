"""The rule about NaN and infinity: where the first one is born."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.survey import all_finite, arrays
from bpdebug.graph import Edge
from bpdebug.run import Iteration


def not_finite(case: Case) -> Iterator[Finding]:
    """One finding, at the op, the multiplication or the update line that made the first one."""
    if not case.samples or case.samples[-1].finite:
        return
    good = case.finite[-1].number if case.finite else 0
    bad = case.samples[-1].number
    # What is not finite once stays so, since the next iteration begins with it.
    while bad - good > 1:
        middle = (good + bad) // 2
        if all(all_finite(array) for array in arrays(case.run.iteration(middle))):
            good = middle
        else:
            bad = middle
    iteration = case.run.iteration(bad)
    position, what = born(case, iteration)
    yield Finding(
        Kind.NOT_FINITE,
        f"iteration {bad}",
        f"the first one is born in iteration {bad}, tick {position}, in {what}",
        "go there and look at the operands; it is often log(0), a division by 0, or a step too "
        "large",
        bad,
        position,
    )


def born(case: Case, iteration: Iteration) -> tuple[int, str]:
    """The tick that made the first value that is not finite, and what it wrote."""
    graph, timeline, run = iteration.run.graph, iteration.timeline, iteration.run
    for node in graph.forward_order:
        if not all_finite(run.values[node]):
            return timeline.forward_tick(node), f"the value of {case.label(node)}"
    for edge in graph.edges:
        whole = run.gradients[edge.operand] if edge.last else None
        if not all_finite(run.contributions[edge.index]):
            return tick_in(iteration, edge), f"the gradient of {case.label(edge.operand)}"
        if whole is not None and not all_finite(whole):
            end = timeline.edge_span(edge.index)[1]
            return end, f"the sum of the gradient of {case.label(edge.operand)}"
    for number, line in enumerate(iteration.updates):
        if not all_finite(line.after):
            return (
                timeline.update_tick(number),
                f"the update of {case.label(line.parameter)}",
            )
    return timeline.total, "an input that is not finite"


def tick_in(iteration: Iteration, edge: Edge) -> int:
    """The first multiplication of an edge whose sum is not finite."""
    run = iteration.run
    contribution = np.asarray(run.contributions[edge.index])
    flat = int(np.argmin(np.isfinite(contribution)))
    cell = tuple(int(i) for i in np.unravel_index(flat, contribution.shape))
    index_map = run.graph.index_map(edge)
    first, last = index_map.span(flat)
    upstream = run.gradients[edge.output]
    assert upstream is not None
    with np.errstate(all="ignore"):
        factors = index_map.upstream_slice(np.asarray(upstream), cell)
        sums = np.add.accumulate(factors * run.local_row(edge, cell))
    bad = np.flatnonzero(~np.isfinite(sums))
    term = first + int(bad[0]) if bad.size else last - 1
    return iteration.timeline.starts[edge.index] + term + 1
