"""Mistakes in the other factor: another value stands in, or the right one not transposed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.graph import Edge, Kind
from bpdebug.mistakes.families.parts import with_uses
from bpdebug.mistakes.grounds import Grounds, at_edge
from bpdebug.mistakes.mistake import Change, EdgeRule, Family, Impossible, Mistake, NodeRule, Parts
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import total
from bpdebug.ops import Array, Carries, Product
from bpdebug.records import replace

MOST = 40
"""So many values are tried in the place of another, the nearest first."""


def with_operand(at: int, other: int, moved: int | None = None) -> EdgeRule:
    """An edge's contribution with another node's value as the operand at position `at`.

    The value is moved about as that of `moved` is, such as transposed, where that is given.
    """

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        operands = list(stage.operands(edge))
        operands[at] = moved_as(stage, moved, stage.value(other))
        return stage.vjp(edge, upstream, operands)

    return rule


def moved_as(stage: Stage, moved: int | None, value: Array) -> Array:
    """A value moved about as the node `moved` moves its operand; None leaves it as it is."""
    if moved is None:
        return value
    node = stage.graph.nodes[moved]
    assert node.op is not None
    indices = (stage.value(other) for other in node.operands[1:])
    return np.asarray(node.op.forward(value, *indices, **node.options))


# The parameters after their update.


def updated(name: str, at: int, right: list[Array | None], moved: int | None) -> EdgeRule:
    """An edge's contribution with a parameter as it is after the update, moved as `moved` is."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        operands = list(stage.operands(edge))
        operands[at] = moved_as(stage, moved, stage.new_parameter(name, right))
        return stage.vjp(edge, upstream, operands)

    return rule


def find_updated(grounds: Grounds) -> Iterator[Change]:
    """Wherever the pass goes on through a product with a trained parameter."""
    # Of what leads to nothing that was handed in, the stage has no gradient; an update may need it.
    every = grounds.bench.run.iteration(1).recorded.gradients
    known = zip(grounds.stage.gradients, every, strict=True)
    right = [found if found is not None else other for found, other in known]
    for edge in grounds.edges:
        if not grounds.multiplies(edge) or grounds.leaf(edge.operand):
            continue
        other, moved = grounds.node(grounds.other_operand(edge)), None
        if other.op is not None and other.op.carries is Carries.MOVES and len(other.operands) == 1:
            other, moved = grounds.node(other.operands[0]), other.index  # as W.T
        if other.kind is Kind.PARAMETER and other.name in grounds.rules:
            yield at_edge(
                updated_weights,
                edge,
                updated(other.name, 1 - edge.position, right, moved),
                other=other.index,
                group=("pass on",),
            )


updated_weights = Mistake(
    "updated-weights",
    "the parameters are updated too early",
    Family.OPERAND,
    "{left} = {right} with {other} after its update",
    r"{left} = {right} \text{{ with }} {other} \text{{ after its update}}",
    "the parameter {other} was updated before the gradient was passed on through it",
    "compute all gradients first, and update the parameters after that",
    find_updated,
    cost=1.2,
    slight=True,
    separates="a large learning rate: the error grows with it",
    hidden="a small learning rate, or a single layer",
)


# Transposes.


def turned(at: int) -> EdgeRule:
    """An edge's contribution with the other operand transposed."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        operands = list(stage.operands(edge))
        operands[at] = np.swapaxes(operands[at], -1, -2)
        return stage.vjp(edge, upstream, operands)

    return rule


def upstream_turned(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """An edge's contribution with the upstream gradient transposed."""
    return stage.vjp(edge, np.swapaxes(upstream, -1, -2))


def find_not_transposed(grounds: Grounds) -> Iterator[Change]:
    """At products with a square matrix."""
    for edge in grounds.edges:
        if not grounds.multiplies(edge):
            continue
        result = grounds.node(edge.output).shape
        if len(result) == 2 and result[0] == result[1] > 1:
            yield at_edge(
                not_transposed,
                edge,
                upstream_turned,
                variant="of the gradient",
                cost=0.3,
                detail="the gradient",
                group=grounds.alike(edge)[:1],
            )
        shape = grounds.node(grounds.other_operand(edge)).shape
        if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] < 2:
            continue
        if len(grounds.node(edge.output).shape) == 0:
            continue
        yield at_edge(
            not_transposed,
            edge,
            turned(1 - edge.position),
            other=grounds.other_operand(edge),
            cost=0.4 if grounds.leaf(edge.operand) else 0.0,
            group=grounds.alike(edge)[:1],
        )


not_transposed = Mistake(
    "not-transposed",
    "a matrix is not transposed",
    Family.OPERAND,
    "{left} = {right} without the transposition of {other}",
    r"{left} = {right} \text{{ without the transposition of }} {other}",
    "the backward pass multiplies by {other} as it stands; it needs the transpose, and with a "
    "square matrix no shape says so",
    "transpose {other}: {right}",
    find_not_transposed,
    cost=1.2,
    separates="layers that are not square, where the shapes would not fit",
    hidden="the matrix is symmetric",
)


def turn(stage: Stage, node: int, parts: Parts) -> Array:
    """The transpose of the right gradient."""
    return np.asarray(np.swapaxes(total(list(parts)), -1, -2))


def find_transposed(grounds: Grounds) -> Iterator[Change]:
    """At every matrix: a square one, or one that was handed in so."""
    for node in grounds.gradients:
        shape = grounds.node(node).shape
        if len(shape) < 2 or max(shape[-2:]) < 2:
            continue
        given = grounds.shapes.get(node, shape)
        wanted = (*shape[:-2], shape[-1], shape[-2])
        if shape[-1] == shape[-2] or given == wanted:
            rule: NodeRule = turn
            yield Change(
                transposed,
                (node,),
                nodes={node: rule},
                cost=0.0 if grounds.leaf(node) else 0.8,
                edge=grounds.graph.into[node][0].index,
                group=("leaf" if grounds.leaf(node) else "result",),
            )


transposed = Mistake(
    "transposed",
    "the gradient is transposed",
    Family.OPERAND,
    "{left} = ({right})ᵀ",
    r"{left} = \left({right}\right)^\top",
    "the gradient is the transpose of the right one: the factors of the product are exchanged",
    "exchange the two factors, or transpose the result",
    find_transposed,
    cost=1.2,
    separates="matrices that are not square",
    hidden="the gradient is symmetric",
)


# Another value.


def find_wrong_operand(grounds: Grounds) -> Iterator[Change]:
    """At products and slopes, each value of the same shape that could be confused with another."""
    for edge in grounds.edges:
        node = grounds.node(edge.output)
        if node.op is None or node.op.loss:
            continue
        if grounds.multiplies(edge):
            at = 1 - edge.position
            yield from instead_of(grounds, edge, at, node.operands[at])
        elif grounds.unary(edge) and not grounds.constant_local(edge, 1.0):
            yield from slope_elsewhere(grounds, edge)
        elif len(node.operands) == 2 and not grounds.constant_local(edge, 1.0):
            for at in (0, 1):
                if grounds.node(node.operands[at]).kind is not Kind.CONSTANT:
                    yield from instead_of(grounds, edge, at, node.operands[at])


def instead_of(grounds: Grounds, edge: Edge, at: int, right: int) -> Iterator[Change]:
    """Every other value of the same shape in the place of one operand."""
    made = grounds.node(right)
    if not made.name and made.op is not None and made.op.carries is Carries.MOVES:
        # A transpose is written where it is used: k.T for k, and q.T in its place.
        for other in grounds.same_shape(made.operands[0]):
            yield replace(
                at_edge(
                    wrong_operand,
                    edge,
                    with_operand(at, other.index, moved=right),
                    variant=other.label,
                    other=other.index,
                    cost=0.4,
                    group=(*grounds.alike(edge)[:2], other.label),
                ),
                instead_of=made.operands[0],
            )
    is_parameter = grounds.node(right).kind is Kind.PARAMETER
    for number, other in enumerate(grounds.same_shape(right)):
        if number >= MOST:
            return
        near = relation(grounds, edge, right, other.index)
        same_kind = (other.kind is Kind.PARAMETER) == is_parameter
        cost = 0.0 if near else 0.3 if other.kind is Kind.INPUT else 0.6 if same_kind else 1.0
        yield replace(
            at_edge(
                wrong_operand,
                edge,
                with_operand(at, other.index),
                variant=near or other.label,
                other=other.index,
                cost=cost,
                group=(*grounds.alike(edge)[:2], near or other.label),
            ),
            instead_of=right,
        )


def relation(grounds: Grounds, edge: Edge, right: int, other: int) -> str:
    """How a value is near to the right one: z for h, h for z, the layer's result for its operand.

    Empty for a value that is none of these.
    """
    nodes = grounds.graph.nodes
    if other == edge.operand:
        return "the operand itself"
    if other in results(grounds, edge.output):
        op = nodes[other].op
        return "the layer's output" if op is not None and op.activation else "the result"
    if other in nodes[right].operands:
        return "the one before"
    return "the one behind" if right in nodes[other].operands else ""


def results(grounds: Grounds, node: int) -> set[int]:
    """A product's result, and what is made of it up to its activation."""
    nodes, found = grounds.graph.nodes, {node}
    for _ in range(6):
        users = [one for one in nodes[node:] if node in one.operands]
        op = users[0].op if len(users) == 1 else None
        if op is None or op.loss or op.product is not Product.NONE:
            break
        node = users[0].index
        found.add(node)
        if op.activation:
            break
    return found


def slope_elsewhere(grounds: Grounds, edge: Edge) -> Iterator[Change]:
    """The slope of a function of one operand at another value of the same shape."""
    for number, other in enumerate(grounds.same_shape(edge.operand)):
        if number >= MOST or other.index == edge.output:
            continue

        def rule(stage: Stage, edge: Edge, upstream: Array, at: int = other.index) -> Array:
            op, value = stage.graph.nodes[edge.output].op, stage.value(at)
            assert op is not None
            options = stage.graph.nodes[edge.output].options
            try:
                result = np.asarray(op.forward(value, **options))
            except (ValueError, TypeError):
                raise Impossible from None
            return stage.vjp(edge, upstream, (value,), result)

        yield from with_uses(
            grounds,
            replace(
                at_edge(
                    wrong_operand,
                    edge,
                    rule,
                    variant=f"slope at {other.label}",
                    other=other.index,
                    cost=0.8,
                    group=grounds.alike(edge)[:2],
                ),
                instead_of=edge.operand,
            ),
        )


wrong_operand = Mistake(
    "wrong-operand",
    "another value stands in",
    Family.OPERAND,
    "{left} = {right} with {other} in the place of {detail}",
    r"{left} = {right} \text{{ with }} {other} \text{{ in the place of }} {detail}",
    "the backward pass multiplies by {other}, where the forward pass used {detail}",
    "use {detail}: {right}",
    find_wrong_operand,
    cost=1.9,
    separates="layers of different widths, where the shapes would not fit",
    hidden="both values are the same",
)

MISTAKES = (updated_weights, not_transposed, transposed, wrong_operand)
