"""The local derivatives of many terms at once.

Seen from the parameters, a term is an arc: the operand's cell reaches one cell of the output, and
the local derivative is how much of it arrives there.
"""

from __future__ import annotations

import numpy as np

from bpdebug.graph import Edge, Pass
from bpdebug.ops import Array, Flat, Terms
from bpdebug.ops.index_map import picked, unravel


class LocalDerivatives:
    """The local derivatives of a pass, arc by arc; each edge's is computed once."""

    def __init__(self, recorded: Pass) -> None:
        self._recorded = recorded
        self._local: dict[int, Array] = {}

    def of(self, edge: Edge, cells: Flat, terms: Terms) -> Array:
        """The local factors of an edge's terms that leave these cells; shape (terms)."""
        recorded, index_map = self._recorded, self._recorded.graph.index_map(edge)
        if recorded.by_row(edge):
            # The whole derivative may be far larger than the array itself.
            shape = index_map.cell_shape
            rows = [recorded.local_row(edge, unravel(int(cell), shape)) for cell in cells]
            return np.concatenate(rows) if rows else np.empty(0)
        if edge.index not in self._local:
            self._local[edge.index] = np.asarray(recorded.local(edge))
        return picked(self._local[edge.index], index_map.local_shape, terms.local)
