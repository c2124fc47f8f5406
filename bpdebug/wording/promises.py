"""How much of an update's promise was kept, in words."""

from __future__ import annotations

from bpdebug.run import Promise
from bpdebug.wording.numbers import number

LEAST = 0.5
"""An update that brings less of what it promised took a step too large to be told beforehand."""


def kept_text(promise: Promise, *, unicode: bool = True) -> str:
    """`101 %`; where it is bad, what is bad about it."""
    kept = promise.kept
    if kept is None:
        return "nothing was promised"
    part = f"{number(100 * kept, 3, unicode=unicode)} %"
    if kept != kept:
        return "it cannot be told: a number is not finite"
    if kept < 0:
        return f"{part}, the loss went the other way: the step is too large"
    if kept < LEAST:
        return f"{part}, less than half: the step is too large"
    return f"{part}, more than twice" if kept > 1 / LEAST else part


def too_large(promise: Promise) -> bool:
    """True where less than half of a promise was kept, or it cannot be told."""
    return promise.kept is not None and not promise.kept >= LEAST
