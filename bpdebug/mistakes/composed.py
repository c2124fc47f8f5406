"""Functions of one operand that several ops compute, cell by cell: `log(1 + exp(x))`.

A person writes the backward pass of such a function in one line, with its derivative as a whole,
so that the line may be wrong as a whole. The function is a group of the graph, as a function of the
person's own is, or what lies between two named values where every op works cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.graph import Edge, Graph, Node
from bpdebug.graph.groups import Group, Origin
from bpdebug.mistakes.mistake import Impossible
from bpdebug.ops import REGISTRY, Array, Op
from bpdebug.ops.families.cellwise import UNARY
from bpdebug.records import record

if TYPE_CHECKING:
    from bpdebug.mistakes.stage import Stage

MOST = 24
"""So many functions are looked at in a graph."""
MOST_OPS = 40
"""A function has so many ops at most."""


@record
class Composed:
    """A function of one operand, taken cell by cell by one op or several."""

    result: int
    operand: int
    nodes: tuple[int, ...]
    """The results on the way from the operand to the result, in the order of computation."""
    edges: tuple[Edge, ...]
    """The edges between them, in the order of the backward pass."""
    name: str = ""
    """The group that it is; empty for what lies between two named values."""

    @property
    def inside(self) -> tuple[Edge, ...]:
        """The edges that reach the operand from within."""
        return tuple(edge for edge in self.edges if edge.operand == self.operand)

    def slope(self, stage: Stage, x: Array | None = None) -> Array:
        """The derivative of the function, cell by cell, at its operand or at other numbers."""
        values = {} if x is None else self.forward(stage, x)
        graph = stage.graph

        def value(node: int) -> Array:
            return values[node] if node in values else stage.value(node)

        slopes = {self.result: np.ones(graph.nodes[self.result].shape)}
        for edge in self.edges:
            if edge.output not in slopes:
                continue  # what only a condition reads
            operands = [value(i) for i in graph.nodes[edge.output].operands]
            part = stage.vjp(edge, slopes[edge.output], operands, value(edge.output))
            known = slopes.get(edge.operand)
            slopes[edge.operand] = part if known is None else known + part
        return slopes[self.operand]

    def one_line(self, stage: Stage) -> bool:
        """Whether its backward pass is one line of several edges' work.

        Several of its edges multiply by something else than 1 or −1, or it is a group in which a
        value goes several ways. Of what has no name, as `h + tanh(h)`, each way may be a line.
        """
        factors = sum(not np.all(np.abs(stage.local(edge)) == 1.0) for edge in self.edges)
        forks = len({edge.operand for edge in self.edges}) < len(self.edges)
        return factors > 1 or (forks and bool(self.name))

    def forward(self, stage: Stage, x: Array) -> dict[int, Array]:
        """The values on the way, by node, for other numbers in the operand."""
        values = {self.operand: np.asarray(x)}
        for at in self.nodes:
            node = stage.graph.nodes[at]
            assert node.op is not None
            operands = [values[i] if i in values else stage.value(i) for i in node.operands]
            try:
                values[at] = np.asarray(node.op.forward(*operands, **node.options))
            except (ValueError, TypeError, IndexError):
                raise Impossible from None
        return values

    def equal_op(self, stage: Stage) -> Op | None:
        """The function of the library that it equals, at its numbers and at others; else None."""
        x = stage.value(self.operand)
        # Both signs, so that relu is no identity, and numbers that are not too large for exp.
        others = (x, np.clip(-x, -3.0, 3.0), 0.5 * np.clip(x, -4.0, 4.0) + 0.1)
        with np.errstate(all="ignore"):
            mine = [self.forward(stage, one)[self.result] for one in others]
            for op in REGISTRY.values():
                if op.signature == UNARY:
                    found = (np.asarray(op.forward(one, **op.options)) for one in others)
                    if all(close(one, y) for one, y in zip(found, mine, strict=True)):
                        return op
        return None

    def straight(self, stage: Stage) -> bool:
        """Whether its slope is the same everywhere, as that of 2·x + 1."""
        x = stage.value(self.operand)
        here = self.slope(stage)
        return all(close(self.slope(stage, one), here) for one in (-x, 0.5 * x + 0.1))


def close(one: Array, other: Array) -> bool:
    """Whether arrays are equal but for rounding, of the kind of numbers that they have."""
    single = np.float32 in (one.dtype, other.dtype)
    unit = 1e-5 if single else 1e-13
    return one.shape == other.shape and np.allclose(one, other, rtol=unit, atol=unit)


def composed(graph: Graph, gradients: Sequence[int]) -> tuple[Composed, ...]:
    """The functions of one operand whose gradient is among those given, the first ones written.

    Where a group and what lies between named values is one function, it has the group's name.
    """
    found: dict[tuple[int, int], Composed] = {}
    wanted = set(gradients)
    groups = (of_group(graph, group) for group in graph.groups.values())
    for one in (*groups, *islice(between_names(graph), MOST)):
        if one is not None and one.operand in wanted:
            key = (one.operand, one.result)
            if one.name or key not in found:
                found[key] = one
    return tuple(islice(found.values(), MOST))


def of_group(graph: Graph, group: Group) -> Composed | None:
    """The function that a group is; None where it is something else."""
    if group.origin is Origin.LAYER or len(group.results) != 1 or len(group.nodes) > MOST_OPS:
        return None
    operands = [i for i in group.operands if graph.nodes[i].needs_gradient]
    if len(operands) != 1:
        return None
    return made(graph, operands[0], group.result, group.name)


def between_names(graph: Graph) -> Iterator[Composed]:
    """What lies between two named values and reads nothing else but numbers."""
    below: dict[int, tuple[int, ...]] = {}
    """By node: the values that all ways down from it go through, itself first."""
    for node in graph.nodes:
        below[node.index] = (node.index, *ways_down(graph, node, below))
    for node in graph.nodes:
        if node.op is None or not node.name or not node.needs_gradient:
            continue
        for operand in below[node.index][1:]:
            if graph.nodes[operand].name:
                one = made(graph, operand, node.index, "")
                if one is not None and only_numbers(graph, one):
                    yield one


def ways_down(graph: Graph, node: Node, below: dict[int, tuple[int, ...]]) -> tuple[int, ...]:
    """The values below a node that all ways down from it go through, as far as it is cellwise."""
    operands = [i for i in dict.fromkeys(node.operands) if graph.nodes[i].needs_gradient]
    if not operands or not cellwise(node):
        return ()
    if any(graph.nodes[i].shape != node.shape for i in operands):
        return ()
    common = set.intersection(*(set(below[i]) for i in operands))
    return tuple(i for i in below[operands[0]] if i in common)[:MOST_OPS]


def cellwise(node: Node) -> bool:
    """True for the result of an op that works cell by cell, broadcasting aside."""
    layout = node.layout
    return layout is not None and layout.signature is not None and layout.signature.cellwise


def made(graph: Graph, operand: int, result: int, name: str) -> Composed | None:
    """The function from an operand to a result; None where it is not taken cell by cell."""
    between = ways(graph, operand, result)
    shape = graph.nodes[operand].shape
    nodes = [graph.nodes[at] for at in between]
    if not shape or len(between) > MOST_OPS:
        return None
    if not all(cellwise(node) and node.shape == shape for node in nodes):
        return None
    own = {operand, *between}
    read = {i for node in nodes for i in node.operands if i not in own}
    edges = [e for at in between for e in graph.out_of.get(at, ()) if e.operand in own]
    leaves = any(e.output not in own for at in between[:-1] for e in graph.into.get(at, ()))
    if leaves or any(graph.nodes[i].needs_gradient for i in read):
        return None
    if not any(edge.operand == operand for edge in edges):
        return None
    edges.sort(key=lambda edge: edge.index)
    return Composed(result, operand, tuple(between), tuple(edges), name)


def ways(graph: Graph, operand: int, result: int) -> list[int]:
    """The results on the ways from an operand to a result, itself included."""
    below = {operand}
    for at in range(operand + 1, result + 1):
        if not below.isdisjoint(graph.nodes[at].operands):
            below.add(at)
    found = {result}
    for at in range(result, operand, -1):
        if at in found:
            found.update(i for i in graph.nodes[at].operands if i in below)
    return sorted(found - {operand})


def only_numbers(graph: Graph, one: Composed) -> bool:
    """Whether a function reads nothing but its operand and numbers."""
    own = {one.operand, *one.nodes}
    outside = {i for at in one.nodes for i in graph.nodes[at].operands if i not in own}
    return all(number(graph, at) for at in outside)


def number(graph: Graph, at: int) -> bool:
    """Whether a node is a number, or computed from numbers."""
    node = graph.nodes[at]
    if node.op is None:
        return node.value is not None
    return all(number(graph, i) for i in node.operands)
