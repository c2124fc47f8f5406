"""Softmax's Jacobian cut to its diagonal, and a gate that looks at the gradient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.families import composed
from bpdebug.mistakes.families.parts import (
    cellwise,
    composite,
    slope,
    through,
    with_uses,
)
from bpdebug.mistakes.grounds import Grounds, at_edge
from bpdebug.mistakes.mistake import Change, Family, Mistake, NodeRule
from bpdebug.mistakes.stage import Stage
from bpdebug.ops import Array, Scores


def diagonal(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """Only ∂yᵢ/∂xᵢ: y(1 − y), or 1 − y for a logarithm."""
    node = stage.graph.nodes[edge.output]
    assert node.op is not None
    y = stage.value(edge.output)
    own = 1.0 - np.exp(y) if node.op.gives is Scores.LOG_SHARES else y * (1.0 - y)
    return np.asarray(upstream * own)


def right_class_only(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The diagonal behind a loss of logits: the classes that are not the target get nothing."""
    part = stage.vjp(edge, upstream)
    shares = np.asarray(stage.local(edge))
    return np.where(shares < 0, part, 0.0)


def find_diagonal(grounds: Grounds) -> Iterator[Change]:
    """At softmax and its logarithm, and at losses that contain one."""
    for edge in grounds.edges:
        op = grounds.op(edge)
        if op.shares and op.activation:
            yield from with_uses(
                grounds, at_edge(softmax_diagonal, edge, diagonal, group=grounds.alike(edge))
            )
        if op.loss and op.takes is Scores.LOGITS and edge.position == 0:
            yield at_edge(softmax_diagonal, edge, right_class_only, cost=0.2, variant="in the loss")
    yield from written_out_shares(grounds)


def written_out_shares(grounds: Grounds) -> Iterator[Change]:
    """A softmax that is written out: its sum is treated as a constant, p(1 − p) aside."""
    for one in grounds.shares:
        yield Change(
            softmax_diagonal,
            (one.operand,),
            nodes={one.operand: diagonal_through(one.result, one.inside)},
            edge=one.inside[0].index,
            variant="written out",
        )


def diagonal_through(result: int, inside: Sequence[Edge]) -> NodeRule:
    """The rule of a written-out softmax that takes its sum for a constant, and p(1 − p)."""

    def wrong(stage: Stage, upstream: Array) -> Array:
        y = stage.value(result)
        return np.asarray(upstream * y * (1.0 - y))

    return through(result, inside, wrong)


softmax_diagonal = Mistake(
    "softmax-diagonal",
    "only the diagonal of softmax's Jacobian",
    Family.LOCAL,
    "{left} = {upstream} ⊙ p ⊙ (1 − p)",
    r"{left} = {upstream} \odot p \odot (1 - p)",
    "only the diagonal p(1 − p) of softmax's Jacobian is used, as if each output hung on its own "
    "input alone",
    "use p ⊙ (g − Σ g·p), with the upstream gradient g",
    find_diagonal,
    cost=0.9,
    separates="an upstream gradient with several entries that are not 0",
    hidden="never, with more than one class",
)


def by_upstream(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """A rectifier's slope taken at the upstream gradient: max(0, g)."""
    node = stage.graph.nodes[edge.output]
    assert node.op is not None
    operands = list(stage.operands(edge))
    operands[edge.position] = np.asarray(upstream)
    result = np.asarray(node.op.forward(*operands, **node.options))
    return stage.vjp(edge, upstream, operands, result)


def by_both(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """A rectifier's slope, and the sign of the upstream gradient beside it."""
    return np.asarray(by_upstream(stage, edge, stage.vjp(edge, upstream)))


def cuts_at_zero(grounds: Grounds, edge: Edge) -> bool:
    """Whether a function cell by cell is 0 below 0, and above it not, as clip(x, low=0) is."""
    node = grounds.node(edge.output)
    if node.op is None or not cellwise(grounds, edge):
        return False
    below, above = np.asarray(node.op.forward(np.array([-1.0, 1.0]), **node.options)).tolist()
    return bool(below == 0 < above)


def find_mask(grounds: Grounds) -> Iterator[Change]:
    """At relu and its kin: functions with a kink, flat or nearly so on one side."""
    for edge in grounds.edges:
        op = grounds.op(edge)
        kinked = op.side is not None and len(op.operands) == 1
        kinked = kinked and (op.activation or cuts_at_zero(grounds, edge))
        if not kinked and grounds.node(edge.output).rectified != edge.operand:
            continue
        group = grounds.alike(edge)
        for rule, variant, cost in ((by_upstream, "", 0.0), (by_both, "and of the input", 0.4)):
            change = at_edge(
                mask_from_upstream, edge, rule, variant=variant, cost=cost, group=group
            )
            yield from with_uses(grounds, change)
    for one in grounds.activations:
        if one.alone is None and one.op.side is not None:
            yield composite(
                mask_from_upstream,
                one,
                lambda stage, one, g: g * slope(one.op, g),
            )
    yield from composed.by_upstream(mask_from_upstream, grounds)


mask_from_upstream = Mistake(
    "mask-from-upstream",
    "the gate looks at the gradient",
    Family.LOCAL,
    "{left} = {upstream} ⊙ [{upstream} > 0]",
    r"{left} = {upstream} \odot [{upstream} > 0]",
    "the function itself is applied to the upstream gradient, so that the sign of the gradient "
    "decides what passes; the sign of {into} must decide",
    "let through where {into} > 0: {right}",
    find_mask,
    cost=1.0,
    separates="upstream gradients and pre-activations of both signs",
    hidden="the upstream gradient has the signs of the pre-activation",
)


MISTAKES = (softmax_diagonal, mask_from_upstream)
