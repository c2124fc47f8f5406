"""Why a node has no gradient."""

from __future__ import annotations

from bpdebug.graph.graph import Graph


def why_no_gradient(graph: Graph, index: int) -> str:
    """Why the backward pass writes no gradient for a node: `it does not reach the loss`."""
    node = graph.nodes[index]
    if node.needs_gradient:
        reached = {index}
        for later in graph.nodes[index + 1 :]:
            if not reached.isdisjoint(later.operands):
                reached.add(later.index)
        only = graph.loss in reached
        return (
            "it reaches the loss only through a comparison"
            if only
            else "it does not reach the loss"
        )
    if node.op is None:
        return "it is data"
    if not from_comparison(graph, index):
        return "it is computed from data alone"
    source = "" if node.op.constant else "it is made of a comparison, and "
    return f"{source}no gradient goes through a comparison"


def from_comparison(graph: Graph, index: int) -> bool:
    """True where a node depends, by comparisons alone, on something that has a gradient."""
    pending, seen = [index], {index}
    while pending:
        node = graph.nodes[pending.pop()]
        if node.needs_gradient:
            return True
        new = set(node.operands) - seen
        seen |= new
        pending.extend(new)
    return False
