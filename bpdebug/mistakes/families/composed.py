"""The mistakes of a derivative as a whole, at a function that several ops compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bpdebug.mistakes.composed import Composed
from bpdebug.mistakes.families.parts import slope, through, usable
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.mistake import Change, Impossible, Mistake
from bpdebug.mistakes.stage import Stage
from bpdebug.ops import REGISTRY, Array, Op

Wrong = Callable[[Stage, Composed, Array], Array]
"""What is passed on through a function, from its upstream gradient."""
UNNAMED = 0.1
"""What a function without a name costs, whose ops are one line of the backward pass by a guess."""


def change_of(
    mistake: Mistake,
    one: Composed,
    wrong: Wrong,
    *,
    variant: str = "",
    detail: str = "",
    cost: float = 0.0,
) -> Change:
    """The change of all that comes from within a function at once."""
    rule = through(one.result, one.inside, lambda stage, g: wrong(stage, one, g))
    return Change(
        mistake,
        (one.operand,),
        nodes={one.operand: rule},
        variant=f"{variant} as a whole".strip(),
        detail=detail,
        edge=one.inside[0].index,
        composed={one.operand: one},
        cost=cost + (0.0 if one.name else UNNAMED),
        group=("as a whole",),
    )


def several(grounds: Grounds, *, written_out: bool = False) -> Iterator[Composed]:
    """The functions whose backward pass is one line of several edges' work.

    Activations that are written out are among them only where asked for: other changes know them.
    """
    for one in grounds.composed:
        known = (one.operand, one.result) in grounds.written_out
        if one.one_line(grounds.stage) and (written_out or not known):
            yield one


def curved(grounds: Grounds) -> Iterator[Composed]:
    """The functions whose slope is not the same everywhere."""
    for one in grounds.composed:
        if (one.operand, one.result) in grounds.written_out:
            continue
        with np.errstate(all="ignore"):
            try:
                straight = one.straight(grounds.stage)
            except Impossible:
                continue
        if not straight:
            yield one


def left_out(mistake: Mistake, grounds: Grounds) -> Iterator[Change]:
    """The upstream gradient alone."""
    for one in several(grounds):
        yield change_of(mistake, one, lambda stage, one, g: g)


def alone(mistake: Mistake, grounds: Grounds) -> Iterator[Change]:
    """The derivative of the function, without what came from above."""
    for one in several(grounds, written_out=True):
        if one.result != grounds.graph.loss:
            yield change_of(mistake, one, lambda stage, one, g: one.slope(stage))


def at_output(mistake: Mistake, grounds: Grounds) -> Iterator[Change]:
    """The derivative of the function, taken at its result."""
    for one in curved(grounds):
        stage = grounds.stage
        if np.all(one.slope(stage, stage.value(one.result)) == 1.0):
            continue  # of a number cut at 0, which is not cut again: then it is simply left out
        yield change_of(
            mistake, one, lambda stage, one, g: g * one.slope(stage, stage.value(one.result))
        )


def at_input(mistake: Mistake, grounds: Grounds) -> Iterator[Change]:
    """The derivative's formula in terms of the result, with the operand put in."""
    for one in curved(grounds):
        op = one.equal_op(grounds.stage)
        if op is not None:
            yield change_of(mistake, one, formula_at_input(op))


def formula_at_input(op: Op) -> Wrong:
    """The formula of an op's derivative with the operand in the place of the result."""

    def wrong(stage: Stage, one: Composed, g: Array) -> Array:
        x = stage.value(one.operand)
        by_result = op.by_result
        return np.asarray(g * (by_result(x) if by_result is not None else slope(op, x, x)))

    return wrong


def of_another(mistake: Mistake, grounds: Grounds) -> Iterator[Change]:
    """The derivative of every other activation, at the operand or in terms of the result."""
    others = [op for op in REGISTRY.values() if op.activation and usable(op)]
    for one in curved(grounds):
        for op in others:
            yield change_of(mistake, one, slope_of(op), variant=op.name, detail=op.name)
            yield change_of(
                mistake,
                one,
                slope_of(op, by_result=True),
                variant=f"{op.name} of the output",
                detail=op.name,
                cost=0.2,
            )


def slope_of(op: Op, *, by_result: bool = False) -> Wrong:
    """The derivative of an op, perhaps by the formula in terms of the result."""

    def wrong(stage: Stage, one: Composed, g: Array) -> Array:
        y = stage.value(one.result) if by_result else None
        return np.asarray(g * slope(op, stage.value(one.operand), y))

    return wrong


def by_upstream(mistake: Mistake, grounds: Grounds) -> Iterator[Change]:
    """At a rectifier that is composed: its slope taken at the upstream gradient."""
    for one in curved(grounds):
        op = one.equal_op(grounds.stage)
        if op is not None and op.side is not None and op.activation:
            yield change_of(mistake, one, gate_of(op))


def gate_of(op: Op) -> Wrong:
    """A rectifier's slope at the upstream gradient."""
    return lambda stage, one, g: np.asarray(g * slope(op, g))
