"""The ops by family, a declaration each; importing this fills the registry."""

# In the order in which the tables list the families.
# isort: off
from bpdebug.ops.families import (
    arithmetic,
    elementary,
    activations,
    linear,
    reductions,
    softmax,
    losses,
    shape,
    winners,
)

__all__ = [
    "activations",
    "arithmetic",
    "elementary",
    "linear",
    "losses",
    "reductions",
    "shape",
    "softmax",
    "winners",
]
