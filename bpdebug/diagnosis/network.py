"""A graph as a network: its outputs, their targets, and the parameters of its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.diagnosis.merged import Merged
from bpdebug.diagnosis.survey import by_unit
from bpdebug.graph import Graph, Kind, Layer
from bpdebug.graph.dense import Dense, Weighing
from bpdebug.ops import Array, Carries, Product
from bpdebug.run import Problem

Onward = Callable[[int], Iterable[int]]
FACTORS = 2
"""Operands of a product that are multiplied, the first two; a bias may follow them."""


def walk(start: Iterable[int], onward: Onward, closed: Iterable[int] = ()) -> set[int]:
    """The nodes that can be reached from some nodes, and these, without passing `closed` nodes.

    `onward` gives the nodes that a node leads to.
    """
    pending, barred = list(start), set(closed)
    seen = set(pending) | barred
    while pending:
        new = set(onward(pending.pop())) - seen
        seen |= new
        pending += new
    return seen - barred


class Network:
    """The structure of a graph, as far as rules need it."""

    def __init__(self, graph: Graph, problem: Problem) -> None:
        self.graph = graph
        self.problem = problem
        merged = Merged(graph)
        self.nodes, self.into = merged.nodes, merged.into
        """The nodes and the edges into them, where an expression written twice is one node."""
        self.layers: tuple[Layer, ...] = tuple(
            layer
            for layer in graph.layers
            if merged.first[layer.pre_activation] == layer.pre_activation
        )

    # Outputs and targets.

    @cached_property
    def outputs(self) -> tuple[Layer, ...]:
        """The layers that the loss is computed from without another layer between."""
        reached = self.below(self.graph.loss, {layer.pre_activation for layer in self.layers})
        return tuple(layer for layer in self.layers if layer.pre_activation in reached)

    @property
    def output(self) -> Layer | None:
        """The output layer; None where there are several or none."""
        return self.outputs[0] if len(self.outputs) == 1 else None

    @cached_property
    def hidden(self) -> tuple[Layer, ...]:
        """The layers that are no output."""
        return tuple(layer for layer in self.layers if layer not in self.outputs)

    @cached_property
    def linear(self) -> bool:
        """True where nothing bends what a hidden layer gives before the next weights take it."""
        return not any(self._bends(layer) for layer in self.hidden)

    def _bends(self, layer: Layer) -> bool:
        """Whether a layer has an activation, or another op that bends its results."""
        if layer.function is not None and not layer.function.keeps_scale:
            return True
        nodes, into = self.nodes, self.into
        weighted, tops = self.weighted, {one.pre_activation for one in self.layers}
        pending, seen = [layer.pre_activation], {layer.pre_activation}
        while pending:
            for edge in into.get(pending.pop(), ()):
                op = nodes[edge.output].op
                assert op is not None
                if edge.output in weighted or edge.output in tops or edge.output in seen:
                    continue
                bare = op.carries is not Carries.NONE or (op.activation and op.keeps_scale)
                if not bare:
                    return True
                seen.add(edge.output)
                pending.append(edge.output)
        return False

    @property
    def flat_ended(self) -> bool:
        """True where a hidden layer's activation is flat at both ends, as sigmoid and tanh are."""
        functions = [layer.function for layer in self.hidden if layer.function is not None]
        return any(function.steepest is not None for function in functions)

    @cached_property
    def ends(self) -> set[int]:
        """The pre-activations of the outputs."""
        return {layer.pre_activation for layer in self.outputs}

    @cached_property
    def behind(self) -> frozenset[int]:
        """The results from the outputs' activations to the loss."""
        return frozenset(self.below(self.graph.loss, self.ends) - self.ends)

    @cached_property
    def targets(self) -> list[tuple[str, float, float]]:
        """The output's targets: data that differs from row to row, with its least and most.

        Of several units, the least and most of the unit that differs most. Empty where the
        network has not exactly one output.
        """
        targets = []
        for index in sorted(self.behind) if self.output is not None else ():
            node = self.nodes[index]
            if node.kind is not Kind.INPUT or node.name not in self.problem.data:
                continue
            rows = self.rows_of(node.name)
            low, high = rows.min(axis=0), rows.max(axis=0)
            widest = int(np.argmax(high - low))
            if high[widest] > low[widest]:
                targets.append((node.name, float(low[widest]), float(high[widest])))
        return targets

    def rows_of(self, name: str) -> Array:
        """Targets of the output, shape (rows, units)."""
        array = np.asarray(self.problem.data[name])
        if self.output is None or self.other_shape(name):
            return array.reshape(-1, 1)
        return by_unit(array, self.output.units_axis)

    def other_shape(self, name: str) -> bool:
        """True where data has another shape than the output, as labels of classes have."""
        assert self.output is not None
        output = self.nodes[self.output.pre_activation]
        return self.graph.node(name).shape != output.shape

    def zero_targets(self, units: NDArray[np.bool_]) -> bool:
        """True where the targets of some output units are 0 in every row."""
        fit = [name for name, _, _ in self.targets if not self.other_shape(name)]
        return any(not np.any(self.rows_of(name)[:, units]) for name in fit)

    # Paths through the graph.

    def below(self, node: int, ends: set[int]) -> set[int]:
        """What a node is computed from, and the node; nothing that `ends` are computed from."""
        nodes = self.nodes
        return walk([node], lambda at: () if at in ends else nodes[at].operands)

    def leaf(self, node: int) -> int:
        """The node whose cells a result only moves; any other node itself."""
        at = self.nodes[node]
        while at.op is not None and at.op.carries is Carries.MOVES and len(at.operands) == 1:
            at = self.nodes[at.operands[0]]
        return at.index

    def results(self, node: int) -> set[int]:
        """A layer's pre-activation and its activation; any other node alone."""
        activations = {layer.activation for layer in self.layers if layer.pre_activation == node}
        return {node} | {index for index in activations if index is not None}

    def cut_off(self, parameter: int, blocked: int, *, silent: bool = False) -> bool:
        """Whether every path from a parameter to the loss goes through the node `blocked`.

        With `silent`, where that node's layer gives 0, a path also ends where it is multiplied
        by what comes from that layer alone.
        """
        graph, zeros = self.graph, self.results(blocked) if silent else set()

        def onward(at: int) -> Iterator[int]:
            for edge in self.into.get(at, ()):
                operands = self.nodes[edge.output].operands
                others = (*operands[: edge.position], *operands[edge.position + 1 :])
                scaled = self.factor(edge.output, edge.position)
                if not (scaled and any(self.made_of(other, zeros) for other in others)):
                    yield edge.output

        return graph.loss not in walk([parameter], onward, {blocked})

    def made_of(self, node: int, sources: set[int]) -> bool:
        """Whether a node is computed from some sources, and from no data but through them."""
        reached = self.below(node, sources)
        data = any(self.nodes[index].kind is Kind.INPUT for index in reached - sources)
        return bool(reached & sources) and not data

    # A layer's parameters.

    def factor(self, node: int, position: int) -> bool:
        """Whether an operand of a result is multiplied by another."""
        op = self.nodes[node].op
        return op is not None and op.product is not Product.NONE and position < FACTORS

    def scales(self, parameter: int) -> bool:
        """Whether a parameter is a factor anywhere, and not only added."""
        into = self.into

        def moved(at: int) -> list[int]:
            return [e.output for e in into.get(at, ()) if self.leaf(e.output) == parameter]

        uses = (edge for at in walk([parameter], moved) for edge in into.get(at, ()))
        return any(self.factor(edge.output, edge.position) for edge in uses)

    @cached_property
    def _weighing(self) -> tuple[Weighing, dict[int, Dense]]:
        weighing = Weighing(self.nodes)
        return weighing, weighing.found()

    @cached_property
    def weighted(self) -> dict[int, int]:
        """By node of each product with weights: the operand that holds them."""
        _, dense = self._weighing
        return {one.inside or at: one.weights for at, one in dense.items()}

    def weights(self, layer: Layer) -> list[tuple[str, int | None]]:
        """The parameters in a layer's weights, each with its axis of units, None for no axis."""
        weighing, dense = self._weighing
        axes: dict[str, int | None] = {}
        for node in self.within(layer):
            if node in dense:
                for parameter, axis, *_ in weighing.weights_of(node, dense[node]):
                    axes[self.nodes[parameter].name] = axis
        return sorted(axes.items())

    def biased(self, layer: Layer) -> bool:
        """Whether a parameter is added in a layer."""
        return any(
            self.nodes[self.leaf(operand)].kind is Kind.PARAMETER
            and not self.factor(node, position)
            for node in self.within(layer)
            for position, operand in enumerate(self.nodes[node].operands)
            if self.leaf(node) == node
        )

    def within(self, layer: Layer) -> list[int]:
        """The results from a layer's dense computations up to its pre-activation."""
        _, dense = self._weighing
        nodes = self.nodes

        def inside(operand: int) -> bool:
            op = nodes[operand].op
            return op is not None and (op.carries is not Carries.NONE or operand in dense)

        def below(at: int) -> Iterable[int]:
            return filter(inside, nodes[at].operands[FACTORS if at in dense else 0 :])

        return sorted(walk([layer.pre_activation], below))
