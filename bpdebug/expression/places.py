"""What `grad(…)` and `delta(…)` name in a graph: one reading, for all who look something up.

A scenario's expectations are checked when it is loaded and again when it is run, and a debugger
prints the same expressions: all must mean the same node, and fail with the same words.
"""

from __future__ import annotations

from collections.abc import Iterable

from bpdebug.errors import BpdebugError
from bpdebug.expression.build import unknown_name
from bpdebug.graph import Graph, Kind, Layer


def node_called(graph: Graph, text: str) -> int | None:
    """The node that a text names: its name, `loss`, or its expression; None when there is none."""
    text = text.strip()
    if text in graph.names:
        return graph.names[text]
    return graph.loss if text == "loss" else next(iter(unnamed(graph, text)), None)


def nodes_labelled(graph: Graph, label: str) -> list[int]:
    """The nodes that a label stands for: several where one expression is written twice."""
    return [graph.names[label]] if label in graph.names else unnamed(graph, label)


def unnamed(graph: Graph, text: str) -> list[int]:
    """The intermediate results that are written like this, whatever blanks they have."""
    wanted = "".join(text.split())
    return [
        node.index
        for node in graph.nodes
        if not node.name and node.kind is Kind.OP and "".join(node.label.split()) == wanted
    ]


def with_gradient(graph: Graph, text: str) -> int:
    """The node of `grad(TEXT)`; BpdebugError when there is none, or it never has a gradient."""
    node = node_called(graph, text)
    if node is None:
        raise BpdebugError(unknown_name(text, graph.names))
    if not graph.has_gradient(node):
        raise BpdebugError(f"grad({text}) has no gradient: it is data, or does not reach the loss")
    return node


def pre_activation(layers: Iterable[Layer], number: int) -> int:
    """The node of `delta(NUMBER)`; BpdebugError when there is no such layer."""
    found = {layer.number: layer.pre_activation for layer in layers}
    if number not in found:
        known = f"1 to {len(found)}" if found else "none; use grad(NAME)"
        raise BpdebugError(f"there is no layer {number}; the layers of this graph are {known}")
    return found[number]
