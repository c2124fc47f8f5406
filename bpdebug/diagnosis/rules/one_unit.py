"""A softmax over one unit: its result is 1 whatever comes in, so nothing before it can learn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding
from bpdebug.diagnosis.rules.rule import FaultRule
from bpdebug.graph import Graph, Node
from bpdebug.graph.spelled import reader
from bpdebug.ops import show_shape
from bpdebug.ops.families.softmax import SHARED
from bpdebug.ops.spelling import matched


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every softmax, or division by its own sum, over an axis of size 1.

    Only results after the output count: attention over a single key is intended.
    """
    graph = case.graph
    for node in graph.nodes:
        if not graph.has_gradient(node.index) or node.index not in case.network.behind:
            continue
        axis = share_axis(graph, node)
        if axis is None or node.shape[axis] != 1:
            continue
        assert node.op is not None  # a result
        always = f"{float(node.op.forward(np.zeros(1), axis=0)[0]):g}" if node.op.shares else "1"
        name = case.label(node.index)
        yield Finding(
            Fault.ONE_UNIT,
            name,
            f"{name} has shape {show_shape(node.shape)} and shares out a sum of 1 along axis "
            f"{axis}, which has one unit: it is {always} whatever comes in, with derivative 0",
            "take sigmoid for one unit, or as many units as there are classes",
            *case.at_value(node.index),
            node=node.operands[0],
            blocks=True,
        )


def share_axis(graph: Graph, node: Node) -> int | None:
    """The axis along which a result sums to 1; None for other results."""
    if node.op is None:
        return None
    if node.op.shares:
        return int(node.options["axis"]) % len(node.shape) if node.shape else None
    if matched(SHARED, node.index, reader(graph.nodes), partial(alike, graph)) is None:
        return None
    whole, total = (graph.nodes[operand] for operand in node.operands)
    axis = total.options.get("axis")
    keepdims = bool(total.options.get("keepdims"))
    return axis % len(whole.shape) if isinstance(axis, int) and keepdims and whole.shape else None


def alike(graph: Graph, first: int, second: int) -> bool:
    """Whether two nodes are an expression written twice: equal ops of equal operands."""
    pending, seen = [(first, second)], {(first, second)}
    while pending:
        a, b = (graph.nodes[index] for index in pending.pop())
        if a is b or (a.value is not None and np.array_equal(a.value, np.asarray(b.value))):
            continue
        if a.op is None or a.op is not b.op or a.options != b.options:
            return False
        if len(a.operands) != len(b.operands):
            return False
        new = set(zip(a.operands, b.operands, strict=True)) - seen
        seen |= new
        pending += new
    return True


RULE = FaultRule(
    Fault.ONE_UNIT,
    "the output goes through a softmax, or a division by its own sum, along an axis of size 1",
    find_faults,
)
