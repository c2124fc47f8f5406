"""One iteration of a backward pass with changes: what the wrong program computes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import Edge, Engine, Graph
from bpdebug.graph.indices import bound_map
from bpdebug.mistakes.mistake import Impossible
from bpdebug.ops import Array, IndexMap
from bpdebug.optimizer import Updater

Gradients = list[Array | None]


class Stage:
    """An iteration's numbers as far as they are computed, with the parts that rules build from."""

    def __init__(
        self,
        number: int,
        engine: Engine,
        updater: Updater,
        values: list[Array],
        parameters: dict[str, Array],
        states: dict[str, dict[str, Array]],
    ) -> None:
        self.number = number
        self.engine = engine
        self.graph: Graph = engine.graph
        self.updater = updater
        self.values = values
        self.parameters = parameters
        """At the start of the iteration, by name."""
        self.states = states
        self._maps: dict[int, IndexMap] = {}
        self.contributions: Gradients = [None] * len(self.graph.edges)
        self.gradients: Gradients = [None] * len(self.graph.nodes)
        """What is passed on to a node's operands."""
        self.written: dict[int, Array] = {}
        """What was written down for a node where that differs from what is passed on."""
        self.after: dict[str, Array] = parameters
        """At the end of the iteration, by name."""
        self.states_after = states

    def gradient(self, node: int) -> Array | None:
        """A node's gradient as it was written down; None where there is none."""
        return self.written.get(node, self.gradients[node])

    def value(self, node: int) -> Array:
        """A node's value in the forward pass."""
        return np.asarray(self.values[node])

    def operands(self, edge: Edge) -> tuple[Array, ...]:
        """The values of the operands of an edge's op."""
        return tuple(self.value(i) for i in self.graph.nodes[edge.output].operands)

    def vjp(
        self,
        edge: Edge,
        upstream: Array,
        operands: Sequence[Array] | None = None,
        result: Array | None = None,
    ) -> Array:
        """The edge's vector-Jacobian product, perhaps with other operands or another result.

        An upstream gradient of a wrong shape is multiplied as numpy broadcasts it. Impossible where
        the shapes do not fit.
        """
        y = self.value(edge.output) if result is None else result
        found = tuple(operands) if operands is not None else self.operands(edge)
        shape = self.graph.nodes[edge.operand].shape
        upstream = np.asarray(upstream)
        try:
            if upstream.shape == self.graph.nodes[edge.output].shape:
                part = np.asarray(self.engine.vjp(edge)(upstream, y, *found))
            else:
                part = upstream * self.local(edge, operands=found, result=y)
        except (ValueError, IndexError, TypeError, BpdebugError):
            raise Impossible from None
        if part.shape != shape:
            raise Impossible
        return part

    def local(
        self, edge: Edge, operands: Sequence[Array] | None = None, result: Array | None = None
    ) -> Array:
        """An edge's local derivative, perhaps at other operands or with another result."""
        node = self.graph.nodes[edge.output]
        assert node.op is not None
        y = self.value(edge.output) if result is None else result
        found = tuple(operands) if operands is not None else self.operands(edge)
        try:
            return np.asarray(node.op.local(edge.position, y, found, node.options))
        except (ValueError, IndexError, TypeError, BpdebugError):
            raise Impossible from None

    def index_map(self, edge: Edge) -> IndexMap:
        """The index map of an edge, with the cells that this batch's indices pick."""
        if edge.index not in self._maps:
            found = bound_map(self.graph.nodes, edge.output, edge.position, self.value)
            assert found is not None  # an edge's operand has a derivative
            self._maps[edge.index] = found
        return self._maps[edge.index]

    def contract(self, edge: Edge, upstream: Array, local: Array) -> Array:
        """Upstream and local derivative combined as the edge's op combines them."""
        index_map = self.index_map(edge)
        if np.shape(upstream) != index_map.upstream_shape:
            raise Impossible
        try:
            return np.asarray(index_map.contract(upstream, local))
        except ValueError:
            raise Impossible from None

    def upstream(self, edge: Edge) -> Array:
        """The gradient that reaches an edge."""
        found = self.gradients[edge.output]
        if found is None:
            raise Impossible
        return found

    def new_parameter(self, name: str, right: Gradients) -> Array:
        """A parameter after its update, from the gradients so far.

        For gradients that are not computed yet it takes those of `right`. Impossible for a
        parameter that is not updated.
        """
        gradients = [
            self.gradient(i) if self.gradients[i] is not None else right[i]
            for i in range(len(right))
        ]
        after, _ = self.updater.advance(self.parameters, gradients, self.states, self.number)
        if after[name] is self.parameters[name]:
            raise Impossible
        return after[name]
