"""What every format of export needs of an iteration: its steps in order, and their formulas."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, TypeVar

import numpy as np

from bpdebug.graph import Edge, Graph
from bpdebug.graph.groups import Group
from bpdebug.ops import Array
from bpdebug.run import Iteration
from bpdebug.ticks import Span, Stretch
from bpdebug.wording import (
    Formula,
    Script,
    TermPattern,
    edge_formula,
    group_formula,
    group_line,
    term_pattern,
    update_latex,
    update_symbols,
    value_formula,
    value_latex,
)
from bpdebug.wording.script import LATEX

Made = TypeVar("Made")
MOST_JACOBIAN = 10_000
"""The most cells of a Jacobian that is written in full."""


def edges_by_layer(iteration: Iteration) -> Iterator[tuple[Stretch | None, list[Edge]]]:
    """The edges of the backward pass, layer by layer from the loss down."""
    timeline = iteration.timeline
    for _, group in groupby(
        iteration.recorded.graph.edges, key=lambda edge: bisect_right(timeline.borders, edge.index)
    ):
        edges = list(group)
        yield timeline.stretch_at(edges[0].index), edges


def local_derivative(iteration: Iteration, edge: Edge) -> Array | None:
    """The local derivative as the terms index it; None for a Jacobian that is too large."""
    graph = iteration.recorded.graph
    shape = graph.index_map(edge).local_shape
    op = graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None and np.prod(shape) > MOST_JACOBIAN:
        return None
    return np.broadcast_to(iteration.recorded.local(edge), shape)


class Formulas:
    """The formulas of a graph's steps, cached for the next iteration."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self._graph: Graph | None = None
        self._made: dict[tuple[str, int], Any] = {}

    def _once(
        self, iteration: Iteration, kind: str, number: int, make: Callable[[Graph], Made]
    ) -> Made:
        """The result of `make` for the iteration's graph, cached until the graph changes."""
        graph = iteration.recorded.graph
        if graph is not self._graph:  # a smaller last batch has its own formulas
            self._graph, self._made = graph, {}
        if (kind, number) not in self._made:
            self._made[kind, number] = make(graph)
        made: Made = self._made[kind, number]
        return made

    def of_edge(self, iteration: Iteration, edge: Edge) -> Formula:
        """The formula of an edge."""
        whole = self.script.whole
        return self._once(
            iteration, "edge", edge.index, lambda graph: edge_formula(graph, edge, whole)
        )

    def of_group(self, iteration: Iteration, span: Span) -> tuple[str, str]:
        """A group's backward pass on a line, as text and as LaTeX."""

        def make(graph: Graph) -> tuple[str, str]:
            text = " ".join(group_line(graph, span, self.script.whole))
            return text, " ".join(group_line(graph, span, LATEX))

        return self._once(iteration, "group", span.index, make)

    def of_composite(self, iteration: Iteration, group: Group) -> tuple[str, str]:
        """The formula of a composite, as text and as LaTeX; empty for other groups."""

        def make(graph: Graph) -> tuple[str, str]:
            text = group_formula(graph, group, self.script.whole)
            return text, group_formula(graph, group, LATEX)

        return self._once(iteration, group.name, -1, make)

    def of_terms(self, iteration: Iteration, edge: Edge) -> TermPattern:
        """The symbols of an edge's multiplications."""
        whole = self.script.whole
        return self._once(
            iteration, "terms", edge.index, lambda graph: term_pattern(graph, edge, whole)
        )

    def of_node(self, iteration: Iteration, node: int) -> tuple[str, str]:
        """How a result is made, as text and as LaTeX."""

        def make(graph: Graph) -> tuple[str, str]:
            text = value_formula(graph, node, self.script.whole)
            return text, value_latex(graph, node)

        return self._once(iteration, "node", node, make)

    def of_update(self, iteration: Iteration, number: int) -> tuple[str, str]:
        """An update line in symbols, as text and as LaTeX."""
        line = iteration.updates[number]

        def make(graph: Graph) -> tuple[str, str]:
            return update_symbols(graph, line, self.script), update_latex(graph, line)

        return self._once(iteration, "update", number, make)


def operands_of(edges: list[Edge]) -> list[int]:
    """The operands whose gradients edges write, each once, in order."""
    return list(dict.fromkeys(edge.operand for edge in edges))
