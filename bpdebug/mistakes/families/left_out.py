"""A factor of the chain rule left out: the local derivative, or the upstream gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.families import composed
from bpdebug.mistakes.families.parts import (
    cellwise,
    composite,
    with_uses,
)
from bpdebug.mistakes.grounds import Grounds, at_edge
from bpdebug.mistakes.mistake import Change, Family, Mistake
from bpdebug.mistakes.stage import Stage
from bpdebug.ops import Array, Carries, Product

ONE: Array = np.ones(())


def left_out(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The upstream gradient alone, summed where the operand was broadcast."""
    shape = stage.graph.nodes[edge.operand].shape
    if np.shape(upstream) == shape:
        return upstream
    return stage.contract(edge, upstream, ONE)


def find_left_out(grounds: Grounds) -> Iterator[Change]:
    """At every edge whose local derivative is not 1, where the shapes let it be forgotten."""
    for edge in grounds.edges:
        op = grounds.op(edge)
        if grounds.constant_local(edge, 1.0) or grounds.constant_local(edge, -1.0):
            continue
        matrix = grounds.multiplies(edge) and not cellwise(grounds, edge)
        fits = grounds.node(edge.output).shape == grounds.node(edge.operand).shape
        if matrix and not fits:
            continue
        scales = op.product is not Product.NONE or op.carries is not Carries.NONE
        cost = (
            0.0 if edge.index in grounds.activated else 2.0 if matrix else 1.5 if op.loss else 0.7
        )
        if scales and not matrix:
            cost = 0.3  # a γ, a mask, a 1/√d or a 1/n
        change = at_edge(
            missing_local_derivative, edge, left_out, cost=cost, group=grounds.alike(edge)
        )
        yield from with_uses(grounds, change)
    for one in grounds.activations:
        if one.alone is None:
            yield composite(missing_local_derivative, one, lambda stage, one, g: g)
    yield from composed.left_out(missing_local_derivative, grounds)


missing_local_derivative = Mistake(
    "missing-local-derivative",
    "the local derivative is left out",
    Family.LOCAL,
    "{left} = {upstream}",
    "{left} = {upstream}",
    "the upstream gradient is passed on as it is; its product with the local derivative {local} "
    "was forgotten",
    "multiply the upstream gradient by {local}",
    find_left_out,
    cost=1.0,
    separates="a local derivative that is not 1, as in a unit that is neither linear nor all on",
    hidden="the local derivative is 1 everywhere, as that of relu where all is above 0",
)


def alone(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """The local derivative, without what came from above."""
    return stage.vjp(edge, np.ones(stage.graph.nodes[edge.output].shape))


def find_alone(grounds: Grounds) -> Iterator[Change]:
    """At every edge whose upstream gradient is not 1 already, and whose derivative is not."""
    for edge in grounds.edges:
        if edge.output == grounds.graph.loss:
            continue
        op = grounds.op(edge)
        usual = op.activation or op.loss or op.product is not Product.NONE
        cost = 1.0 if grounds.constant_local(edge, 1.0) else 0.0 if usual else 0.6
        change = at_edge(missing_upstream, edge, alone, cost=cost, group=grounds.alike(edge))
        yield from with_uses(grounds, change)
    yield from composed.alone(missing_upstream, grounds)


missing_upstream = Mistake(
    "missing-upstream",
    "the upstream gradient is left out",
    Family.LOCAL,
    "{left} = {local}",
    "{left} = {local}",
    "only the local derivative is written down; by the chain rule it is multiplied by what comes "
    "from above, {upstream}",
    "multiply the local derivative by {upstream}",
    find_alone,
    cost=1.6,
    separates="an upstream gradient that is not 1",
    hidden="the upstream gradient is 1, as right below the loss",
)


MISTAKES = (missing_local_derivative, missing_upstream)
