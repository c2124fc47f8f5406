"""What losses are made of where they are written out, as a reader of a graph recognises them.

A loss that a book writes as −Σ t·ln p is a logarithm behind a product; these are the ops, and the
forms between them, that its parts may have.
"""

from __future__ import annotations

from bpdebug.ops.declaration import Op
from bpdebug.ops.families.activations import softplus
from bpdebug.ops.families.elementary import exp, log, log1p
from bpdebug.ops.families.pieces import clip
from bpdebug.ops.spelling import Spelling

PLUS_ONE: tuple[Op, ...] = (log1p,)
"""Logarithms of 1 and their operand."""
LOGARITHMS = (log, *PLUS_ONE)
EXPONENTIALS: tuple[Op, ...] = (exp,)
SOFT_RECTIFIERS: tuple[Op, ...] = (softplus,)
"""ln(1 + eᶻ), the logarithm of a sigmoid with the sign turned."""
BOUNDS: tuple[Op, ...] = (clip,)
"""What only keeps its operand within bounds, as before a logarithm."""
MINUS: Spelling = ("negate", "z")
COMPLEMENT: Spelling = ("subtract", 1.0, "p")
"""1 − p, the probability of the other class."""
