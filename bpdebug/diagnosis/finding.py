"""One finding: what is wrong, the numbers that show it, and the place where they can be seen."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What can be wrong with a run; the value is its name in words."""

    NOT_FINITE = "NaN or infinity"
    DIVERGES = "the loss diverges"
    OSCILLATES = "the loss oscillates"
    STANDS_STILL = "the loss stands still"
    VANISHING = "vanishing gradient"
    EXPLODING = "exploding gradient"
    DEAD = "dead units"
    SATURATED = "saturated units"
    NEVER_MOVES = "a parameter never moves"
    LARGE_UPDATE = "an update larger than its weight"
    ZERO = "zero initialisation"
    SYMMETRIC = "symmetric initialisation"


class Finding(NamedTuple):
    """Something that is wrong, with its evidence and a place of recorded time to jump to."""

    kind: Kind
    subject: str
    """What it is about: `layer 1`, `W2`, `L`."""
    evidence: str
    """The numbers that show it, one sentence."""
    remedy: str
    """What usually helps, one sentence."""
    iteration: int
    position: int
    """The tick of the iteration at which the evidence stands."""
