"""A derivative taken at the wrong value, or another function's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.families import composed
from bpdebug.mistakes.families.parts import (
    CompositeRule,
    composite,
    slope,
    through,
    usable,
    with_uses,
)
from bpdebug.mistakes.grounds import Activation, Grounds, Loss, at_edge, functions
from bpdebug.mistakes.mistake import Change, EdgeRule, Family, Impossible, Mistake
from bpdebug.mistakes.stage import Stage
from bpdebug.ops import REGISTRY, Array, Op, Partial


def at_output(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The derivative taken at the result: σ′(σ(z))."""
    node = stage.graph.nodes[edge.output]
    assert node.op is not None
    y = stage.value(edge.output)
    twice = np.asarray(node.op.forward(y, **node.options))
    return stage.vjp(edge, upstream, (y,), twice)


def at_input(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The derivative's formula in terms of the result, with the operand put in: z(1 − z)."""
    x = stage.value(edge.operand)
    return stage.vjp(edge, upstream, (x,), x)


def find_at_output(grounds: Grounds) -> Iterator[Change]:
    yield from find_at(grounds, derivative_at_output, at_output, composite_at_output)
    yield from composed.at_output(derivative_at_output, grounds)


def find_at_input(grounds: Grounds) -> Iterator[Change]:
    yield from find_at(grounds, derivative_formula_at_input, at_input, composite_at_input)
    yield from composed.at_input(derivative_formula_at_input, grounds)


def composite_at_output(stage: Stage, one: Activation, g: Array) -> Array:
    """σ′(σ(z)) for an activation that is written out."""
    y = stage.value(one.result)
    return np.asarray(g * slope(one.op, y))


def composite_at_input(stage: Stage, one: Activation, g: Array) -> Array:
    """z(1 − z) for an activation that is written out."""
    x = stage.value(one.operand)
    return np.asarray(g * slope(one.op, x, x))


def find_at(
    grounds: Grounds, mistake: Mistake, rule: EdgeRule, written_out: CompositeRule
) -> Iterator[Change]:
    """At every function of one operand whose derivative is not the same everywhere."""
    for edge in grounds.edges:
        if not grounds.unary(edge) or grounds.constant_local(edge, 1.0):
            continue
        ones = np.ones(grounds.node(edge.output).shape)
        if np.all(rule(grounds.stage, edge, ones) == 1.0):
            continue  # of clip at its own bounds: then it is simply left out
        cost = 0.0 if edge.index in grounds.activated else 0.8
        yield from with_uses(
            grounds, at_edge(mistake, edge, rule, cost=cost, group=grounds.alike(edge))
        )
    for one in grounds.activations:
        if one.alone is None:
            yield composite(mistake, one, written_out)


derivative_at_output = Mistake(
    "derivative-at-output",
    "the derivative is taken at the output",
    Family.LOCAL,
    "{left} = {upstream} ⊙ {function}′({output})",
    r"{left} = {upstream} \odot {function}'({output})",
    "the derivative was taken at the result {output}, where it belongs at the operand {into}",
    "use {local}, the derivative at {into}; with a formula in terms of the output, put {output} "
    "in once and do not apply the function again",
    find_at_output,
    cost=1.3,
    separates="pre-activations far from the activation's fixed points",
    hidden="the derivative is the same at both, as that of relu",
)
derivative_formula_at_input = Mistake(
    "derivative-formula-at-input",
    "the formula for the output is applied to the input",
    Family.LOCAL,
    "{left} = {upstream} ⊙ {function}′ written for {output}, with {into} put in",
    r"{left} = {upstream} \odot {function}'\big|_{{{output} := {into}}}",
    "the formula of the derivative is in terms of the output {output}, and the input {into} was "
    "put in",
    "put the output {output} into that formula",
    find_at_input,
    cost=1.2,
    separates="pre-activations that differ from their activations",
    hidden="the formula does not read the output, as that of relu",
)


def of_another(op: Op) -> EdgeRule:
    """The derivative of another function at the operand."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        x = stage.value(edge.operand)
        return upstream * slope(op, x)

    return rule


def formula_of_another(op: Op) -> EdgeRule:
    """The formula of another function's derivative, with this function's output put in."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        x, y = stage.value(edge.operand), stage.value(edge.output)
        return upstream * slope(op, x, y)

    return rule


def find_another(grounds: Grounds) -> Iterator[Change]:
    """At every function of one operand, each other function of its family; at losses, losses."""
    for loss in grounds.losses:
        yield from other_than(grounds, loss)
    for edge in grounds.edges:
        op = grounds.op(edge)
        if op.loss:
            yield from other_losses(grounds, edge)
            continue
        if not grounds.unary(edge):
            continue
        for other in functions(op):
            if not usable(other):
                continue
            ways = (
                (of_another(other), other.name, 0.0),
                (formula_of_another(other), f"{other.name} of the output", 0.4),
            )
            x = grounds.stage.value(edge.operand)
            with np.errstate(all="ignore"):
                there = slope(other, x)
            # Where it is the same as no derivative at all, that is simpler.
            dearer = 1.0 if np.all(there == 1.0) else 0.0
            for rule, variant, cost in ways:
                change = at_edge(
                    wrong_derivative,
                    edge,
                    rule,
                    variant=variant,
                    detail=other.name,
                    cost=cost + dearer,
                    group=grounds.alike(edge),
                )
                yield from with_uses(grounds, change)
    for one in grounds.activations:
        if one.alone is not None:
            continue
        for other in functions(one.op):
            if usable(other):
                yield composite(
                    wrong_derivative,
                    one,
                    written_out_of_another(other),
                    variant=other.name,
                    detail=other.name,
                )
                yield composite(
                    wrong_derivative,
                    one,
                    written_out_formula_of_another(other),
                    variant=f"{other.name} of the output",
                    detail=other.name,
                    cost=0.4,
                )
    yield from composed.of_another(wrong_derivative, grounds)


def written_out_of_another(op: Op) -> CompositeRule:
    """The derivative of another function at the operand of a written-out activation."""

    def wrong(stage: Stage, one: Activation, g: Array) -> Array:
        x = stage.value(one.operand)
        return np.asarray(g * slope(op, x))

    return wrong


def written_out_formula_of_another(op: Op) -> CompositeRule:
    """The formula of another function's derivative at a written-out activation's result."""

    def wrong(stage: Stage, one: Activation, g: Array) -> Array:
        return np.asarray(g * slope(op, stage.value(one.operand), stage.value(one.result)))

    return wrong


def other_than(grounds: Grounds, loss: Loss) -> Iterator[Change]:
    """The derivatives of other losses in the place of a loss that is a composite."""
    call = loss.group.call
    for other in REGISTRY.values():
        if not other.loss or len(other.operands) != len(call):
            continue
        given = loss.group.options
        options = {name: given.get(name, value) for name, value in other.options.items()}
        rule = other.partial(0)
        assert rule is not None

        def wrong(
            stage: Stage,
            upstream: Array,
            rule: Partial = rule,
            options: Mapping[str, Any] = options,
            other: Op = other,
        ) -> Array:
            operands = [stage.value(node) for node in call]
            try:
                y = other.forward(*operands, **options)
                local = np.asarray(rule.value(y, *operands, **options))
            except (ValueError, IndexError, TypeError):
                raise Impossible from None
            if local.shape != operands[0].shape or upstream.shape:
                raise Impossible
            return np.asarray(upstream * local)

        yield Change(
            wrong_derivative,
            (loss.prediction,),
            nodes={loss.prediction: through(loss.group.result, loss.inside, wrong)},
            variant=other.name,
            detail=other.name,
            within=loss.group.name,
            cost=0.2,
        )


def other_losses(grounds: Grounds, edge: Edge) -> Iterator[Change]:
    """The derivatives of other losses for the same prediction and target."""
    node = grounds.node(edge.output)
    for other in REGISTRY.values():
        if not other.loss or other is node.op or len(other.operands) != len(node.operands):
            continue
        options = {name: node.options.get(name, value) for name, value in other.options.items()}
        rule = other.partial(edge.position)
        if rule is None:
            continue

        def wrong(
            stage: Stage,
            edge: Edge,
            upstream: Array,
            rule: Partial = rule,
            options: Mapping[str, Any] = options,
            other: Op = other,
        ) -> Array:
            operands = stage.operands(edge)
            try:
                y = other.forward(*operands, **options)
                local = np.asarray(rule.value(y, *operands, **options))
            except (ValueError, IndexError, TypeError):
                raise Impossible from None
            if local.shape != operands[edge.position].shape:
                raise Impossible
            return np.asarray(upstream * local)

        yield at_edge(
            wrong_derivative, edge, wrong, variant=other.name, detail=other.name, cost=0.2
        )


wrong_derivative = Mistake(
    "wrong-derivative",
    "the derivative of another function",
    Family.LOCAL,
    "{left} = {upstream} ⊙ (derivative of {detail})",
    r"{left} = {upstream} \odot \text{{(derivative of {detail})}}",
    "the forward pass uses another function than the backward pass, which has the derivative of "
    "{detail}",
    "use {local}",
    find_another,
    cost=1.7,
    separates="values of both signs, some of them large",
    hidden="both functions have the same slope at these numbers",
)


MISTAKES = (derivative_at_output, derivative_formula_at_input, wrong_derivative)
