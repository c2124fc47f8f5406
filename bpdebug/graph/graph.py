"""The computation graph: nodes in topological order, and the edges of its backward pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph.groups import Declared, Origin, around, find_groups
from bpdebug.graph.indices import check_index
from bpdebug.graph.layers import Layer, find_layers
from bpdebug.graph.node import Edge, Kind, Node
from bpdebug.ops import REGISTRY, Array, Composite, IndexMap, Op, Shape, show_shape
from bpdebug.records import replace

SOURCE_LENGTH = 80
"""Expressions of intermediate results are stored up to this length; a long chain stays linear."""


class GraphBuilder:
    """Builds a graph node by node; operands come first, so the order is topological."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.names: dict[str, int] = {}
        self.declared: dict[str, Declared] = {}
        """By the name of a group: what made it, where that was not the names of entries."""
        self._group = ""

    @contextmanager
    def inside(
        self,
        group: str,
        composite: Composite | None = None,
        operands: tuple[int, ...] = (),
        options: Mapping[str, Any] | None = None,
        *,
        layer: bool = False,
    ) -> Iterator[str]:
        """Add what is computed meanwhile to a group, inside the group under way.

        It is the call of a composite with these operands and options, or a `layer` of a network,
        or neither.
        Gives its whole name: that of the group under way stands before it, if it does not yet.
        """
        before = self._group
        within = not before or group == before or group.startswith(f"{before}.")
        self._group = group if within else f"{before}.{group}"
        if composite is not None or (layer and self._group not in self.declared):
            self.declared[self._group] = Declared(composite, operands, options or {})
        try:
            yield self._group
        finally:
            self._group = before

    def leaf(self, name: str, kind: Kind, shape: Shape, *, gradient: bool = False) -> int:
        """Add an input or a parameter; returns its index."""
        return self._add(Node(len(self.nodes), name, kind, shape, needs_gradient=gradient))

    def constant(self, value: float | Array, source: str = "", *, name: str = "") -> int:
        """Add a constant; returns its index. A name is one that the scenario does not give."""
        array = np.asarray(value, dtype=np.float64)
        source = source or (f"{value:g}" if np.ndim(value) == 0 else "")
        made = Node(len(self.nodes), name, Kind.CONSTANT, array.shape, value=array, source=source)
        return self._add(replace(made, given=bool(name), group=self._group))

    def apply(
        self,
        op: Op,
        operands: tuple[int, ...],
        options: Mapping[str, Any] | None = None,
        *,
        name: str = "",
        source: str = "",
        given: bool = False,
    ) -> int:
        """Add the result of an op; returns its index. BpdebugError when the shapes do not fit.

        `given` says that the scenario has no such name.
        """
        if op.with_numbers is not None:
            op = op.with_numbers(op, tuple(self._number(i) for i in operands))
        filled = {**op.options, **(options or {})}
        layout = op.layout(tuple(self.nodes[i].shape for i in operands), filled)
        for at, i in enumerate(operands):
            if op.indices_from is not None and at >= op.indices_from:
                check_index(self.nodes, i)
            elif self.nodes[i].needs_gradient and layout.maps[at] is None and not op.constant:
                raise BpdebugError(
                    f"{op.name} has no derivative for its operand {op.operands[at]} "
                    f"({self.nodes[i].label}); give it as data, without a gradient"
                )
        if len(source) > SOURCE_LENGTH:
            source = source[: SOURCE_LENGTH - 1] + "…"
        index = len(self.nodes)
        needs = not op.constant and any(self.nodes[i].needs_gradient for i in operands)
        made = Node(
            index,
            name,
            Kind.OP,
            layout.shape,
            op,
            operands,
            filled,
            layout,
            needs,
            source=source,
            given=given,
            group=self._group,
        )
        return self._add(made)

    def _number(self, index: int) -> float | None:
        """The value of a number that an expression writes out; None for every other node."""
        value = self.nodes[index].value
        return float(value) if value is not None and value.ndim == 0 else None

    def _add(self, node: Node) -> int:
        if node.name:
            if node.name in self.names:
                raise BpdebugError(f"the name '{node.name}' is defined twice; choose another")
            self.names[node.name] = node.index
        self.nodes.append(node)
        return node.index

    def finish(self, loss: int) -> Graph:
        """The graph whose backward pass starts at `loss`; BpdebugError if that is no scalar."""
        node = self.nodes[loss]
        if node.shape != ():
            raise BpdebugError(
                f"the loss '{node.label}' has shape {show_shape(node.shape)}, "
                "but must be a scalar; take its sum or its mean"
            )
        return Graph(tuple(self.nodes), loss, dict(self.names), self.declared)


class Graph:
    """Nodes, the loss, and the edges of the backward pass in their order.

    The backward pass visits results from the loss down, against the order in which they were
    computed. At each, leaves come first (a layer's parameters get their gradients) and then the
    results that the gradient travels on through. Nodes that cannot reach the loss, or need no
    gradient, have no edges.
    """

    def __init__(
        self,
        nodes: tuple[Node, ...],
        loss: int,
        names: dict[str, int],
        declared: dict[str, Declared],
    ) -> None:
        self.nodes = nodes
        self.loss = loss
        self.names = names
        self.forward_order = tuple(n.index for n in nodes if n.op is not None)
        self.edges = self._find_edges()
        self.into = grouped(self.edges, lambda edge: edge.operand)
        """Edges that contribute to a node's gradient, in their order."""
        self.out_of = grouped(self.edges, lambda edge: edge.output)
        """Edges that carry a node's gradient on to its operands."""
        self.binding = tuple(edge for edge in self.edges if self.index_map(edge).binds)
        """Edges whose terms go to cells that the data picks, so that they change with the batch."""
        self.layers = find_layers(self)
        """The layers in the order of computation. Every pre-activation has a name by now."""
        self.nodes, self.names = with_names(self.nodes, self.names, self.layers, declared)
        self.groups = find_groups(self.nodes, declared)
        """The groups by name, each before those inside it."""

    def node(self, name: str) -> Node:
        """The node with this name; KeyError when there is none."""
        return self.nodes[self.names[name]]

    def has_gradient(self, index: int) -> bool:
        """True for the loss and for every node that the backward pass writes a gradient for."""
        return index == self.loss or index in self.into

    def index_map(self, edge: Edge) -> IndexMap:
        """The index map of an edge: its terms, their cells and their factors.

        Of an edge in `binding` it says only what follows from shapes; the rest says the map of a
        recorded pass, or of an iteration's timeline.
        """
        layout = self.nodes[edge.output].layout
        assert layout is not None
        found = layout.maps[edge.position]
        assert found is not None
        return found

    def _find_edges(self) -> tuple[Edge, ...]:
        reached = {self.loss}
        pairs: list[tuple[int, int, int]] = []
        for node in reversed(self.nodes):
            if node.index not in reached or node.op is None or not node.needs_gradient:
                continue
            wanted = [
                (position, operand)
                for position, operand in enumerate(node.operands)
                if self.nodes[operand].needs_gradient
            ]
            wanted.sort(key=lambda pair: not self.nodes[pair[1]].is_leaf)
            for position, operand in wanted:
                reached.add(operand)
                pairs.append((node.index, operand, position))
        total = Counter(operand for _, operand, _ in pairs)
        seen: Counter[int] = Counter()
        edges = []
        for index, (output, operand, position) in enumerate(pairs):
            seen[operand] += 1
            edges.append(Edge(index, output, operand, position, seen[operand], total[operand]))
        return tuple(edges)


def grouped(edges: Iterable[Edge], key: Callable[[Edge], int]) -> dict[int, tuple[Edge, ...]]:
    """Edges by node, each group in the order of the backward pass."""
    groups: dict[int, list[Edge]] = {}
    for edge in edges:
        groups.setdefault(key(edge), []).append(edge)
    return {node: tuple(group) for node, group in groups.items()}


def with_names(
    nodes: tuple[Node, ...],
    names: dict[str, int],
    layers: Sequence[Layer],
    declared: Mapping[str, Declared],
) -> tuple[tuple[Node, ...], dict[str, int]]:
    """The nodes and their names, with a name for every pre-activation, so that it can be typed.

    The pre-activation of `h = "sigmoid(W @ x + b)"` is called `z_h`. Where the activation's result
    has no name either, the layer's number stands in its place: `z_1`, and in a group `block1.z_1`;
    the layers of a network give no such prefix. A name that is taken already gets the first free
    ordinal behind it: `z_h_2`.
    """
    found, known = list(nodes), dict(names)
    for layer in layers:
        node = found[layer.pre_activation]
        if node.name:
            continue
        result = "" if layer.activation is None else found[layer.activation].name
        group, dot, last = result.rpartition(".")
        if not result and not in_a_layer(node.group, declared):
            group, dot = node.group, "." if node.group else ""
        name = free(f"{group}{dot}z_{last or layer.number}", known)
        known[name] = node.index
        found[node.index] = replace(node, name=name, given=True)
    return tuple(found), known


def in_a_layer(group: str, declared: Mapping[str, Declared]) -> bool:
    """Whether a group is a layer of a network, or stands in it."""
    made = (declared[name] for name in around(group) if name in declared)
    return any(one.origin is Origin.LAYER for one in made)


def free(name: str, taken: Container[str]) -> str:
    """The name, or the first of `name_2`, `name_3`, … that neither a node nor an op has."""
    candidates = (name if n == 1 else f"{name}_{n}" for n in count(1))
    return next(one for one in candidates if one not in taken and one not in REGISTRY)
