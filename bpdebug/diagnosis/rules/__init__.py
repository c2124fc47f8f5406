"""The rules of a diagnosis, a file for each fault; a new rule is added here."""

from __future__ import annotations

from bpdebug.diagnosis.rules import (
    blocked,
    broadcast,
    climbs,
    dead,
    diverges,
    large_update,
    never_moves,
    not_finite,
    one_unit,
    oscillates,
    output_range,
    rounding,
    same_output,
    saturated,
    slow,
    stands_still,
    symmetric,
    vanishing_exploding,
)
from bpdebug.diagnosis.rules.rule import FaultRule

RULES: tuple[FaultRule, ...] = (
    not_finite.RULE,
    one_unit.RULE,
    blocked.RULE,
    broadcast.RULE,
    output_range.RULE,
    climbs.RULE,
    rounding.RULE,
    diverges.RULE,
    vanishing_exploding.VANISHING,
    vanishing_exploding.EXPLODING,
    symmetric.ZERO,
    symmetric.SYMMETRIC,
    dead.RULE,
    saturated.RULE,
    oscillates.RULE,
    same_output.RULE,
    slow.RULE,
    large_update.RULE,
    never_moves.RULE,
    stands_still.RULE,
)
"""In the order in which findings are listed: causes first, what follows from them last."""

__all__ = ["RULES", "FaultRule"]
