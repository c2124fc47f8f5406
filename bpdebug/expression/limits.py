"""The limits that keep a hostile scenario from taking the machine. The README states them."""

from __future__ import annotations

from bpdebug.ops.declaration import MOST_AXES

EXPRESSION_LENGTH = 10_000
"""Characters of an expression."""
BRACKETS = 100
"""Brackets open at once, and signs in a row."""
EXPRESSION_DEPTH = 1_000
"""Operations nested in each other, as in a sum of a thousand terms."""
WHOLE_NUMBER = 2**31 - 1
"""The largest index, axis or size that an expression may name."""
NAME_LENGTH = 100
"""Characters of a name."""
NODES = 20_000
"""Nodes of a graph."""
AXES = MOST_AXES
"""Axes of an array."""
ELEMENTS = 50_000_000
"""Elements of an array."""
TOTAL_ELEMENTS = 100_000_000
"""Elements of all arrays of a graph together."""
ITERATIONS = 10_000_000
"""Iterations of a run."""
