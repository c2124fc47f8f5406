"""A softmax over one unit: its result is 1 whatever comes in, so nothing before it can learn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.causes import SPOILS
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow
from bpdebug.graph import Node
from bpdebug.ops import show_shape
from bpdebug.ops.families.softmax import SHARED
from bpdebug.ops.spelling import matched


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield a finding for every softmax, or division by its own sum, over an axis of size 1.

    Only results after the output count: attention over a single key is intended.
    """
    graph = case.graph
    for node in case.network.nodes:
        if not graph.has_gradient(node.index) or node.index not in case.network.behind:
            continue
        axis = share_axis(case, node)
        if axis is None or node.shape[axis] != 1:
            continue
        assert node.op is not None  # a result
        always = f"{float(node.op.forward(np.zeros(1), axis=0)[0]):g}" if node.op.shares else "1"
        name = case.label(node.index)
        yield Finding(
            name,
            f"{name} has shape {show_shape(node.shape)} and shares out a sum of 1 along axis "
            f"{axis}, which has one unit: it is {always} whatever comes in, with derivative 0",
            "take sigmoid for one unit, or as many units as there are classes",
            *case.at_value(node.index),
            node=node.operands[0],
            blocks=True,
        )


def share_axis(case: Case, node: Node) -> int | None:
    """The axis along which a result sums to 1; None for other results."""
    if node.op is None:
        return None
    if node.op.shares:
        return int(node.options["axis"]) % len(node.shape) if node.shape else None
    if matched(SHARED, node.index, case.comparisons.read_at) is None:
        return None
    whole, total = (case.network.nodes[operand] for operand in node.operands)
    axis = total.options.get("axis")
    keepdims = bool(total.options.get("keepdims"))
    return axis % len(whole.shape) if isinstance(axis, int) and keepdims and whole.shape else None


RULE = Rule(
    "softmax-over-one-unit",
    "softmax over one unit",
    When.BEFORE,
    "the output goes through a softmax, or a division by its own sum, along an axis of size 1",
    find_faults,
    explains=SPOILS
    | follow(
        "softmax-over-one-unit",
        "wrong-output-activation",
        "wrong-loss-for-task",
        "bad-init",
        "vanishing-gradient",
    ),
    looks="The output is 1 for every row, the accuracy that of one class, and nothing moves.",
    why="A softmax shares a sum of 1 among its units. One unit gets all of it, "
    "whatever it computes, and the gradient is 0.",
    mends="A sigmoid for one unit; or as many units as there are classes.",
)
