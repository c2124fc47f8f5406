"""The backward pass of a group as one vector-Jacobian product: what comes in, what goes out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.graph import Edge, Graph, RecordedPass
from bpdebug.graph.groups import Group, boundary, readers_of
from bpdebug.ops import Array
from bpdebug.records import replace
from bpdebug.ticks.spans import Span


def edges_of(graph: Graph, span: Span) -> tuple[Edge, ...]:
    """The edges of a span of the backward pass."""
    return graph.edges[span.first : span.last + 1]


def part_of(graph: Graph, span: Span) -> Group:
    """What of a group a span goes through; the group itself where the span is all of its pass.

    Where entries of several groups take turns, a part has its own nodes, results and operands. It
    is no composite's call any more, unless it has the call's result.
    """
    group = span.group
    if span.backward:
        nodes = sorted({edge.output for edge in edges_of(graph, span)})
        passed = [node for node in group.nodes if graph.out_of.get(node)]
    else:
        nodes = list(graph.forward_order[span.first : span.last + 1])
        passed = list(group.nodes)
    own = set(nodes)
    if own.issuperset(passed):
        return group
    results, operands = boundary(graph.nodes, nodes, readers_of(graph.nodes))
    made = replace(group, nodes=tuple(nodes), results=results, operands=operands)
    return made if group.result in own else replace(made, composite=None, call=(), options={})


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
