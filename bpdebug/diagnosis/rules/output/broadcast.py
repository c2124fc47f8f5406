"""Prediction and target of clashing shapes: each row of either meets every row of the other."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When
from bpdebug.graph import Kind, Node
from bpdebug.ops import show_shape


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every result after the output that broadcasts both it and a target.

    The graph alone shows it: of two operands, each repeated along an axis of the other's rows,
    only the prediction is computed from parameters.
    """
    learned = case.comparisons.learned
    for node in case.network.nodes:
        if len(node.operands) != 2 or node.index not in case.network.behind:
            continue
        a, b = (case.network.nodes[operand] for operand in node.operands)
        if learned[a.index] == learned[b.index]:
            continue
        prediction, target = (a, b) if learned[a.index] else (b, a)
        if target.kind is Kind.CONSTANT or not crossed(prediction, target, node):
            continue
        first, second = case.label(prediction.index), case.label(target.index)
        yield Finding(
            case.label(node.index),
            f"{first} has shape {show_shape(prediction.shape)} and {second} has shape "
            f"{show_shape(target.shape)}, so each is repeated along the other and the result has "
            f"shape {show_shape(node.shape)}: every row of {first} meets every row of {second}",
            f"give {second} the shape {show_shape(prediction.shape)}",
            *case.at_value(node.index),
            node=node.index,
        )


def crossed(prediction: Node, target: Node, result: Node) -> bool:
    """True for (n, 1) against (n), and the like: both are repeated, and equally often."""
    rank = len(result.shape)
    if max(len(prediction.shape), len(target.shape)) != rank:
        return False
    a, b = padded(prediction.shape, rank), padded(target.shape, rank)
    first = [n for n, m in zip(a, b, strict=True) if m == 1 < n]
    second = [m for n, m in zip(a, b, strict=True) if n == 1 < m]
    return bool(first) and first == second


def padded(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """A shape with axes of size 1 in front, so that it has `rank` axes."""
    return (1,) * (rank - len(shape)) + shape


RULE = Rule(
    "shape-broadcast",
    "prediction and target are broadcast",
    When.BEFORE,
    "after the last layer, an op combines a result, for example of shape (n, 1), with data of as "
    "many rows but another shape, for example (n), and broadcasts both",
    find_faults,
    explains=SPOILS,
    looks="The loss falls to the spread of the targets and stops; the output is their mean.",
    why="(n, 1) against (n) is a table of n × n: every row meets every target.",
    mends="The target in the shape of the prediction.",
)
