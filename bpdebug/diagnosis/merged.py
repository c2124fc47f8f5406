"""A graph in which an expression that is written twice is a single node, wherever it stands."""

from __future__ import annotations

from collections.abc import Hashable

from bpdebug.graph import Edge, Graph, Node
from bpdebug.records import replace


class Merged:
    """The nodes of a graph and their users, without repetitions."""

    def __init__(self, graph: Graph) -> None:
        self.first: list[int] = []
        """By node: the first node that computes the same, which stands for it."""
        self.nodes: tuple[Node, ...] = self._merge(graph)
        """The nodes with those operands; what only repeats another is no operand of any."""
        self.into: dict[int, list[Edge]] = {}
        """By node: the edges into it, one for each place where it is used."""
        for edge in graph.edges:
            operand, output = self.first[edge.operand], self.first[edge.output]
            known = self.into.setdefault(operand, [])
            if all((one.output, one.position) != (output, edge.position) for one in known):
                known.append(replace(edge, operand=operand, output=output))

    def _merge(self, graph: Graph) -> tuple[Node, ...]:
        known: dict[Hashable, int] = {}
        nodes = []
        for node in graph.nodes:
            operands = tuple(self.first[i] for i in node.operands)
            nodes.append(node if operands == node.operands else replace(node, operands=operands))
            self.first.append(known.setdefault(recipe(nodes[-1]), node.index))
        return tuple(nodes)


def recipe(node: Node) -> Hashable:
    """What nodes that compute the same share; of data and parameters each has its own."""
    if node.value is not None:
        return node.shape, node.value.tobytes()
    if node.op is None:
        return node.index
    options = tuple(sorted((name, repr(value)) for name, value in node.options.items()))
    return id(node.op), node.operands, options
