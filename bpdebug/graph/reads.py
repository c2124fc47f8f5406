"""Which cells of its operands a cell of a result was computed from."""

from __future__ import annotations

from bpdebug.graph.graph import Graph
from bpdebug.ops import Index, SelectMap

Read = tuple[int | None, ...]
"""A place on every axis of an operand; None along an axis that is read whole."""


def cells_read(graph: Graph, node: int, position: int, cell: Index) -> Read | None:
    """The cells of one operand that a cell of a result reads; None where it reads none of them.

    `position` says which operand of the node's op it is.
    """
    made = graph.nodes[node]
    assert made.layout is not None
    shape = graph.nodes[made.operands[position]].shape
    signature = made.layout.signature
    if signature is None:
        moved = made.layout.maps[position]
        assert isinstance(moved, SelectMap)
        return moved.source(cell)
    if "..." in signature.letters:
        own = cell[len(cell) - len(shape) :] if shape else ()
        return tuple(0 if extent == 1 else i for i, extent in zip(own, shape, strict=True))
    fixed = dict(zip(signature.output, cell, strict=True))
    # An axis that goes on into another letter of the result (softmax) is read whole.
    return tuple(fixed.get(letter) for letter in signature.operands[position])
