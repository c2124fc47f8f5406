"""No gradient reaches the output: the loss is flat where the output stands, as behind a clip."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When
from bpdebug.graph import Edge
from bpdebug.run import Iteration


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the output.

    A loss of 0 is no fault: there is nothing more to learn, as where all margins hold.
    """
    layer = case.network.output
    samples = case.finite
    if layer is None or not samples or not case.trained or case.learned:
        return
    if any(s.layers[layer.at].delta or s.loss == 0 for s in samples):
        return
    node = layer.pre_activation if layer.activation is None else layer.activation
    first = case.run.iteration(samples[0].number)
    edge = vanishing_edge(case, first, node)
    if edge is None:
        return
    output, values = case.label(node), np.asarray(first.recorded.values[node])
    yield Finding(
        output,
        f"the gradient of {case.label(layer.pre_activation)} is 0 in all cells, in "
        f"{'the one iteration' if len(samples) == 1 else f'all {len(samples):,} iterations'} "
        f"looked at; in iteration {first.number} none of it gets from {case.label(edge.output)} "
        f"to {case.label(edge.operand)}, where {output} lies between "
        f"{case.n(float(values.min()))} and {case.n(float(values.max()))}",
        "fit output and loss to one another: where the loss takes logarithms of probabilities, "
        "give it a sigmoid or a softmax",
        first.number,
        first.timeline.edge_span(edge.index)[1],
        node=node,
        blocks=True,
    )


def vanishing_edge(case: Case, iteration: Iteration, node: int) -> Edge | None:
    """The first edge, on the paths from the loss to a node, where all of the gradient vanishes.

    None where the gradient of the node is not 0, or vanishes at no edge.
    """
    recorded = iteration.recorded
    gradient = recorded.gradients[node]
    if gradient is None or np.any(gradient):
        return None
    for edge in recorded.graph.edges:
        leads = node in case.network.below(edge.operand, {node})
        arrives = np.any(np.asarray(recorded.gradients[edge.output]))
        if leads and arrives and not np.any(recorded.contributions[edge.index]):
            return edge
    return None


RULE = Rule(
    "loss-output-mismatch",
    "no gradient reaches the output",
    When.DURING,
    "in every iteration, every cell of the output's gradient is 0, although the loss is not 0",
    find_faults,
    explains=SPOILS,
)
