"""Mistakes where several paths meet: one forgotten, one counted twice, an old sum still in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.families.factors import part_scaled
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.mistake import Change, Family, Impossible, Mistake, NodeRule, Parts, Passed
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import total
from bpdebug.ops import Array
from bpdebug.ops.maps.index_map import picked

MOST_WAYS = 12
"""Where more contributions meet, each is tried alone, and no combination."""
MOST_VISITS = 20_000
"""A pass that goes along every path is followed through so many calls."""


# Missing.


def nothing(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """No contribution."""
    return np.zeros(stage.graph.nodes[edge.operand].shape)


def find_missing(grounds: Grounds) -> Iterator[Change]:
    """Every contribution left out; where several meet, all but one; and all of a kind."""
    graph = grounds.graph
    for node in grounds.gradients:
        into = graph.into[node]
        several = len(into) > 1
        for edge in into:
            cost = 0.0 if several else 0.9 if grounds.leaf(node) else 0.6
            yield dropped(grounds, (edge,), cost)
        for kept, variant in ((into[-1], "the last one kept"), (into[0], "the first one kept")):
            if several:
                others = tuple(e for e in into if e is not kept)
                yield dropped(grounds, others, 0.1, variant=variant)
        if 3 < len(into) <= MOST_WAYS:
            for count in range(2, len(into) - 1):
                # The last steps alone, or the first: a sum over time that is cut short.
                yield dropped(grounds, into[:count], 0.4, variant="the first ones")
                yield dropped(grounds, into[-count:], 0.4, variant="the last ones")
            for pair in combinations(into, 2):
                yield dropped(grounds, pair, 0.5)


def dropped(grounds: Grounds, edges: Sequence[Edge], cost: float, variant: str = "") -> Change:
    """Some contributions to a node's gradient left out."""
    at: tuple[int, ...] = (edges[0].operand,)
    if len(grounds.graph.into[at[0]]) == 1:
        at = (*at, *meetings(grounds, at[0]))
    return Change(
        path_missing,
        at,
        edges={edge.index: nothing for edge in edges},
        edge=edges[0].index,
        cost=cost,
        variant=variant,
        detail=", ".join(grounds.node(edge.output).label for edge in edges),
        group=grounds.alike(edges[0]),
    )


def meetings(grounds: Grounds, node: int) -> tuple[int, ...]:
    """The next nodes below at which a gradient meets other contributions."""
    graph = grounds.graph
    found: dict[int, None] = {}
    waiting = [node]
    while waiting:
        for edge in graph.out_of.get(waiting.pop(), ()):
            if len(graph.into[edge.operand]) > 1:
                found[edge.operand] = None
            else:
                waiting.append(edge.operand)
    return tuple(found)


path_missing = Mistake(
    "path-missing",
    "a path is missing",
    Family.PATH,
    "{left} without the contribution through {detail}",
    r"{left} \text{{ without the contribution through {detail}}}",
    "the contribution through {detail} is left out or overwritten: = for +=, a value treated as a "
    "constant, or a gradient that was never written",
    "add all contributions: {left} += {right}",
    find_missing,
    cost=1.3,
    separates="values that are used more than once",
    hidden="the contribution is 0, as after a single time step",
)


# Repeated.


def weighted(weights: Sequence[float], *, record: bool) -> NodeRule:
    """A sum of contributions with weights; with `record`, the right sum is what is written down."""

    def rule(stage: Stage, node: int, parts: Parts) -> Array | Passed:
        found = list(parts)
        if len(found) != len(weights):
            raise Impossible
        wrong = total([(e, np.asarray(w * p)) for w, (e, p) in zip(weights, found, strict=True)])
        return Passed(total(found), wrong) if record else wrong

    return rule


def find_repeated(grounds: Grounds) -> Iterator[Change]:
    """Where contributions meet: one twice, the sum so far at each arrival, or everywhere."""
    graph = grounds.graph
    for node in grounds.gradients:
        into = graph.into[node]
        count = len(into)
        if count < 2:
            continue
        for edge in into:
            yield Change(
                path_repeated,
                (node,),
                edges={edge.index: part_scaled(2.0)},
                edge=edge.index,
                detail=grounds.node(edge.output).label,
                variant="one",
                cost=0.5,
                group=grounds.alike(edge),
            )
        same = [edge for edge in into if sum(e.output == edge.output for e in into) > 1]
        if same:
            yield Change(
                path_repeated,
                (node,),
                edges={edge.index: part_scaled(2.0) for edge in same},
                edge=same[0].index,
                detail=grounds.node(same[0].output).label,
                variant="both operands",
                cost=0.0,
                group=("both operands",),
            )
        falling = tuple(float(count - at) for at in range(count))
        for weights, variant in ((falling, "as they come"), (falling[::-1], "from behind")):
            for record in (True, False):
                yield Change(
                    path_repeated,
                    (node,),
                    nodes={node: weighted(weights, record=record)},
                    edge=into[0].index,
                    detail="every arrival",
                    variant=f"{variant}{', recorded' if record else ''}",
                    cost=0.7 if record else 0.8,
                    group=("arrivals", str(record)),
                )
    for variant, visit in (("operands, then visits", by_operands), ("depth first", depth_first)):
        yield Change(
            path_repeated,
            tuple(n for n in grounds.gradients if len(graph.into[n]) > 1) or grounds.gradients[:1],
            whole=visit,
            detail="every arrival",
            variant=variant,
            cost=0.05,
        )


class Visits:
    """A backward pass that goes on from a node at each arrival, with all that has arrived."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sums: dict[int, Array] = {stage.graph.loss: np.ones(())}
        self.calls = 0

    def add(self, edge: Edge) -> None:
        """Add an edge's contribution, from what has arrived at its upstream."""
        self.calls += 1
        if self.calls > MOST_VISITS:
            raise Impossible
        part = self.stage.vjp(edge, self.sums[edge.output])
        before = self.sums.get(edge.operand)
        self.sums[edge.operand] = part if before is None else before + part

    def edges(self, node: int) -> list[Edge]:
        """A node's edges in the order of its operands."""
        out = self.stage.graph.out_of.get(node, ())
        return sorted(out, key=lambda edge: edge.position)


def by_operands(stage: Stage) -> Mapping[int, Array]:
    """Each visit adds to all operands, and then visits each of them, once for every use."""
    visits, waiting = Visits(stage), [stage.graph.loss]
    while waiting:
        node = waiting.pop()
        edges = visits.edges(node)
        for edge in edges:
            visits.add(edge)
        waiting += [edge.operand for edge in reversed(edges)]
    return visits.sums


def depth_first(stage: Stage) -> Mapping[int, Array]:
    """Each contribution is passed on to the end before the next is added."""
    visits = Visits(stage)
    waiting = list(reversed(visits.edges(stage.graph.loss)))
    while waiting:
        edge = waiting.pop()
        visits.add(edge)
        waiting += reversed(visits.edges(edge.operand))
    return visits.sums


path_repeated = Mistake(
    "path-repeated",
    "a contribution is counted again",
    Family.PATH,
    "{left} with the contribution of {detail} counted again",
    r"{left} \text{{ with the contribution of {detail} counted again}}",
    "{into} reaches the loss on several ways, and what has arrived is passed on at each arrival, "
    "so that earlier contributions are counted again",
    "pass a gradient on once, when all its contributions are there: in topological order",
    find_repeated,
    cost=1.1,
    separates="values that are used more than once and are results themselves",
    hidden="a tree, where every value is used once",
)


# Not cleared.


def find_not_cleared(grounds: Grounds) -> Iterator[Change]:
    """In all parameters, from the second iteration on."""
    if grounds.last > 1:
        leaves = tuple(n for n in grounds.gradients if grounds.leaf(n))
        yield Change(not_cleared, leaves, accumulates=True)


not_cleared = Mistake(
    "not-cleared",
    "gradients of earlier iterations are still in",
    Family.PATH,
    "{left} += {right}, from what the iteration before left",
    r"{left} \mathrel{{+}}= {right}",
    "the gradients were not set to 0 before the backward pass, so that each iteration adds to "
    "those of the iterations before",
    "set all gradients to 0 at the start of each iteration",
    find_not_cleared,
    cost=1.2,
    separates="a second iteration: hand in grad(W)@2",
    hidden="the first iteration",
)


# Overwritten rows.


def last_writer(reverse: bool) -> NodeRule:
    """For every cell, the last contribution that writes it."""

    def rule(stage: Stage, node: int, parts: Parts) -> Array:
        shape = stage.graph.nodes[node].shape
        cells = np.arange(int(np.prod(shape)))
        found = np.zeros(shape).reshape(-1)
        edges = list(parts)
        for edge, part in reversed(edges) if reverse else edges:
            written = stage.index_map(edge).has_terms(cells)
            found = np.where(written, np.reshape(part, -1), found)
        return found.reshape(shape)

    return rule


def last_row(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """A product with a matrix that picks rows: of a row picked twice, the last use alone."""
    node = stage.graph.nodes[edge.output]
    picks = np.asarray(stage.value(node.operands[1 - edge.position]))
    table = stage.graph.nodes[edge.operand].shape
    if picks.ndim != 2 or len(table) != 2 or np.ndim(upstream) != 2:
        raise Impossible
    rows = picks if edge.position == 1 else picks.T
    shares = upstream if edge.position == 1 else upstream.T
    found = np.zeros(table if edge.position == 1 else table[::-1])
    for row, share in zip(rows, shares, strict=True):
        found[int(np.argmax(row))] = share
    return found if edge.position == 1 else found.T


def last_term(stage: Stage, edge: Edge, upstream: Array) -> Array:
    """Cells that indices pick: of a cell picked several times, the last term alone."""
    index_map = stage.index_map(edge)
    if np.shape(upstream) != index_map.upstream_shape:
        raise Impossible
    found = np.zeros(int(np.prod(index_map.cell_shape)))
    terms = index_map.term_range(0, index_map.terms)
    local = picked(stage.local(edge), index_map.local_shape, terms.local)
    found[terms.cell] = np.reshape(upstream, -1)[terms.upstream] * local  # numpy: the last counts
    return found.reshape(index_map.cell_shape)


def find_overwritten(grounds: Grounds) -> Iterator[Change]:
    """Where parts of a value are used more than once, by an index or by a matrix that picks."""
    for node in grounds.gradients:
        into = grounds.graph.into[node]
        shape = grounds.node(node).shape
        cells = np.arange(int(np.prod(shape)))
        if len(into) > 1:
            masks = [grounds.stage.index_map(edge).has_terms(cells) for edge in into]
            times = np.sum(masks, axis=0)
            if np.any(times > 1) and not all(np.all(mask) for mask in masks):
                # Operands are visited last first, so the first use is written last.
                for reverse in (False, True):
                    yield Change(
                        index_overwritten,
                        (node,),
                        nodes={node: last_writer(reverse)},
                        edge=into[0].index,
                        variant="first" if reverse else "",
                        cost=0.1 if reverse else 0.0,
                    )
        for edge in into:
            index_map = grounds.stage.index_map(edge)
            if edge in grounds.graph.binding and len(index_map.cell_ends) < index_map.terms:
                yield Change(
                    index_overwritten,
                    (node,),
                    edges={edge.index: last_term},
                    edge=edge.index,
                    text="{left} = {right}",
                )
            if not grounds.multiplies(edge):
                continue
            picks = grounds.stage.value(grounds.other_operand(edge))
            if picks.ndim != 2 or not np.all((picks == 0) | (picks == 1)):
                continue
            rows = picks if edge.position == 1 else picks.T
            if np.all(rows.sum(axis=1) == 1) and np.any(rows.sum(axis=0) > 1):
                yield Change(
                    index_overwritten, (node,), edges={edge.index: last_row}, edge=edge.index
                )


index_overwritten = Mistake(
    "index-overwritten",
    "a row that is taken twice keeps its last share",
    Family.PATH,
    "{left}[index] = … for every use in turn",
    r"{left}[\text{{index}}] = \dots \text{{ for every use in turn}}",
    "rows of {into} are taken more than once, and `grad[index] += …` keeps the last share of each "
    "alone, since numpy writes an index that occurs twice only once",
    "use np.add.at(grad, index, …), which adds every share",
    find_overwritten,
    cost=0.9,
    separates="an index that occurs twice",
    hidden="every row is taken once at most",
)

MISTAKES = (path_missing, path_repeated, not_cleared, index_overwritten)
