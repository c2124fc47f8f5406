"""Softmax where it is written out: `e / sum(e)` with `e = exp(z)`, perhaps less its maximum."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np

from bpdebug.graph import Edge, Graph, Node
from bpdebug.mistakes.composed import ways
from bpdebug.ops import Array
from bpdebug.records import record

Values = Callable[[int], Array]
"""The value of a node in the forward pass."""
MOST_TRIED = 6
"""So many values below a quotient are tried as what softmax is taken of."""


@record
class WrittenShares:
    """A softmax that several ops compute."""

    result: int
    operand: int
    inside: tuple[Edge, ...]
    """The edges that reach the operand from within."""


def written_shares(
    graph: Graph, value: Values, gradients: Collection[int]
) -> Iterator[WrittenShares]:
    """Each softmax that is written out, and whose operand's gradient is among those given."""
    for node in graph.nodes:
        if node.op is None or len(node.operands) != 2 or node.index not in graph.out_of:
            continue
        above, below = (graph.nodes[i] for i in node.operands)
        if above.shape != node.shape or below.shape == node.shape or below.op is None:
            continue
        share = value(node.index)
        if share.min(initial=1.0) < 0 or share.max(initial=0.0) > 1:
            continue
        for operand in candidates(graph, node):
            if operand not in gradients or not softened(value(operand), share, below.shape):
                continue
            between = {operand, *ways(graph, operand, node.index)}
            inside = tuple(e for e in graph.into[operand] if e.output in between)
            if inside and alone(graph, between, operand):
                yield WrittenShares(node.index, operand, inside)
                break


def candidates(graph: Graph, node: Node) -> list[int]:
    """The values of a quotient's shape that it is computed from, from the farthest on."""
    found, queue = {node.operands[0]}, [node.operands[0]]
    while queue and len(found) < MOST_TRIED:
        for i in graph.nodes[queue.pop(0)].operands:
            if graph.nodes[i].shape == node.shape and i not in found:
                found.add(i)
                queue.append(i)
    return sorted(found)


def softened(z: Array, share: Array, summed: tuple[int, ...]) -> bool:
    """Whether shares are exp(z) over its sum, which has the shape `summed`."""
    padded = (1,) * (share.ndim - len(summed)) + tuple(summed)
    axes = tuple(at for at, n in enumerate(padded) if n == 1)
    with np.errstate(all="ignore"):
        grown = np.exp(z - z.max(axis=axes, keepdims=True))
        mine = grown / grown.sum(axis=axes, keepdims=True)
    return bool(np.allclose(mine, share))


def alone(graph: Graph, between: Collection[int], operand: int) -> bool:
    """Whether values hang on nothing else that has a gradient than on their operand."""
    return not any(
        graph.nodes[i].needs_gradient and i not in between
        for at in between
        if at != operand
        for i in graph.nodes[at].operands
    )
