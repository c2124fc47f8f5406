"""The composite ops, declared by expressions over other ops; importing this registers them."""

# In the order in which the tables list the families.
# isort: off
from bpdebug.ops.composites import (
    statistics,
    normalisation,
    directions,
    losses,
    attention,
    recurrent,
    sequences,
)

__all__ = [
    "attention",
    "directions",
    "losses",
    "normalisation",
    "recurrent",
    "sequences",
    "statistics",
]
