"""The ops by family, a declaration each; importing this fills the registry."""

# In the order in which the tables list the families.
# isort: off
from bpdebug.ops.families import (
    arithmetic,
    elementary,
    pieces,
    activations,
    hard,
    curved,
    dropout,
    linear,
    einsum,
    convolution,
    pooling,
    reductions,
    accumulations,
    softmax,
    losses,
    shape,
    picking,
    axes,
    winners,
    conditions,
)

__all__ = [
    "accumulations",
    "activations",
    "arithmetic",
    "axes",
    "conditions",
    "convolution",
    "curved",
    "dropout",
    "einsum",
    "elementary",
    "hard",
    "linear",
    "losses",
    "picking",
    "pieces",
    "pooling",
    "reductions",
    "shape",
    "softmax",
    "winners",
]
