"""Mistakes in the sign."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.mistakes.families.factors import part_scaled, scaled
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.mistake import Change, Family, Mistake


def find_flipped(grounds: Grounds) -> Iterator[Change]:
    """At the loss's own gradient, at every node, and at each contribution where several meet."""
    graph = grounds.graph
    yield Change(
        sign_flipped, (graph.loss,), nodes={graph.loss: scaled(-1.0)}, cost=0.1, group=("loss",)
    )
    for node in grounds.gradients:
        into = graph.into[node]
        near = any(edge.output == graph.loss for edge in into)
        turns = len(into) == 1 and grounds.constant_local(into[0], -1.0)
        cost = 0.0 if near or turns else 0.3 if grounds.leaf(node) else 0.5
        yield Change(
            sign_flipped,
            (node,),
            nodes={node: scaled(-1.0)},
            edge=into[0].index,
            cost=cost,
            group=("leaf" if grounds.leaf(node) else "result",),
        )
        if node in grounds.shapes and not grounds.leaf(node):
            yield Change(
                sign_flipped,
                (node,),
                nodes={node: scaled(-1.0, onward=False)},
                edge=into[0].index,
                cost=cost + 0.3,
                variant="written down",
            )
        if len(into) < 2:
            continue
        for edge in into:
            if graph.nodes[edge.output].operands.count(node) > 1:
                continue  # of W ⊙ W, whose slope is written 2·W, no half has a sign of its own
            minus = grounds.constant_local(edge, -1.0)
            yield Change(
                sign_flipped,
                (node,),
                edges={edge.index: part_scaled(-1.0)},
                edge=edge.index,
                variant="one contribution",
                cost=0.1 if minus else 0.5,
                group=grounds.alike(edge),
            )


sign_flipped = Mistake(
    "sign-flipped",
    "the sign is turned",
    Family.SIGN,
    "{left} = −({right})",
    r"{left} = -\left({right}\right)",
    "the sign is the other one: y − ŷ for ŷ − y, or a minus of the forward pass that was "
    "forgotten; the update then goes uphill",
    "turn the sign: {right}",
    find_flipped,
    cost=1.2,
    separates="gradients that are not 0",
    hidden="the gradient is 0",
)

MISTAKES = (sign_flipped,)
