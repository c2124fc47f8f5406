"""NumPy's functions of arrays, by what the tracer does with them."""

from __future__ import annotations

import numpy as np

from bpdebug.recording.from_numpy.functions import (
    composed,
    joins,
    moves,
    picks,
    products,
    reductions,
)
from bpdebug.recording.from_numpy.functions.tables import DERIVED, FUNCTIONS, WRITING, named

PLAIN = frozenset(
    named(
        np,
        *("shape", "ndim", "size", "result_type", "can_cast", "min_scalar_type", "common_type"),
        *("iscomplexobj", "isrealobj", "array_repr", "array_str", "array2string"),
        *("may_share_memory", "shares_memory", "save", "savetxt", "savez"),
    )
)
"""Functions of what an array is, or that only write it out; their results are no values."""
FRESH = frozenset(named(np, "zeros_like", "ones_like", "empty_like"))
"""Functions that look at an array's shape alone, and make data."""
CHANGED = frozenset(named(np, "put", "place", "putmask", "put_along_axis"))
"""Functions that write into their first argument in ways that have no op."""
FAMILIES = (composed, joins, moves, picks, products, reductions)
"""The files that declare what stands in the tables."""

__all__ = ["CHANGED", "DERIVED", "FAMILIES", "FRESH", "FUNCTIONS", "PLAIN", "WRITING"]
