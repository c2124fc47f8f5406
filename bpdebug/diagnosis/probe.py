"""Values of a graph on all of its data, and the loss with other values in the place of some."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpdebug.graph import Graph, Kind
from bpdebug.ops import Array
from bpdebug.run import Problem


class Probe:
    """A graph of all rows with the first parameters; it computes what is asked of it."""

    def __init__(self, problem: Problem) -> None:
        self.graph: Graph = problem.build(None)
        self._values: dict[int, Array] = {}
        for node in self.graph.nodes:
            if node.kind is Kind.INPUT:
                self._values[node.index] = problem.data[node.name]
            elif node.kind is Kind.PARAMETER:
                self._values[node.index] = problem.parameters[node.name]
            elif node.value is not None:
                self._values[node.index] = node.value

    def value(self, at: int) -> Array:
        """The value of a node."""
        return self._computed(at, self._values)

    def with_values(self, at: int, given: Mapping[int, Array]) -> Array:
        """The value of a node with some values given."""
        changed = set(given)
        for node in self.graph.nodes:
            if any(operand in changed for operand in node.operands):
                changed.add(node.index)
        if at not in changed:
            return self.value(at)
        kept = {index: one for index, one in self._values.items() if index not in changed}
        return self._computed(at, {**kept, **given})

    def _computed(self, at: int, values: dict[int, Array]) -> Array:
        """The value of a node, which is remembered, as is what it is computed from."""
        nodes = self.graph.nodes
        pending = [at]
        with np.errstate(all="ignore"):
            while pending:
                node = nodes[pending[-1]]
                missing = [i for i in node.operands if i not in values]
                if node.index in values or node.op is None:
                    pending.pop()
                elif missing:
                    pending += missing
                else:
                    operands = [np.asarray(values[i]) for i in node.operands]
                    values[node.index] = np.asarray(node.op.forward(*operands, **node.options))
                    pending.pop()
        return np.asarray(values[at])
