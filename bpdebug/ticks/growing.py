"""Gradients as they grow, contribution by contribution."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bpdebug.graph import Edge
from bpdebug.ops import Array


@dataclass(slots=True)
class Growing:
    """The gradients that are still accumulating, in the order of the backward pass.

    They are added up exactly as the engine adds them; a gradient that is whole is let go.
    """

    sums: dict[int, Array] = field(default_factory=dict)

    def add(self, edge: Edge, contribution: Array) -> Array:
        """The operand's gradient after this edge."""
        with np.errstate(all="ignore"):
            total = contribution if edge.first else self.sums[edge.operand] + contribution
        if edge.last:
            self.sums.pop(edge.operand, None)
        else:
            self.sums[edge.operand] = total
        return np.asarray(total)
