"""Activations that are written out in other ops: `maximum(0, z)`, `1 / (1 + exp(-z))`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import eq

from bpdebug.graph.node import Node
from bpdebug.ops import REGISTRY, Op, Spelling


def activations(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int, Op]]:
    """Each activation in the order of computation: its result, its operand, and its op.

    One that is written out counts as the op that it amounts to; `maximum(0, z)` is relu itself.
    """
    known = spellings(len(REGISTRY))
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
            found = matched(nodes, node.index, spelling)
            if found is not None:
                yield node.index, found, op
                break


@lru_cache(maxsize=1)
def spellings(registered: int) -> dict[str, list[tuple[Op, Spelling]]]:
    """By the name of their last op, the spellings that activations declare."""
    found: dict[str, list[tuple[Op, Spelling]]] = {}
    for op in REGISTRY.values():
        for spelling in op.spelled if op.activation else ():
            assert isinstance(spelling, tuple)
            found.setdefault(spelling[0], []).append((op, spelling))
    return found


def matched(
    nodes: tuple[Node, ...],
    index: int,
    spelling: Spelling,
    same: Callable[[int, int], bool] = eq,
) -> int | None:
    """The node that stands for the operand of a spelling; None where it is not spelled like that.

    `same` says of two nodes whether both may stand for it.
    """
    x: int | None = None
    pending: list[tuple[int, Spelling]] = [(index, spelling)]
    while pending:
        at, wanted = pending.pop()
        node = nodes[at]
        if isinstance(wanted, str):
            if x is not None and not same(x, at):
                return None
            x = at
        elif isinstance(wanted, tuple):
            name, *operands = wanted
            if node.op is None or node.op.name != name or len(operands) != len(node.operands):
                return None
            pending.extend(zip(node.operands, operands, strict=True))
        elif node.value is None or node.shape != () or float(node.value) != wanted:
            return None
    return x
