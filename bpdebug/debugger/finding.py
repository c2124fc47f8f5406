"""Searching an iteration for a text: forward ops, edges and update lines that have it."""

from __future__ import annotations

from bpdebug.debugger.moment import Moment
from bpdebug.graph import Graph
from bpdebug.wording import gradient_name, node_name


def matches(moment: Moment, text: str) -> list[int]:
    """The first ticks of all ops, edges and update lines that have the text, ascending.

    What is typed (`W2`) and what is shown (`W₂`, `δ₂`) both count, in upper or lower case.
    """
    wanted = text.casefold()
    graph, timeline = moment.graph, moment.timeline
    texts: dict[int, str] = {}

    def has(node: int) -> bool:
        if node not in texts:
            texts[node] = searchable(moment, node)
        return wanted in texts[node]

    found = [timeline.forward_tick(node) for node in graph.forward_order if has(node)]
    if has(graph.loss):
        found.append(timeline.forward + 1)
    for edge in graph.edges:
        start, end = timeline.edge_span(edge.index)
        if end > start and (has(edge.operand) or has(edge.output)):
            found.append(start + 1)
    found += [
        timeline.update_tick(line)
        for line, update in enumerate(moment.iteration.updates)
        if has(update.parameter)
    ]
    return found


def searchable(moment: Moment, node: int) -> str:
    """All that one may call a node, a blank between, in one case."""
    graph: Graph = moment.graph
    one = graph.nodes[node]
    names = [one.label, node_name(graph, node, limit=len(one.label) + 60)]
    if one.op is not None:
        names.append(one.op.name)
    if graph.has_gradient(node):
        names.append(gradient_name(graph, moment.layers, node))
    names += [f"delta{x.number}" for x in moment.layers if x.pre_activation == node]
    return "\n".join(names).casefold()
