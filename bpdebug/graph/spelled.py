"""Activations that are written out in other ops: `maximum(0, z)`, `1 / (1 + exp(-z))`."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.graph.node import Node
from bpdebug.ops import REGISTRY, Op, Spelling
from bpdebug.ops.spelling import ReadAt, matched


def activations(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int, Op]]:
    """Each activation in the order of computation: its result, its operand, and its op.

    An activation that is written out counts as the op that it equals: `maximum(0, z)` is relu.
    """
    known, read_at = spellings(), reader(nodes)
    for node in nodes:
        if node.op is None:
            continue
        if node.op.activation:
            yield node.index, node.operands[0], node.op
            continue
        if node.rectified is not None:
            yield node.index, node.rectified, node.op
            continue
        for op, spelling in known.get(node.op.name, ()):
            found = matched(spelling, node.index, read_at)
            if found is not None:
                yield node.index, found.operands[op.operands[0]], op
                break


def spellings() -> dict[str, list[tuple[Op, Spelling]]]:
    """By the name of their last op, the spellings that activations declare."""
    found: dict[str, list[tuple[Op, Spelling]]] = {}
    for op in REGISTRY.values():
        for spelling in op.spelled if op.activation else ():
            assert isinstance(spelling, tuple)
            found.setdefault(spelling[0], []).append((op, spelling))
    return found


def reader(nodes: tuple[Node, ...]) -> ReadAt:
    """The function by which `matched` reads the nodes of a graph."""

    def read_at(at: int) -> tuple[str, tuple[int, ...]] | float | None:
        node = nodes[at]
        if node.op is not None:
            return node.op.name, node.operands
        return float(node.value) if node.value is not None and node.shape == () else None

    return read_at
