"""What every form of export needs of an iteration: steps in order, and gradients as they grow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from bpdebug.graph import Edge, Graph
from bpdebug.ops import Array
from bpdebug.run import Iteration
from bpdebug.trace import Stretch
from bpdebug.wording import (
    Formula,
    TermPattern,
    edge_formula,
    term_pattern,
    update_latex,
    update_symbols,
    value_formula,
    value_latex,
)

JACOBIAN = 10_000
"""A full Jacobian is written up to so many cells."""


@dataclass(slots=True)
class Growing:
    """The gradients that are still accumulating, in the order of the backward pass.

    They are added up exactly as the engine adds them; a gradient that is whole is let go.
    """

    sums: dict[int, Array] = field(default_factory=dict)

    def add(self, edge: Edge, contribution: Array) -> Array:
        """The operand's gradient after this edge."""
        with np.errstate(all="ignore"):
            total = contribution if edge.first else self.sums[edge.operand] + contribution
        if edge.last:
            self.sums.pop(edge.operand, None)
        else:
            self.sums[edge.operand] = total
        return np.asarray(total)


def edges_by_layer(iteration: Iteration) -> Iterator[tuple[Stretch | None, list[Edge]]]:
    """The edges of the backward pass, layer by layer from the loss down."""
    timeline = iteration.timeline
    for _, group in groupby(
        iteration.recorded.graph.edges, key=lambda edge: bisect_right(timeline.borders, edge.index)
    ):
        edges = list(group)
        yield timeline.stretch_at(edges[0].index), edges


def local_of(iteration: Iteration, edge: Edge) -> Array | None:
    """The local derivative as the terms index it; None for a Jacobian that is too large."""
    graph = iteration.recorded.graph
    shape = graph.index_map(edge).local_shape
    op = graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None and np.prod(shape) > JACOBIAN:
        return None
    return np.broadcast_to(iteration.recorded.local(edge), shape)


class Formulas:
    """The formulas of a graph's edges, made once and kept for the next iteration."""

    def __init__(self, *, unicode: bool = True) -> None:
        self.unicode = unicode
        self._graph: Graph | None = None
        self._edges: dict[int, Formula] = {}
        self._nodes: dict[int, tuple[str, str]] = {}
        self._updates: dict[int, tuple[str, str]] = {}
        self._terms: dict[int, TermPattern] = {}

    def _turn_to(self, graph: Graph) -> None:
        """Forget another graph's formulas: a smaller last batch has its own."""
        if graph is not self._graph:
            self._graph, self._edges, self._nodes = graph, {}, {}
            self._updates, self._terms = {}, {}

    def of_edge(self, iteration: Iteration, edge: Edge) -> Formula:
        """The formula of an edge."""
        graph = iteration.recorded.graph
        self._turn_to(graph)
        if edge.index not in self._edges:
            layers = iteration.timeline.layers
            self._edges[edge.index] = edge_formula(
                graph, layers, edge, unicode=self.unicode, full=True
            )
        return self._edges[edge.index]

    def of_terms(self, iteration: Iteration, edge: Edge) -> TermPattern:
        """The symbols of an edge's multiplications."""
        graph = iteration.recorded.graph
        self._turn_to(graph)
        if edge.index not in self._terms:
            layers = iteration.timeline.layers
            self._terms[edge.index] = term_pattern(
                graph, layers, edge, unicode=self.unicode, full=True
            )
        return self._terms[edge.index]

    def of_node(self, iteration: Iteration, node: int) -> tuple[str, str]:
        """How a result is made, as text and as LaTeX."""
        graph = iteration.recorded.graph
        self._turn_to(graph)
        if node not in self._nodes:
            text = value_formula(graph, node, unicode=self.unicode, full=True)
            self._nodes[node] = text, value_latex(graph, node)
        return self._nodes[node]

    def of_update(self, iteration: Iteration, number: int) -> tuple[str, str]:
        """An update line in symbols, as text and as LaTeX."""
        graph = iteration.recorded.graph
        self._turn_to(graph)
        if number not in self._updates:
            line = iteration.updates[number]
            text = update_symbols(graph, line, unicode=self.unicode)
            self._updates[number] = text, update_latex(graph, line)
        return self._updates[number]


def written_in(edges: list[Edge]) -> list[int]:
    """The operands whose gradients edges write, each once, in order."""
    return list(dict.fromkeys(edge.operand for edge in edges))
