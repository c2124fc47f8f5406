"""Groups in an export: which steps a detail has, and the backward pass of a group as one step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpdebug.graph import Edge
from bpdebug.graph.groups import Origin
from bpdebug.ops import Array
from bpdebug.records import record
from bpdebug.run import Iteration
from bpdebug.ticks import Span
from bpdebug.ticks.group_gradients import contribution, edges_of, entered_by, left_by
from bpdebug.ticks.growing import Growing


@record
class Given:
    """What a group adds to the gradient of an operand."""

    operand: int
    contribution: Array
    accumulated: Array
    alone: bool
    """True where nothing but the group adds to that gradient."""
    last: bool
    """True where the gradient is whole after the group."""


@record
class GroupStep:
    """The backward pass of an outermost group, as one step."""

    span: Span
    edges: tuple[Edge, ...]
    tick: int
    """The last tick."""
    terms: int
    upstream: tuple[tuple[int, Array], ...]
    """The results whose gradients come in, with these."""
    given: tuple[Given, ...]


def steps_by_group(iteration: Iteration, edges: Sequence[Edge]) -> list[Span | Edge]:
    """The outermost groups that begin among some edges, and the edges outside of all groups."""
    spans = iteration.timeline.spans
    steps: list[Span | Edge] = []
    for edge in edges:
        around = spans.around_edge(edge.index)
        if not around:
            steps.append(edge)
        elif around[0].first == edge.index:
            steps.append(around[0])
    return steps


def forward_by_group(iteration: Iteration) -> list[Span | int]:
    """The forward pass as its outermost groups, and the results of ops outside of all groups."""
    spans = [s for s in iteration.timeline.spans.all if s.parent is None and not s.backward]
    by_first = {span.first: span for span in spans}
    steps: list[Span | int] = []
    done = -1
    for at, node in enumerate(iteration.recorded.graph.forward_order):
        span = by_first.get(at)
        if span is not None:
            steps.append(span)
            done = span.last
        elif at > done:
            steps.append(node)
    return steps


def group_step(iteration: Iteration, span: Span, growing: Growing) -> GroupStep:
    """A group's backward pass as a step; the gradients that grow get all that it adds."""
    recorded = iteration.recorded
    graph, edges = recorded.graph, edges_of(recorded.graph, span)
    sums = {
        edge.operand: growing.add(edge, np.asarray(recorded.contributions[edge.index]))
        for edge in edges
    }
    return GroupStep(
        span,
        edges,
        span.end,
        span.end - span.start,
        tuple((node, np.asarray(recorded.gradients[node])) for node in entered_by(graph, span)),
        tuple(
            Given(
                operand,
                contribution(recorded, into),
                sums[operand],
                len(into) == into[0].of,
                into[-1].last,
            )
            for operand, into in left_by(graph, span).items()
        ),
    )


def begun_at(iteration: Iteration, edge: Edge) -> Iterator[Span]:
    """The groups whose first edge this is, the outermost first; no layers of a network."""
    for span in iteration.timeline.spans.around_edge(edge.index):
        if span.first == edge.index and span.group.origin is not Origin.LAYER:
            yield span


def ended_at(iteration: Iteration, edge: Edge) -> Iterator[Span]:
    """The groups whose last edge this is, the innermost first; no layers of a network."""
    for span in reversed(iteration.timeline.spans.around_edge(edge.index)):
        if span.last == edge.index and span.group.origin is not Origin.LAYER:
            yield span
