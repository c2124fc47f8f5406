"""Mistakes in sums: an axis that is not summed, or summed although it should stay."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import prod
from typing import Any

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.grounds import MOST_SPREAD, Grounds
from bpdebug.mistakes.mistake import (
    Change,
    EdgeRule,
    Family,
    Impossible,
    Mistake,
    NodeRule,
    Parts,
)
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import total
from bpdebug.ops import Array, Shape

# Not summed.


def spread(stage: Stage, edge: Edge, kept: tuple[int, ...], first: bool) -> Array:
    """An edge's contribution with some of its summed axes left in, before or behind its own."""
    index_map = stage.graph.index_map(edge)
    loop = index_map.loop
    if loop is None or prod(loop.extents) > MOST_SPREAD:
        raise Impossible
    local = np.broadcast_to(stage.local(edge), index_map.local_shape)
    upstream = stage.upstream(edge)
    if np.shape(upstream) != index_map.upstream_shape:
        raise Impossible
    own = list(loop.cell)
    extra = [len(own) + at for at in kept]
    order = [*extra, *own] if first else [*own, *extra]
    ones = np.ones([loop.extents[at] for at in order])
    operands: tuple[Any, ...] = (upstream, list(loop.upstream), local, list(loop.local))
    return np.asarray(np.einsum(*operands, ones, order, order))


def find_not_summed(grounds: Grounds) -> Iterator[Change]:
    """At every edge that sums, where what was handed in has the axis still; else at broadcasts."""
    for edge in grounds.edges:
        loop = grounds.graph.index_map(edge).loop
        if loop is None or len(loop.extents) == len(loop.cell):
            continue
        if len(grounds.graph.into[edge.operand]) > 1 and edge.operand not in grounds.shapes:
            continue
        given = grounds.shapes.get(edge.operand)
        shape = grounds.node(edge.operand).shape
        if given == shape:
            continue
        summed = range(len(loop.extents) - len(loop.cell))
        for count in range(1, len(summed) + 1):
            for kept in combinations(summed, count):
                for first in (True, False):
                    extents = tuple(loop.extents[len(shape) + at] for at in kept)
                    made = (*extents, *shape) if first else (*shape, *extents)
                    squeezed = tuple(n for n in made if n != 1)
                    if given is not None and squeezed != tuple(n for n in given if n != 1):
                        continue
                    yield Change(
                        not_summed,
                        (edge.operand,),
                        edges={edge.index: keeping(kept, first, given)},
                        edge=edge.index,
                        cost=0.0 if first else 0.2,
                        variant="" if first else "behind",
                        detail="×".join(str(n) for n in extents),
                    )


def keeping(kept: tuple[int, ...], first: bool, given: Shape | None) -> EdgeRule:
    """The rule that leaves axes in, in the shape that was handed in."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        found = spread(stage, edge, kept, first)
        if given is not None:
            return found.reshape(given)
        return found

    return rule


not_summed = Mistake(
    "not-summed",
    "an axis is not summed",
    Family.SUM,
    "{left} = {right} without the sum over the axis of {detail}",
    r"{left} = {right} \text{{ without the sum over the axis of {detail}}}",
    "the operand was used once for every entry of an axis of {detail}, the batch or a broadcast "
    "axis; its gradient is the sum over all uses",
    "sum over that axis",
    find_not_summed,
    cost=1.0,
    separates="its shape",
)


# Summed too far.


def find_summed_too_far(grounds: Grounds) -> Iterator[Change]:
    """Sums, and means, over the axes that a gradient should keep."""
    for node in grounds.gradients:
        shape = grounds.node(node).shape
        given = grounds.shapes.get(node)
        if not shape or prod(shape) < 2 or prod(shape) > MOST_SPREAD:
            continue
        axes = [at for at, n in enumerate(shape) if n > 1]
        for count in range(1, len(axes) + 1):
            for gone in combinations(axes, count):
                for mean in (False, True):
                    yield Change(
                        summed_too_far,
                        (node,),
                        nodes={node: over(gone, mean, given)},
                        edge=grounds.graph.into[node][0].index,
                        variant="averaged" if mean else "",
                        detail=" and ".join(str(at) for at in gone),
                        cost=(0.0 if grounds.leaf(node) else 0.6) + 0.4 * mean,
                        group=("leaf" if grounds.leaf(node) else "result", str(len(shape))),
                    )


def over(gone: tuple[int, ...], mean: bool, given: Shape | None) -> NodeRule:
    """The rule that sums over axes of the gradient, in the shape that was handed in."""

    def rule(stage: Stage, node: int, parts: Parts) -> Array:
        right = total(parts)
        if right.shape != stage.graph.nodes[node].shape:
            raise Impossible
        found = np.asarray((np.mean if mean else np.sum)(right, axis=gone, keepdims=True))
        if given is not None and given != right.shape:
            small = tuple(n for n in found.shape if n != 1)
            if tuple(n for n in given if n != 1) != small:
                raise Impossible
            return found.reshape(given)
        return np.array(np.broadcast_to(found, right.shape))

    return rule


summed_too_far = Mistake(
    "summed-too-far",
    "summed over an axis that should stay",
    Family.SUM,
    "{left} = Σ over axis {detail} of ({right})",
    r"{left} = \sum_{{\text{{axis {detail}}}}} \left({right}\right)",
    "the gradient was summed over an axis of its own, number {detail}, so that all entries along "
    "it share a number",
    "sum over the batch alone: keep the axis",
    find_summed_too_far,
    cost=1.0,
    separates="more than one unit",
    hidden="a single unit",
)


MISTAKES = (not_summed, summed_too_far)
