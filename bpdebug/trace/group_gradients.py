"""The backward pass of a group as one vector-Jacobian product: what comes in, what goes out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.graph import Edge, Graph, RecordedPass
from bpdebug.ops import Array
from bpdebug.trace.spans import Span


def edges_of(graph: Graph, span: Span) -> tuple[Edge, ...]:
    """The edges of a span of the backward pass."""
    return graph.edges[span.first : span.last + 1]


def entered_by(graph: Graph, span: Span) -> list[int]:
    """The results whose upstream gradients come into a span from outside, in the pass's order."""
    outputs = dict.fromkeys(edge.output for edge in edges_of(graph, span))
    return [
        node
        for node in outputs
        if node == graph.loss
        or any(not span.first <= e.index <= span.last for e in graph.into[node])
    ]


def left_by(graph: Graph, span: Span) -> dict[int, tuple[Edge, ...]]:
    """By operand outside of a span: the edges with which the span adds to its gradient.

    They are in the order of a composite's call; else results come before leaves.
    """
    outputs = {edge.output for edge in edges_of(graph, span)}
    found: dict[int, tuple[Edge, ...]] = {}
    for edge in edges_of(graph, span):
        if edge.operand not in outputs:
            found[edge.operand] = (*found.get(edge.operand, ()), edge)
    call = span.group.call

    def place(item: tuple[int, tuple[Edge, ...]]) -> int:
        operand = item[0]
        return call.index(operand) if operand in call else len(call) + graph.nodes[operand].is_leaf

    return dict(sorted(found.items(), key=place))


def contribution(recorded: RecordedPass, edges: Sequence[Edge]) -> Array:
    """What edges into the same operand add to its gradient together."""
    total = np.asarray(recorded.contributions[edges[0].index])
    with np.errstate(all="ignore"):
        for edge in edges[1:]:
            total = np.asarray(total + np.asarray(recorded.contributions[edge.index]))
    return total
