"""Which cells of its operands a cell of a result was computed from."""

from __future__ import annotations

import numpy as np

from bpdebug.graph.engine import RecordedPass
from bpdebug.ops import Index
from bpdebug.ops.maps.index_map import unravelled

CellsRead = tuple[int | None, ...]
"""A position on every axis of an operand; None along an axis that is read whole."""


def cells_read(recorded: RecordedPass, node: int, position: int, cell: Index) -> CellsRead | None:
    """The cells of one operand that a cell of a result reads; None where it reads none of them.

    `position` says which operand of the node's op it is.
    """
    graph, made = recorded.graph, recorded.graph.nodes[node]
    assert made.op is not None and made.layout is not None
    shape = graph.nodes[made.operands[position]].shape
    signature = made.layout.signature
    if signature is None:
        terms = recorded.map_of(node, position)
        if terms is None:
            # An op without letters has a map for every operand that is no index.
            picks = made.layout.maps[0]
            assert picks is not None and made.op.indices_from is not None
            return picks.picked_by(position - made.op.indices_from, cell)
        cells = unravelled(terms.cells_of(cell), shape)
        if any(not len(places) for places in cells):
            return None
        return tuple(int(places[0]) if np.ptp(places) == 0 else None for places in cells)
    fixed = dict(zip(signature.output, cell, strict=True))
    # An axis that goes on into another letter of the result (softmax) is read whole.
    # An upper-case letter is an axis of size 1.
    names = signature.operands[position]
    return tuple(0 if letter.isupper() else fixed.get(letter) for letter in names)
