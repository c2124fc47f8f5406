"""Layers and their δ: where the pre-activations of a graph are, however it is written.

A pre-activation is what a dense computation feeds into an activation, into the next dense
computation or, as the network's output, into the loss. A bias, a transposition, a scale or a
normalisation may stand between. The gradient there is the layer's δ.

Layers are numbered by depth: one more than the deepest layer before them. Branches side by side
(gates, heads, twin towers) therefore share a number, and so do the uses of the same weights at
several times. A number that belongs to one pre-activation alone names its δ.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import prod
from typing import Protocol

from bpdebug.graph.dense import Dense, Weighing, carried_axis
from bpdebug.graph.node import Edge, Kind, Node
from bpdebug.graph.numbering import Numbering
from bpdebug.graph.spelled import activations
from bpdebug.ops import Carries, Op, Product
from bpdebug.records import record


@record
class Layer:
    """A pre-activation with the layer that it belongs to."""

    number: int
    """The layer's number: from 1, by depth."""
    pre_activation: int
    activation: int | None
    """The node of the activation's result; None where none follows."""
    function: Op | None = None
    """The activation, also where it is written out in other ops."""
    units_axis: int | None = None
    """The axis of the pre-activation along which the units lie; None for a single unit, where
    every entry is an example."""
    at: int = 0
    """Its place in the graph's layers."""
    stage: int = 1
    """How many pre-activations lie on the longest path to it, itself counted."""
    alone: bool = True
    """True where no other pre-activation has this number, so that `δ` with it is unambiguous."""


class Linked(Protocol):
    """What a search for layers reads of a graph."""

    @property
    def nodes(self) -> tuple[Node, ...]: ...

    @property
    def loss(self) -> int: ...

    @property
    def into(self) -> Mapping[int, tuple[Edge, ...]]: ...


def find_layers(graph: Linked) -> tuple[Layer, ...]:
    """The layers of a graph whose δ the backward pass computes, in the order of computation."""
    return _Search(graph).layers()


class _Search:
    """A search for the layers of a graph. Every walk is a loop over the nodes."""

    def __init__(self, graph: Linked) -> None:
        self.graph = graph
        self.nodes = graph.nodes
        weighing = Weighing(graph.nodes)
        self.pure = weighing.pure
        self.dense = weighing.found()
        self.fed: list[bool] = []
        """By node: True where a dense computation reaches it through ops that bend nothing."""
        self.weights = {at: weighing.weights_of(at, one) for at, one in self.dense.items()}
        self.activated: dict[int, tuple[int, Op]] = {}
        """By pre-activation: the activation's result and its op."""
        self.owner: dict[int, int] = {}
        """By node between dense computations and a pre-activation: the pre-activation."""
        self.sliced: dict[int, set[int]] = {}
        """By pre-activation: those that are other slices of the same weighted sum, as gates are."""
        self.ends: set[int] = set()
        """Pre-activations that no activation follows at once."""
        self.behind: dict[int, int | None] = {}
        """By node that `top` passed: the last of its dense computation behind it; None for none."""

    def layers(self) -> tuple[Layer, ...]:
        """The layers: first those with an activation, then other dense computations that count."""
        self.drop_gains()
        for result, operand, op in activations(self.nodes):
            if self.fed[operand] and operand in self.graph.into:
                self.activated.setdefault(operand, (result, op))
        for operand in self.activated:
            self.own(operand)
        self.dense = {at: one for at, one in self.dense.items() if one.evident or at in self.owner}
        self.fed = self.fed_nodes(self.dense)
        self.other_ends()
        found = sorted({*self.activated, *self.ends})
        numbers = Numbering(self.nodes, found, self.shared_weights(found))
        axes = self.axes()
        layers = []
        for at, index in enumerate(found):
            activation, function = self.activated.get(index, (None, None))
            number = numbers.numbers[index]
            stage, alone = numbers.stages[index], numbers.alone(number)
            axis = axes.get(index)
            layers.append(Layer(number, index, activation, function, axis, at, stage, alone))
        return tuple(layers)

    def drop_gains(self) -> None:
        """Leave out what only scales a weighted sum, as a normalisation's gain does."""
        evident = {at: one for at, one in self.dense.items() if one.evident}
        fed = self.fed_nodes(evident)
        self.dense = {
            at: one
            for at, one in self.dense.items()
            if one.evident or not any(fed[i] for i in self.nodes[at].operands)
        }
        self.fed = self.fed_nodes(self.dense)

    def fed_nodes(self, dense: Mapping[int, Dense]) -> list[bool]:
        """By node: True where a dense computation reaches it through ops that bend nothing."""
        found: list[bool] = []
        for node in self.nodes:
            carries = node.op is not None and node.op.carries is not Carries.NONE
            through = carries and any(found[i] for i in node.operands)
            found.append(node.index in dense or through)
        return found

    def own(self, pre_activation: int) -> None:
        """Give all between the dense computations and their pre-activation its owner."""
        pending = [(pre_activation, False)]
        while pending:
            index, sliced = pending.pop()
            if index in self.owner:
                if sliced:
                    self.sliced.setdefault(pre_activation, set()).add(self.owner[index])
                continue
            self.owner[index] = pre_activation
            node = self.nodes[index]
            operands = added(node) if index in self.dense else node.operands
            pending.extend((i, is_slice(node, self.nodes[i])) for i in operands if self.fed[i])

    def other_ends(self) -> None:
        """The pre-activations that no activation follows at once, found from the loss down."""
        reach = [False] * len(self.nodes)
        for node in reversed(self.nodes):
            reach[node.index] = self.reach(node, reach)
            if node.index in self.dense and node.index not in self.owner:
                top = self.top(node.index)
                if self.is_end(top, reach[top]):
                    self.ends.add(top)
                    self.own(top)

    def is_end(self, top: int, bent: bool) -> bool:
        """Whether the result of a dense computation is a layer's, by what becomes of it."""
        return bent and top != self.graph.loss and top in self.graph.into

    def reach(self, node: Node, reach: list[bool]) -> bool:
        """Whether a node's value meets, on a path to the loss, an activation or another bend, a
        layer's weights or the loss itself, at once or behind a product with another result, as
        queries and keys do."""
        for edge in self.graph.into.get(node.index, ()):
            user = self.nodes[edge.output]
            assert user.op is not None
            summed = user.op.product is Product.SUMS
            if user.index in self.dense and edge.position < len(user.op.factors(user.operands)):
                found = user.index in self.owner
            elif user.op.carries is Carries.NONE and not summed:
                found = user.op.product is Product.NONE
            else:
                ends = user.index == self.graph.loss and node.shape != ()
                found = reach[user.index] or (ends and user.op.carries is not Carries.NONE)
            if found:
                return True
        return False

    def top(self, index: int) -> int:
        """The last node of a dense computation: behind its biases.

        What a long sum has in common for all its products is looked up once.
        """
        way = [index]
        while way[-1] not in self.behind:
            user = self.only_user(way[-1])
            if user is None or not self.belongs(way[-1], user):
                self.behind[way[-1]] = None
            else:
                way.append(user)
        for at, user in reversed([*pairwise(way)]):
            op, last = self.nodes[user].op, self.behind[user]
            moves = op is not None and op.carries is Carries.MOVES
            self.behind[at] = user if last is None and not moves else last
        last = self.behind[index]
        return index if last is None else last

    def only_user(self, index: int) -> int | None:
        """The node that alone takes a node's value on to the loss, if it is not the loss."""
        users = {edge.output for edge in self.graph.into.get(index, ())}
        user = users.pop() if len(users) == 1 else self.graph.loss
        return None if user == self.graph.loss else user

    def belongs(self, index: int, user: int) -> bool:
        """Whether the node that uses a weighted sum only adds to it, or moves all its cells."""
        node = self.nodes[user]
        assert node.op is not None
        if node.op.product is Product.SUMS and index not in node.op.factors(node.operands):
            return True
        others = [i for i in node.operands if i != index]
        if node.op.carries is Carries.MOVES:
            return not others and prod(node.shape) == prod(self.nodes[index].shape)
        biases = all(self.pure[i] or self.nodes[i].kind is Kind.CONSTANT for i in others)
        sums = all(self.fed[i] and self.only_user(i) == user for i in others)
        if node.op.carries is Carries.ADDS:
            return bool(others) and (biases or sums)
        minus = node.op.carries is Carries.SUBTRACTS and node.operands[0] == index
        return minus and bool(others) and all(self.pure[i] for i in others)

    def shared_weights(self, found: list[int]) -> dict[int, set[object]]:
        """By pre-activation: the weights of its dense computations."""
        weights: dict[int, set[object]] = {index: set() for index in found}
        for at in self.dense:
            owner = self.owner.get(at)
            if owner in weights:
                weights[owner] |= self.weights[at]
        for index, others in self.sliced.items():
            for other in others & weights.keys():
                weights.setdefault(index, set()).update(weights[other])
        return weights

    def axes(self) -> dict[int, int | None]:
        """By node: the axis of units, from each dense computation up to its pre-activation."""
        axes: dict[int, int | None] = {}
        for node in self.nodes:
            if node.index in self.dense:
                axes[node.index] = self.dense[node.index].axis
            elif node.op is not None and node.op.carries is not Carries.NONE:
                axes[node.index] = carried_axis(node, axes)
        return axes


def is_slice(node: Node, operand: Node) -> bool:
    """True where a result has only some of the cells of its operand, where they stand."""
    moves = node.op is not None and node.op.carries is Carries.MOVES
    return moves and prod(node.shape) < prod(operand.shape)


def added(node: Node) -> tuple[int, ...]:
    """The operands of a dense computation that are no factors: its biases."""
    assert node.op is not None
    return node.operands[len(node.op.factors(node.operands)) :]
