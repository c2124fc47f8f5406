"""What a gradient is the sum of: the sizes of its products, which may cancel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.ops import Array
from bpdebug.run import Iteration

MOST_TERMS = 10_000_000
"""An iteration of more multiplications is not looked at that way: it would take long."""


def term_sizes(iteration: Iteration) -> Sequence[Array | None]:
    """By node, cell by cell: the sum of all |products| that its gradient is the sum of.

    None for nodes without a gradient, and for all where the iteration is too large.
    """
    recorded, graph = iteration.recorded, iteration.recorded.graph
    sizes: list[Array | None] = [None] * len(graph.nodes)
    if iteration.timeline.backward_end > MOST_TERMS:
        return sizes
    sizes[graph.loss] = np.ones(())
    with np.errstate(all="ignore"):
        for edge in graph.edges:
            upstream = sizes[edge.output]
            assert upstream is not None  # edges stand in the order of the backward pass
            part = graph.index_map(edge).contract(upstream, np.abs(recorded.local(edge)))
            before = sizes[edge.operand]
            sizes[edge.operand] = part if before is None else before + part
    return sizes
