"""What the declarations look at to find the places where their mistake can happen."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property

import numpy as np

from bpdebug.graph import Edge, Graph, Group, Kind, Node
from bpdebug.graph.spelled import activations
from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.composed import Composed, composed
from bpdebug.mistakes.handed import Quantity
from bpdebug.mistakes.mistake import Change, EdgeRule, Mistake
from bpdebug.mistakes.shares import WrittenShares, written_shares
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import Trial
from bpdebug.ops import REGISTRY, Array, Composite, Op, Product, Shape
from bpdebug.optimizer import Rule
from bpdebug.records import record, replace

MOST_SPREAD = 4_000_000
"""Arrays with an axis more, as for a bias that was not summed, are built up to so many cells."""


@record
class Activation:
    """An activation, also where it is written out in other ops."""

    result: int
    operand: int
    op: Op
    inside: tuple[Edge, ...]
    """The edges that reach the operand from within; a single edge where it is one op."""

    @property
    def alone(self) -> Edge | None:
        """The edge of an activation that is one op; None where it is written out."""
        one = self.inside[0]
        return one if len(self.inside) == 1 and one.output == self.result else None


@record
class Loss:
    """A loss that is a composite: a group of the graph."""

    group: Group
    prediction: int
    composite: Composite
    inside: tuple[Edge, ...]
    """The edges that reach the prediction from within."""


@record
class Inside:
    """What is inside some functions: edges by their index, and the results before the last."""

    edges: frozenset[int]
    nodes: frozenset[int]


class Grounds:
    """A graph at its numbers, with what was handed in, as far as declarations ask about it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.graph: Graph = bench.graph
        self.stage: Stage = bench.base.stages[0]
        self.last = bench.last
        self.base: Trial = bench.base
        """What the search goes on from: factors are measured on top of it."""
        self._whole: Trial = bench.base

    @property
    def whole_base(self) -> Trial:
        """The base with every prediction, also of what a few cells showed to be missed."""
        if self._whole.changes != self.base.changes:
            start = replace(self.bench.base, missed=self.base.missed)
            found = self.bench.probe(self.base.changes, start)
            assert found is not None
            self._whole = found
        return self._whole

    @cached_property
    def precise(self) -> bool:
        """True where the numbers have enough digits to tell factors apart by a millionth."""
        return all(one.precision.digits >= 10 for one in self.bench.handed)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The update rule of every trained parameter."""
        return self.bench.run.problem.rules

    @cached_property
    def updates(self) -> bool:
        """True where what was handed in depends on an update."""
        return self.last > 1 or any(
            one.quantity in (Quantity.NEW, Quantity.CHANGE) for one in self.bench.handed
        )

    @cached_property
    def shapes(self) -> dict[int, Shape]:
        """The shapes of the gradients that were handed in, by node."""
        return {
            one.node: one.values.shape
            for one in self.bench.handed
            if one.quantity is Quantity.GRADIENT
        }

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The edges that lead to an array that was handed in, in the order of the pass."""
        wanted = self.bench.wanted[0]
        return tuple(edge for edge in self.graph.edges if edge.operand in wanted)

    def node(self, index: int) -> Node:
        """A node of the graph."""
        return self.graph.nodes[index]

    def op(self, edge: Edge) -> Op:
        """The op of an edge."""
        found = self.graph.nodes[edge.output].op
        assert found is not None
        return found

    def leaf(self, index: int) -> bool:
        """True for a parameter or an input."""
        return self.graph.nodes[index].op is None

    @cached_property
    def gradients(self) -> tuple[int, ...]:
        """The nodes whose gradient matters, the loss aside, in the order of the pass."""
        return tuple(dict.fromkeys(edge.operand for edge in self.edges))

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activations whose operand's gradient matters."""
        found = []
        for result, operand, op in activations(self.graph.nodes):
            into = self.graph.into.get(operand, ())
            between = self.between(operand, result)
            inside = tuple(edge for edge in into if edge.output in between)
            if inside and operand in self.gradients:
                found.append(Activation(result, operand, op, inside))
        return tuple(found)

    @cached_property
    def composed(self) -> tuple[Composed, ...]:
        """The functions of several ops, or of an op with numbers, whose operand's gradient matters.

        A single op of one operand is one of them only where it may be an activation by another
        name, as `clip` is relu.
        """
        return tuple(
            one
            for one in composed(self.graph, self.gradients)
            if len(one.edges) > 1
            or not self.unary(one.edges[0])
            or (self.op(one.edges[0]).side is not None and not self.op(one.edges[0]).activation)
        )

    @cached_property
    def shares(self) -> tuple[WrittenShares, ...]:
        """Each softmax that is written out, where its operand's gradient matters."""
        return tuple(written_shares(self.graph, self.stage.value, self.gradients))

    @cached_property
    def inside(self) -> Inside:
        """The edges and values inside functions whose backward pass is one line of a program.

        They are those of groups, and of expressions in which nothing has a name.
        """
        edges: set[int] = set()
        nodes: set[int] = set()
        for one in self.composed:
            between = one.nodes[:-1]
            whole = one.name or not any(self.node(at).name for at in between)
            if whole and one.one_line(self.stage):
                edges.update(edge.index for edge in one.edges)
                nodes.update(between)
        return Inside(frozenset(edges), frozenset(nodes))

    @cached_property
    def written_out(self) -> frozenset[tuple[int, int]]:
        """The operand and the result of each activation that is written out."""
        return frozenset((a.operand, a.result) for a in self.activations if a.alone is None)

    @cached_property
    def activated(self) -> frozenset[int]:
        """The edges of activations that are one op."""
        alone = (one.alone for one in self.activations)
        return frozenset(edge.index for edge in alone if edge is not None)

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """The losses that are composites, where the gradient of their prediction matters."""
        found = []
        for group in self.graph.groups.values():
            if group.composite is None or not group.composite.loss:
                continue
            prediction = group.call[0]
            own = set(group.nodes)
            into = self.graph.into.get(prediction, ())
            inside = tuple(edge for edge in into if edge.output in own)
            if inside and prediction in self.gradients:
                found.append(Loss(group, prediction, group.composite, inside))
        return tuple(found)

    def between(self, operand: int, result: int) -> set[int]:
        """The nodes on the ways from an operand to a result, the result included."""
        below: set[int] = {operand}
        for index in range(operand + 1, result + 1):
            if not below.isdisjoint(self.graph.nodes[index].operands):
                below.add(index)
        found = {result}
        for index in range(result, operand, -1):
            if index in found:
                found.update(i for i in self.graph.nodes[index].operands if i in below)
        return found - {operand}

    def multiplies(self, edge: Edge) -> bool:
        """True on an edge of an op that multiplies two operands, as matmul and affine do."""
        op, operands = self.op(edge), self.graph.nodes[edge.output].operands
        two = len(op.factors(operands)) == 2
        return op.product is not Product.NONE and two and edge.position < 2

    def other_operand(self, edge: Edge) -> int:
        """The operand that the one of this edge is multiplied by."""
        return self.graph.nodes[edge.output].operands[1 - edge.position]

    def unary(self, edge: Edge) -> bool:
        """True on an edge of a function of a single operand, taken cell by cell."""
        node = self.graph.nodes[edge.output]
        return len(node.operands) == 1 and node.shape == self.graph.nodes[edge.operand].shape

    def constant_local(self, edge: Edge, value: float) -> bool:
        """True where an edge's local derivative is this number throughout."""
        rule = self.op(edge).partial(edge.position)
        if rule is None or rule.row is not None:
            return False
        local = self.stage.local(edge)
        return local.size <= MOST_SPREAD and bool(np.all(local == value))

    def alike(self, edge: Edge) -> tuple[str, ...]:
        """What edges have in common at which a person would write the same line."""
        node = self.graph.nodes[edge.output]
        fixed = [
            self.graph.nodes[i].name
            for i in node.operands
            if self.graph.nodes[i].kind is Kind.PARAMETER
        ]
        return (self.op(edge).name, str(edge.position), *fixed)

    @cached_property
    def counts(self) -> dict[Hashable, int]:
        """The numbers that may be the batch size, 1 among them, by what says so.

        They are what losses and means average over, and the rows of all data.
        """
        found: dict[Hashable, int] = {}
        for node in self.graph.nodes:
            if node.op is not None and node.op.averaged is not None and node.needs_gradient:
                shapes = tuple(self.graph.nodes[i].shape for i in node.operands)
                found["averaged", node.index] = node.op.averaged(shapes, node.options)
        data = [n.shape for n in self.graph.nodes if n.kind is Kind.INPUT and n.shape]
        for axis in (0, -1):
            # Examples lie along the first axis of all data, or along the last.
            extents = {shape[axis] for shape in data}
            if len(extents) == 1 and max(map(len, data)) > 1:
                found["rows", axis] = extents.pop()
                break
        return found

    @cached_property
    def examples(self) -> tuple[int, ...]:
        """The numbers that may be the batch size: what losses and means average over."""
        return tuple(dict.fromkeys(n for n in self.counts.values() if n > 1))

    @cached_property
    def axes(self) -> dict[Hashable, int]:
        """The sizes of all axes that a sum may run over, by node and axis."""
        return {
            (node.index, at): n
            for node in self.graph.nodes
            if node.needs_gradient or node.kind is Kind.INPUT
            for at, n in enumerate(node.shape)
        }

    @cached_property
    def extents(self) -> tuple[int, ...]:
        """The sizes of axes: what a sum may run over."""
        return tuple(dict.fromkeys(n for n in self.axes.values() if n > 1))

    def same_shape(self, index: int) -> Iterator[Node]:
        """Other nodes of a node's shape with other values, the nearest first."""
        node = self.graph.nodes[index]
        mine = self.stage.value(index)
        nearest = sorted(self.graph.nodes, key=lambda one: abs(one.index - index))
        for one in nearest:
            if one.index == index or one.shape != node.shape or one.kind is Kind.CONSTANT:
                continue
            if not np.array_equal(self.stage.value(one.index), mine):
                yield one


def at_edge(
    mistake: Mistake,
    edge: Edge,
    rule: EdgeRule,
    *,
    variant: str = "",
    other: int | None = None,
    detail: str = "",
    cost: float = 0.0,
    group: Sequence[str] = (),
) -> Change:
    """The change of a single edge's contribution."""
    return Change(
        mistake,
        (edge.operand,),
        edges={edge.index: rule},
        variant=variant,
        other=other,
        detail=detail,
        edge=edge.index,
        cost=cost,
        group=tuple(group),
    )


def scoped(grounds: Grounds, change: Change) -> Iterator[Change]:
    """Limit a change of a gradient to one use of it, or to all but one.

    A program may have the right δ for the pass below and a wrong one for the weights: the change is
    then in what one edge takes as its upstream gradient.
    """
    if change.edge is None or change.nodes:
        return
    edge = grounds.graph.edges[change.edge]
    node = edge.operand
    uses = [e for e in grounds.graph.out_of.get(node, ()) if e.operand in grounds.bench.wanted[0]]
    if len(grounds.graph.into.get(node, ())) != 1 or len(uses) < 2:
        return
    wrong = change.edges[edge.index]

    def used(stage: Stage, use: Edge, upstream: Array) -> Array:
        return stage.vjp(use, wrong(stage, edge, stage.upstream(edge)))

    chosen: list[tuple[Edge, ...]] = [(use,) for use in uses]
    if len(uses) > 2:
        chosen += [tuple(e for e in uses if e is not use) for use in uses]
    for group in chosen:
        yield Change(
            change.mistake,
            tuple(use.operand for use in group),
            edges={use.index: used for use in group},
            variant=change.variant,
            other=change.other,
            detail=change.detail,
            edge=edge.index,
            cost=change.cost + 0.7 + 0.1 * len(group),
            group=(*change.group, "used in", *(str(use.position) for use in group)),
            scope=", ".join(grounds.node(use.operand).label for use in group),
        )


def functions(like: Op) -> Iterator[Op]:
    """The other functions of one operand in an op's family, with their default settings."""
    for op in REGISTRY.values():
        if op.family == like.family and op is not like and len(op.operands) == 1:
            yield op
