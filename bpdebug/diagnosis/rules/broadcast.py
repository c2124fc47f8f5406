"""Prediction and target of different shapes: each row of the one meets every row of the other."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.rules.rule import FaultRule
from bpdebug.graph import Kind, Node
from bpdebug.ops import show_shape


def find_faults(case: Case) -> Iterator[Finding]:
    """A finding for every result behind the output that stretches it and a target both.

    Seen from the graph alone: two operands that are both repeated, each along an axis of the
    other's rows, the one computed from parameters and the other from data alone.
    """
    graph = case.graph
    learned = depends_on_parameters(case)
    for node in graph.nodes:
        if len(node.operands) != 2 or node.index not in case.network.behind:
            continue
        a, b = (graph.nodes[operand] for operand in node.operands)
        if learned[a.index] == learned[b.index]:
            continue
        prediction, target = (a, b) if learned[a.index] else (b, a)
        if target.kind is Kind.CONSTANT or not crossed(prediction, target, node):
            continue
        first, second = case.label(prediction.index), case.label(target.index)
        yield Finding(
            Fault.BROADCAST,
            case.label(node.index),
            f"{first} has shape {show_shape(prediction.shape)} and {second} has shape "
            f"{show_shape(target.shape)}, so each is repeated along the other and the result has "
            f"shape {show_shape(node.shape)}: every row of {first} meets every row of {second}",
            f"give {second} the shape {show_shape(prediction.shape)}",
            *case.at_value(node.index),
            node=node.index,
        )


def crossed(prediction: Node, target: Node, result: Node) -> bool:
    """True for (n, 1) against (n), and the like: both are stretched, to the same extent."""
    rank = len(result.shape)
    if max(len(prediction.shape), len(target.shape)) != rank:
        return False
    a, b = padded(prediction.shape, rank), padded(target.shape, rank)
    first = [n for n, m in zip(a, b, strict=True) if m == 1 < n]
    second = [m for n, m in zip(a, b, strict=True) if n == 1 < m]
    return bool(first) and first == second


def padded(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """A shape with axes of size 1 before it."""
    return (1,) * (rank - len(shape)) + shape


def depends_on_parameters(case: Case) -> list[bool]:
    """By node: whether it is computed from a parameter."""
    found: list[bool] = []
    for node in case.graph.nodes:
        found.append(
            node.kind is Kind.PARAMETER or any(found[operand] for operand in node.operands)
        )
    return found


RULE = FaultRule(
    Fault.BROADCAST,
    "after the last layer, an op combines a result, for example of shape (n, 1), with data of as "
    "many rows but another shape, for example (n), and broadcasts both",
    find_faults,
)
