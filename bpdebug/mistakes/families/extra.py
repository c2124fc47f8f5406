"""A local derivative once too often."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.families.parts import (
    cellwise,
    slope,
    usable,
    with_uses,
)
from bpdebug.mistakes.grounds import Activation, Grounds, Loss, at_edge
from bpdebug.mistakes.mistake import Change, EdgeRule, Family, Impossible, Mistake, NodeRule, Parts
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import total
from bpdebug.ops import REGISTRY, Array, Op, Scores


def twice(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The contribution, multiplied by the local derivative once more."""
    part = stage.vjp(edge, upstream)
    local = stage.local(edge)
    if np.shape(local) not in ((), np.shape(part)):
        raise Impossible
    return np.asarray(part * local)


def jacobian_twice(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The product with softmax's Jacobian, taken twice."""
    return stage.vjp(edge, stage.vjp(edge, upstream))


def diagonal_again(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The product with softmax's Jacobian, times p(1 − p)."""
    y = stage.value(edge.output)
    p = np.exp(y) if stage.graph.nodes[edge.output].op.gives is Scores.LOG_SHARES else y  # type: ignore[union-attr]
    return np.asarray(stage.vjp(edge, upstream) * p * (1 - p))


def linked(op: Op) -> EdgeRule:
    """The loss's derivative by logits, times the derivative of an activation at the logits."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        part, z = stage.vjp(edge, upstream), stage.value(edge.operand)
        if not op.shares:
            return np.asarray(part * slope(op, z))
        y = np.asarray(op.forward(z, **op.options))
        return np.asarray(part * y * (1.0 - y))

    return rule


def linked_fully(op: Op) -> EdgeRule:
    """The loss's derivative by logits, times the whole Jacobian of softmax."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        part, z = stage.vjp(edge, upstream), stage.value(edge.operand)
        y = np.asarray(op.forward(z, **op.options))
        return np.asarray(op.vjps[0](part, y, z, **op.options))

    return rule


def find_extra(grounds: Grounds) -> Iterator[Change]:
    """At activations; behind a loss of logits; and at any factor that is not 1."""
    for edge in grounds.edges:
        op = grounds.op(edge)
        group = grounds.alike(edge)
        if op.loss and op.takes is Scores.LOGITS and edge.position == 0:
            for link in REGISTRY.values():
                if not link.activation or not (usable(link) or link.shares):
                    continue
                likely = link.gives in (Scores.PROBABILITIES, Scores.SHARES)
                cost = 0.0 if likely else 0.8
                yield at_edge(
                    extra_local_derivative,
                    edge,
                    linked(link),
                    variant=link.name,
                    detail=link.name,
                    cost=cost,
                    group=group,
                )
                if link.gives is Scores.SHARES and 0 in link.vjps:
                    yield at_edge(
                        extra_local_derivative,
                        edge,
                        linked_fully(link),
                        variant=f"{link.name} in full",
                        detail=link.name,
                        cost=0.2,
                        group=group,
                    )
            continue
        if op.shares and op.activation:
            for rule, variant, cost in (
                (jacobian_twice, "in full", 0.1),
                (diagonal_again, "diagonal", 0.0),
            ):
                change = at_edge(
                    extra_local_derivative, edge, rule, variant=variant, cost=cost, group=group
                )
                yield from with_uses(grounds, change)
            continue
        matrix = grounds.multiplies(edge) and not cellwise(grounds, edge)
        if matrix or op.loss or any(grounds.constant_local(edge, n) for n in (1.0, -1.0)):
            continue
        cost = 0.0 if edge.index in grounds.activated else 0.9
        change = at_edge(extra_local_derivative, edge, twice, cost=cost, group=group)
        yield from with_uses(grounds, change)
    for one in grounds.activations:
        if one.alone is None:
            yield again(one)
    for loss in grounds.losses:
        if loss.composite.takes in LINKED_BY:
            yield from linked_again(loss, LINKED_BY[loss.composite.takes])


LINKED_BY = {Scores.LOGITS: Scores.SHARES, Scores.LOG_ODDS: Scores.PROBABILITIES}
"""What a loss makes of the scores that it takes: the activation that gives that is inside it."""


def linked_again(loss: Loss, made: Scores) -> Iterator[Change]:
    """The derivative of the activation that is inside a loss, taken of its logits once more."""
    for op in REGISTRY.values():
        if not op.activation or op.gives is not made:
            continue

        def rule(stage: Stage, node: int, parts: Parts, op: Op = op) -> Array:
            others = [(e, p) for e, p in parts if e not in loss.inside]
            own = total([(e, p) for e, p in parts if e in loss.inside])
            x = stage.value(loss.prediction)
            y = np.asarray(op.forward(x, **op.options))
            slopes = y * (1.0 - y) if op.shares else slope(op, x)
            return total([*others, (loss.inside[0], np.asarray(own * slopes))])

        yield Change(
            extra_local_derivative,
            (loss.prediction,),
            nodes={loss.prediction: rule},
            variant=op.name,
            detail=op.name,
            group=(loss.composite.name, op.name),
        )


def again(one: Activation) -> Change:
    """An activation that is written out, its derivative taken twice."""

    def rule(stage: Stage, node: int, parts: Parts) -> Array:
        x = stage.value(one.operand)
        right = total(parts)
        return np.asarray(right * slope(one.op, x, stage.value(one.result)))

    made: NodeRule = rule
    return Change(
        extra_local_derivative,
        (one.operand,),
        nodes={one.operand: made},
        detail=one.op.name,
        edge=one.inside[0].index,
        group=(one.op.name, "written out"),
    )


extra_local_derivative = Mistake(
    "extra-local-derivative",
    "a derivative that is already in it",
    Family.LOCAL,
    "{left} = ({right}) ⊙ {function}′({into})",
    r"{left} = \left({right}\right) \odot {function}'({into})",
    "the derivative of {function} is multiplied in once more; what comes before holds it already, "
    "as p − y does behind softmax or sigmoid with cross-entropy",
    "leave the second factor out",
    find_extra,
    cost=1.3,
    separates="an activation whose slope is not 1",
    hidden="the slope is 1",
)


MISTAKES = (extra_local_derivative,)
