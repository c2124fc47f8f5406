"""Layers and their δ: where the pre-activations of a graph are.

A pre-activation is a named result that feeds an activation or, for the output, the loss. The
gradient there is the layer's δ. Layers are numbered from the input in the order of computation.

Between the output and the loss there may be named results that are no layer: an error `y − ŷ`, its
square, a penalty on the weights. So the way from the loss back goes through them to the first
result that meets a parameter with something else, and ends at an activation, which has its δ.
"""

from __future__ import annotations

from bpdebug.graph.graph import Graph
from bpdebug.graph.node import Kind
from bpdebug.record import record


@record
class Layer:
    """One layer: its number, its pre-activation, and the activation's result if it has one."""

    number: int
    pre_activation: int
    activation: int | None


def find_layers(graph: Graph) -> tuple[Layer, ...]:
    """The layers of a graph whose δ the backward pass computes, in the order of computation.

    A graph without activation or weights, such as L = f(g(x)), has its δ at the named results that
    the loss is made of.
    """
    activated: dict[int, int] = {}
    for node in graph.nodes:
        if node.op is not None and node.op.activation:
            activated.setdefault(node.operands[0], node.index)
    after: dict[int, int | None] = {**activated}
    for index in outputs(graph, set(activated.values())):
        after.setdefault(index, None)
    found = [index for index in sorted(after) if may_be_layer(graph, index)]
    if not found:
        found = [
            index for index in sorted(made_of(graph, graph.loss)) if may_be_layer(graph, index)
        ]
    return tuple(
        Layer(number, index, after.get(index)) for number, index in enumerate(found, start=1)
    )


def may_be_layer(graph: Graph, index: int) -> bool:
    """True for a named result with a gradient, but not for a loss or a term of it."""
    node = graph.nodes[index]
    if node.op is None or node.op.loss or index == graph.loss:
        return False
    return bool(node.name) and index in graph.into


def outputs(graph: Graph, activations: set[int]) -> list[int]:
    """The results that the loss is computed from and that apply parameters to something."""
    found: list[int] = []
    pending, seen = [graph.loss], {graph.loss}
    while pending:
        parts = made_of(graph, pending.pop())
        for index in sorted(parts - seen):
            seen.add(index)
            if index in activations or graph.nodes[index].is_leaf:
                continue
            if applies_parameters(graph, index):
                found.append(index)
            else:
                pending.append(index)
    return found


def applies_parameters(graph: Graph, index: int) -> bool:
    """True where a result's expression joins a parameter with data or with another result."""
    kinds = {graph.nodes[part].kind for part in made_of(graph, index)}
    return Kind.PARAMETER in kinds and bool(kinds & {Kind.INPUT, Kind.OP})


def made_of(graph: Graph, index: int) -> set[int]:
    """The named nodes that a result's own expression reads."""
    found: set[int] = set()
    pending, seen = [index], {index}
    while pending:
        for operand in graph.nodes[pending.pop()].operands:
            if operand in seen:
                continue
            seen.add(operand)
            if graph.nodes[operand].name:
                found.add(operand)
            else:
                pending.append(operand)
    return found
