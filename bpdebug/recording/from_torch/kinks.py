"""Where a value stands so near to a kink that rounding decides on which side its gradient is.

PyTorch and bpdebug sum in another order, so that a pre-activation of 3e-7 in the one may be −1e-7
in the other. Both gradients are right then, each at its own values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from bpdebug.check.probe import sides
from bpdebug.graph import Engine, Graph, Node, RecordedPass
from bpdebug.ops import Array, of_dtype
from bpdebug.recording.recorder import UNKNOWN
from bpdebug.recording.recording import Recording
from bpdebug.recording.value import Role, Value
from bpdebug.records import record
from bpdebug.run import Run


@record
class AtKink:
    """A pass with PyTorch's values, in which some value is on the other side of a kink."""

    note: str
    """What the user should know: the first op where that is so, and what to do."""
    replayed: RecordedPass


@contextmanager
def all_apart(values: Sequence[Value]) -> Iterator[None]:
    """While a recording is written: all values that PyTorch computed have an entry of their own.

    Afterwards the values have the names that they had.
    """
    before = [(one, one.name, one.apart) for one in values]
    for one in values:
        one.apart = one.apart or computed(one)
    try:
        yield
    finally:
        for one, name, apart in before:
            one.name, one.apart = name, apart


def computed(value: Value) -> bool:
    """Whether a value is a result whose numbers PyTorch computed by themselves."""
    return value.role is Role.RESULT and value.array is not UNKNOWN


def at_kink(recording: Recording) -> AtKink | None:
    """The pass with PyTorch's values, if an op with a kink or a choice takes another side there.

    `recording` is spelled out. None where all ops take the same sides as with bpdebug's values.
    """
    recorded = Run(recording.problem(1)).iteration(1).recorded
    replayed = at_known_values(recording, recorded)
    for node in recorded.graph.nodes:
        ours = sides(node, recorded.operands(node.index))
        if ours is None or not node.needs_gradient:
            continue
        if not np.array_equal(ours, sides(node, replayed.operands(node.index)), equal_nan=True):
            return AtKink(note(recording, recorded.graph, node), replayed)
    return None


def at_known_values(recording: Recording, recorded: RecordedPass) -> RecordedPass:
    """The pass in which every result that PyTorch computed too is as PyTorch has it."""
    graph, known = recorded.graph, dict[int, Array]()
    for name, value in recording.made.items():
        if not computed(value):
            continue
        node = graph.nodes[graph.names[name]]
        theirs = np.asarray(value.array)
        if not node.is_leaf and theirs.dtype.kind == "f" and theirs.shape == node.shape:
            known[node.index] = of_dtype(theirs, recorded.dtype)
    leaves = {one.index: recorded.values[one.index] for one in graph.nodes if one.is_leaf}
    return Engine(graph, recorded.dtype).run(leaves, known)


def note(recording: Recording, graph: Graph, node: Node) -> str:
    """The note about an op that has a value within rounding of its kink."""
    assert node.op is not None
    # What has no name here is a part of a call, whose own entry is named next.
    called = next(one.name for one in graph.nodes[node.index :] if one.name in recording.made)
    value = recording.made[called]
    users = {one: user for user in recording.made.values() for one in user.operands}
    while not value.name and value in users:  # the recording that is given has no such entry
        value = users[value]
    where = f" ({value.line.short})" if value.line.short else ""
    return (
        f"{node.op.name} at {value.name or called}{where}: a value stands within rounding of the "
        "kink, so that PyTorch's gradient may be of the other side; record in float64 "
        "(.double()) to be sure"
    )
