"""The rules of a diagnosis, each declared in a file of its own; a new rule is added here."""

from __future__ import annotations

from bpdebug.diagnosis.rule import Rule
from bpdebug.diagnosis.rules.course import (
    diverges,
    large_update,
    not_finite,
    oscillates,
    rate_high,
    same_output,
    slow,
    stands_still,
)
from bpdebug.diagnosis.rules.output import (
    blocked,
    broadcast,
    climbs,
    fit,
    labels,
    one_unit,
    reach,
    reduction,
    sign,
    task,
    twice,
)
from bpdebug.diagnosis.rules.start import (
    linear,
    momentum,
    narrow,
    penalty,
    sizes,
    spread,
    symmetric,
)
from bpdebug.diagnosis.rules.units import (
    dead,
    never_moves,
    rounding,
    saturated,
    vanishing_exploding,
)

RULES: tuple[Rule, ...] = (
    one_unit.RULE,
    labels.RULE,
    twice.RULE,
    fit.RULE,
    broadcast.RULE,
    reach.RULE,
    task.RULE,
    sign.RULE,
    climbs.RULE,
    blocked.RULE,
    linear.MISSING,
    sizes.TARGETS,
    sizes.INPUTS,
    momentum.RULE,
    spread.LARGE,
    spread.SMALL,
    symmetric.ZERO,
    symmetric.SYMMETRIC,
    rounding.RULE,
    rate_high.RULE,
    reduction.RULE,
    penalty.RULE,
    linear.SMALL,
    narrow.RULE,
    vanishing_exploding.VANISHING,
    dead.RULE,
    slow.LOW,
    slow.FEW,
    not_finite.RULE,
    diverges.RULE,
    oscillates.RULE,
    vanishing_exploding.EXPLODING,
    saturated.RULE,
    same_output.RULE,
    large_update.RULE,
    never_moves.RULE,
    stands_still.RULE,
)
"""In the order in which findings are listed: the likelier cause first, symptoms last."""

__all__ = ["RULES", "Rule"]
