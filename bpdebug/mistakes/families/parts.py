"""What declarations of several families share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.grounds import Activation, Grounds, scoped
from bpdebug.mistakes.mistake import Change, Impossible, Mistake, NodeRule, Parts
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import total
from bpdebug.ops import Array, Op

CompositeRule = Callable[[Stage, Activation, Array], Array]
"""What a written-out activation passes on, from its upstream gradient."""


def with_uses(grounds: Grounds, change: Change) -> Iterator[Change]:
    """A change, then the same where only some uses of the gradient have it."""
    yield change
    yield from scoped(grounds, change)


def cellwise(grounds: Grounds, edge: Edge) -> bool:
    """True on an edge of an op that works cell by cell, broadcasting aside."""
    layout = grounds.node(edge.output).layout
    return layout is not None and layout.signature is not None and layout.signature.cellwise


def through(
    result: int, inside: Sequence[Edge], wrong: Callable[[Stage, Array], Array]
) -> NodeRule:
    """The rule that replaces the contributions of the edges `inside` of what is written out.

    `wrong(stage, upstream)` gives what comes instead, from the gradient of the result.
    """

    def rule(stage: Stage, node: int, parts: Parts) -> Array:
        upstream = stage.gradients[result]
        if upstream is None:
            raise Impossible
        others = [(e, p) for e, p in parts if e not in inside]
        return total([*others, (inside[0], np.asarray(wrong(stage, upstream)))])

    return rule


def composite(
    mistake: Mistake,
    one: Activation,
    wrong: CompositeRule,
    *,
    variant: str = "",
    detail: str = "",
    cost: float = 0.0,
) -> Change:
    """The change of an activation that is written out: all that comes from within it at once.

    `wrong(stage, activation, upstream)` gives what comes instead.
    """
    rule = through(one.result, one.inside, lambda stage, g: wrong(stage, one, g))
    return Change(
        mistake,
        (one.operand,),
        nodes={one.operand: rule},
        variant=variant,
        detail=detail or one.op.name,
        edge=one.inside[0].index,
        cost=cost,
        group=(one.op.name, "written out"),
    )


def slope(op: Op, x: Array, y: Array | None = None) -> Array:
    """The derivative of a function of one operand at x; y takes the place of its value there."""
    rule = op.partial(0)
    if rule is None or rule.row is not None:
        raise Impossible
    value = np.asarray(op.forward(x, **op.options)) if y is None else y
    return np.asarray(rule.value(value, x, **op.options))


def usable(op: Op) -> bool:
    """True for a function whose derivative is an array of the operand's shape, and not 1."""
    rule = op.partial(0)
    if rule is None or rule.row is not None:
        return False
    probe = np.array([-1.7, -0.3, 0.4, 2.1])
    with np.errstate(all="ignore"):
        try:
            y = np.asarray(op.forward(probe, **op.options))
            found = np.asarray(rule.value(y, probe, **op.options))
        except (ValueError, TypeError):
            return False
    return y.shape == probe.shape and not bool(np.all(found == 1.0))
