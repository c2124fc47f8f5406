"""All known mistakes, by family. To add one, declare it in a file of its family."""

from __future__ import annotations

from bpdebug.mistakes.families import (
    extra,
    factors,
    gates,
    left_out,
    operands,
    paths,
    signs,
    slopes,
    steps,
    sums,
    velocity,
)
from bpdebug.mistakes.mistake import Mistake

CATALOGUE: tuple[Mistake, ...] = (
    *left_out.MISTAKES,
    *slopes.MISTAKES,
    *extra.MISTAKES,
    *gates.MISTAKES,
    *operands.MISTAKES,
    *sums.MISTAKES,
    *factors.MISTAKES,
    *signs.MISTAKES,
    *paths.MISTAKES,
    *steps.MISTAKES,
    *velocity.MISTAKES,
)
BY_ID = {mistake.id: mistake for mistake in CATALOGUE}
