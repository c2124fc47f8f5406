"""A case: an expression of bpdebug and the function of PyTorch that must give the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpdebug.ops import Array, Shape


@dataclass(frozen=True)
class TorchCase:
    """`torch(F, **operands)` computes with PyTorch's functional module what `expression` says.

    Operands are drawn from the seed between `low` and `high`, but for those in `given`. They get
    gradients, but for those in `data`.
    """

    name: str
    expression: str
    shapes: Mapping[str, Shape]
    torch: Callable[..., Any]
    low: float = -2.0
    high: float = 2.0
    given: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    seed: int = 0

    def operands(self) -> dict[str, Array]:
        """The operands by name, in the order of `shapes` and then `given`."""
        rng = np.random.default_rng(self.seed)
        drawn = {
            name: np.asarray(rng.uniform(self.low, self.high, shape).round(3))
            for name, shape in self.shapes.items()
        }
        return drawn | {name: np.asarray(value, float) for name, value in self.given.items()}

    def weights(self, shape: Shape) -> Array:
        """The upstream gradient: an array that gives every entry of the result its own weight."""
        return np.asarray(np.random.default_rng(self.seed + 1).uniform(0.5, 1.5, shape).round(3))
