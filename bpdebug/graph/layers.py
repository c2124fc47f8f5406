"""Layers and their δ: where the pre-activations of a graph are.

A pre-activation is a named result that feeds an activation or, for the output, the loss. The
gradient there is the layer's δ. Layers are numbered from the input in the order of computation.
"""

from __future__ import annotations

from dataclasses import dataclass

from bpdebug.graph.graph import Graph


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its number, its pre-activation, and the activation's result if it has one."""

    number: int
    pre_activation: int
    activation: int | None


def find_layers(graph: Graph) -> tuple[Layer, ...]:
    """The layers of a graph whose δ the backward pass computes, in the order of computation."""
    activated: dict[int, int] = {}
    for node in graph.nodes:
        if node.op is not None and node.op.activation:
            activated.setdefault(node.operands[0], node.index)
    outputs = set(activated.values())
    found = dict(activated)
    for index in feeding_loss(graph):
        if index not in outputs and index not in found:
            found[index] = -1
    layers: list[Layer] = []
    for index in sorted(found):
        node = graph.nodes[index]
        if node.is_leaf or not node.name or index not in graph.into or index == graph.loss:
            continue
        after = found[index]
        layers.append(Layer(len(layers) + 1, index, after if after >= 0 else None))
    return tuple(layers)


def feeding_loss(graph: Graph) -> list[int]:
    """Named results that the loss's own expression uses."""
    found, pending, seen = [], [graph.loss], set()
    while pending:
        for operand in graph.nodes[pending.pop()].operands:
            if operand in seen:
                continue
            seen.add(operand)
            if graph.nodes[operand].name:
                found.append(operand)
            else:
                pending.append(operand)
    return found
