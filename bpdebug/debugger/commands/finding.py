"""Searching an iteration for a text: forward ops, edges and update lines that have it."""

from __future__ import annotations

from bpdebug.debugger.moment import Moment
from bpdebug.graph import Graph
from bpdebug.wording import gradient_name, node_name

SAME_OP, SAME_NAME, IN_OP, IN_NAME, IN_FORMULA, NO_HIT = range(6)
"""How good a hit is, from the best."""


def ranked(moment: Moment, text: str) -> list[tuple[int, int]]:
    """Rank and first tick of each op, edge and update line that has the text, best first.

    What is typed (`W2`) and what is shown (`W₂`, `δ₂`) both count, in upper or lower case. An op
    or a name that is just the text comes before one that contains it, and that before a formula;
    an edge belongs to the op that it goes through. Among equals it is the order of time.
    """
    wanted = text.casefold()
    graph, timeline = moment.graph, moment.timeline
    ranks: dict[int, int] = {}

    def by_node(node: int) -> int:
        if node not in ranks:
            ranks[node] = node_rank(moment, node, wanted)
        return ranks[node]

    def with_op(node: int, *others: int) -> int:
        return min(op_rank(graph, node, wanted), *map(by_node, (node, *others)), NO_HIT)

    found = [(with_op(node), timeline.forward_tick(node)) for node in graph.forward_order]
    found.append((by_node(graph.loss), timeline.forward + 1))
    for edge in graph.edges:
        start, end = timeline.edge_span(edge.index)
        if end > start:
            found.append((with_op(edge.output, edge.operand), start + 1))
    found += [
        (by_node(update.parameter), timeline.update_tick(line))
        for line, update in enumerate(moment.iteration.updates)
    ]
    return sorted(hit for hit in found if hit[0] < NO_HIT)


def op_rank(graph: Graph, node: int, wanted: str) -> int:
    """How well the text names the op that makes a node."""
    op = graph.nodes[node].op
    if op is None or wanted not in op.name:
        return NO_HIT
    return SAME_OP if wanted == op.name else IN_OP


def node_rank(moment: Moment, node: int, wanted: str) -> int:
    """How well the text names a node; its formula is the last that counts."""
    names, formulas = searchable(moment, node)
    if wanted in names:
        return SAME_NAME
    if any(wanted in name for name in names):
        return IN_NAME
    return IN_FORMULA if any(wanted in formula for formula in formulas) else NO_HIT


def searchable(moment: Moment, node: int) -> tuple[list[str], list[str]]:
    """The names and the formulas by which one may call a node, in one case."""
    one = moment.graph.nodes[node]
    numbers = [x.number for x in moment.layers if x.pre_activation == node and x.alone]
    names = [f"delta{number}" for number in numbers]
    formulas = [] if one.op is None else [one.op.name]
    labels = [one.label, node_name(moment.graph, node, limit=len(one.label) + 60)]
    (names if one.name else formulas).extend(labels)
    if one.given:
        formulas.append(one.source)
    if moment.graph.has_gradient(node):
        shown = gradient_name(moment.graph, moment.layers, node)
        (names if one.name or numbers else formulas).append(shown)
    return [text.casefold() for text in names], [text.casefold() for text in formulas]
