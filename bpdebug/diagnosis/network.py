"""What a graph is as a network: its outputs, what they are compared with, a layer's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.diagnosis.survey import by_unit
from bpdebug.graph import Graph, Kind, Layer
from bpdebug.graph.dense import Dense, Weighing
from bpdebug.ops import Array, Passes, Product
from bpdebug.run import Problem

Onward = Callable[[int], Iterable[int]]
FACTORS = 2
"""Of a product's operands the first two are multiplied; a bias may stand behind them."""


def walk(start: Iterable[int], onward: Onward, closed: Iterable[int] = ()) -> set[int]:
    """The nodes that are reached from some nodes, those among them, but for `closed` nodes.

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
    """The structure of a graph, as far as rules ask for it."""

    def __init__(self, graph: Graph, problem: Problem) -> None:
        self.graph = graph
        self.problem = problem
        self.layers = graph.layers

    # Outputs and targets.

    @cached_property
    def outputs(self) -> tuple[Layer, ...]:
        """The layers that the loss is computed from without another layer between."""
        ends = {layer.pre_activation for layer in self.layers}
        met = self.below(self.graph.loss, ends)
        return tuple(layer for layer in self.layers if layer.pre_activation in met)

    @property
    def output(self) -> Layer | None:
        """The output, where there is one alone."""
        return self.outputs[0] if len(self.outputs) == 1 else None

    @cached_property
    def hidden(self) -> tuple[Layer, ...]:
        """The layers that are no output."""
        return tuple(layer for layer in self.layers if layer not in self.outputs)

    @property
    def linear(self) -> bool:
        """True where no hidden layer has an activation."""
        return all(layer.activation is None for layer in self.hidden)

    @property
    def flat_ended(self) -> bool:
        """True where a hidden layer's activation is flat at both ends, as sigmoid and tanh are."""
        functions = [layer.function for layer in self.hidden]
        return any(one is not None and one.steepest is not None for one in functions)

    @cached_property
    def ends(self) -> set[int]:
        """The pre-activations of the outputs."""
        return {layer.pre_activation for layer in self.outputs}

    @cached_property
    def behind(self) -> frozenset[int]:
        """The results that the loss is computed from behind the outputs' pre-activations."""
        return frozenset(self.below(self.graph.loss, self.ends) - self.ends)

    @cached_property
    def targets(self) -> list[tuple[str, float, float]]:
        """What the output is compared with: data that differs from row to row, its least and most.

        Of several units, those of the unit that differs most; empty where there are more outputs.
        """
        found = []
        for index in sorted(self.behind) if self.output is not None else ():
            node = self.graph.nodes[index]
            if node.kind is not Kind.INPUT or node.name not in self.problem.data:
                continue
            rows = self.rows_of(node.name)
            low, high = rows.min(axis=0), rows.max(axis=0)
            widest = int(np.argmax(high - low))
            if high[widest] > low[widest]:
                found.append((node.name, float(low[widest]), float(high[widest])))
        return found

    def rows_of(self, name: str) -> Array:
        """Data that the output is compared with, shape (rows, units)."""
        array = np.asarray(self.problem.data[name])
        if self.output is None or self.other_shape(name):
            return array.reshape(-1, 1)
        return by_unit(array, self.output.units_axis)

    def other_shape(self, name: str) -> bool:
        """True where data has another shape than the output, as the numbers of classes do."""
        assert self.output is not None
        output = self.graph.nodes[self.output.pre_activation]
        return self.graph.node(name).shape != output.shape

    def zero_targets(self, units: NDArray[np.bool_]) -> bool:
        """True where the targets of some output units are 0 in every row."""
        fit = [name for name, _, _ in self.targets if not self.other_shape(name)]
        return any(not np.any(self.rows_of(name)[:, units]) for name in fit)

    # Ways through the graph.

    def below(self, node: int, ends: set[int]) -> set[int]:
        """What a node is computed from, and itself, without looking behind some others."""
        nodes = self.graph.nodes
        return walk([node], lambda at: () if at in ends else nodes[at].operands)

    def leaf(self, node: int) -> int:
        """What a result only moves the cells of; the node itself for others."""
        at = self.graph.nodes[node]
        while at.op is not None and at.op.passes is Passes.MOVES and len(at.operands) == 1:
            at = self.graph.nodes[at.operands[0]]
        return at.index

    def results(self, node: int) -> set[int]:
        """A layer's pre-activation and its activation; of another node itself alone."""
        found = {layer.activation for layer in self.layers if layer.pre_activation == node}
        return {node} | {index for index in found if index is not None}

    def cut_off(self, parameter: int, blocked: int, *, silent: bool = False) -> bool:
        """Whether every way from a parameter to the loss goes through a node.

        With `silent`, where that node's layer gives 0, a way also ends where the parameter is
        multiplied by what comes from that layer alone.
        """
        graph, zeros = self.graph, self.results(blocked) if silent else set()

        def onward(at: int) -> Iterator[int]:
            for edge in graph.into.get(at, ()):
                operands = enumerate(graph.nodes[edge.output].operands)
                others = [operand for place, operand in operands if place != edge.position]
                scaled = self.factor(edge.output, edge.position)
                if not (scaled and any(self.made_of(other, zeros) for other in others)):
                    yield edge.output

        return graph.loss not in walk([parameter], onward, {blocked})

    def made_of(self, node: int, sources: set[int]) -> bool:
        """Whether some nodes reach another, and no data does but through them."""
        met = self.below(node, sources)
        data = any(self.graph.nodes[index].kind is Kind.INPUT for index in met - sources)
        return bool(met & sources) and not data

    # A layer's parameters.

    def factor(self, node: int, position: int) -> bool:
        """Whether an operand of a result is multiplied by another."""
        op = self.graph.nodes[node].op
        return op is not None and op.product is not Product.NONE and position < FACTORS

    def scales(self, parameter: int) -> bool:
        """Whether a parameter is a factor anywhere, and not only added."""
        into = self.graph.into

        def moved(at: int) -> list[int]:
            return [e.output for e in into.get(at, ()) if self.leaf(e.output) == parameter]

        uses = (edge for at in walk([parameter], moved) for edge in into.get(at, ()))
        return any(self.factor(edge.output, edge.position) for edge in uses)

    @cached_property
    def _weighing(self) -> tuple[Weighing, dict[int, Dense]]:
        weighing = Weighing(self.graph)
        return weighing, weighing.found()

    def weights(self, layer: Layer) -> list[tuple[str, int | None]]:
        """The parameters in the weights of a layer, each with its axis that is one entry a unit."""
        weighing, dense = self._weighing
        found: dict[str, int | None] = {}
        for node in self.within(layer):
            if node in dense:
                for parameter, axis, *_ in weighing.weights_of(node, dense[node]):
                    found[self.graph.nodes[parameter].name] = axis
        return sorted(found.items())

    def biased(self, layer: Layer) -> bool:
        """Whether a parameter is added in a layer."""
        return any(
            self.graph.nodes[self.leaf(operand)].kind is Kind.PARAMETER
            and not self.factor(node, position)
            for node in self.within(layer)
            for position, operand in enumerate(self.graph.nodes[node].operands)
            if self.leaf(node) == node
        )

    def within(self, layer: Layer) -> list[int]:
        """The results from a layer's dense computations up to its pre-activation."""
        _, dense = self._weighing
        nodes = self.graph.nodes

        def inside(operand: int) -> bool:
            op = nodes[operand].op
            return op is not None and (op.passes is not Passes.NONE or operand in dense)

        def below(at: int) -> Iterable[int]:
            return filter(inside, nodes[at].operands[FACTORS if at in dense else 0 :])

        return sorted(walk([layer.pre_activation], below))
