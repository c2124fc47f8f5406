"""A parameter never moves, although an optimizer should move it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow
from bpdebug.graph.no_gradient import why_no_gradient


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every parameter that no sampled iteration changes.

    A parameter whose gradient is 0 because its terms cancel is at its best value: no fault.
    """
    for name in case.trained:
        samples = [s.parameters[name] for s in case.finite]
        if not samples or any(sample.change for sample in samples) or case.at_rest:
            continue
        has_slope = any(sample.gradient for sample in samples)
        node = case.graph.names[name]
        if not case.graph.has_gradient(node):
            why = why_no_gradient(case.graph, node)
            remedy = "use it in the graph, or take it out"
        elif not has_slope:
            terms = case.first_terms[node]
            if terms is not None and np.any(terms):
                continue
            why, remedy = "its gradient is 0", "look at what its gradient is multiplied by"
        else:
            why = "its updates are too small to change it in float64"
            remedy = "take a larger learning rate"
        count = len(samples)
        looked = "the one iteration" if count == 1 else f"any of {count:,} iterations"
        yield Finding(
            case.name(name),
            f"{case.name(name)} did not change in {looked} looked at: {why}",
            remedy,
            *case.at_gradient(name, case.finite[0].number),
            node=node,
            blocks=not has_slope,
        )


RULE = Rule(
    "never-moves",
    "a parameter never moves",
    When.END,
    "a trained parameter is the same in all iterations; the finding says why",
    find_faults,
    cause=False,
    explains=follow("loss-stands-still"),
    looks="The curve of a parameter is a straight line.",
    why="No gradient reaches it, or steps that are too small for its digits.",
    mends="What the finding says: use the parameter, or open the way of its gradient.",
)
