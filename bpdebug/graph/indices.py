"""Index operands: whole numbers among the data that pick cells, and the maps that they decide.

They are inputs, or cells of inputs, so that a batch's indices are known without running it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph.node import Kind, Node
from bpdebug.ops import Array, Carries, IndexMap

REFUSED = "indices must be an input of whole numbers, or cells of one, as in E[tokens[0]]"


def check_index(nodes: Sequence[Node], index: int) -> None:
    """An error unless a node is an input without a gradient, or cells moved out of such inputs."""
    for at in sources(nodes, index):
        node = nodes[at]
        if node.kind is Kind.PARAMETER:
            raise BpdebugError(f"{REFUSED}; '{node.label}' is a parameter")
        if node.needs_gradient:
            raise BpdebugError(
                f"{REFUSED}; '{node.label}' asks for a gradient, which an index does not have: "
                "leave out gradient = true"
            )
        if node.op is not None and not moves(node):
            raise BpdebugError(f"{REFUSED}; '{node.label}' is computed by {node.op.name}")


def moves(node: Node) -> bool:
    """True for a result whose every cell is a cell of an operand, wherever the operands' are."""
    op = node.op
    return op is not None and op.carries is Carries.MOVES and op.indices_from is None


def sources(nodes: Sequence[Node], index: int) -> list[int]:
    """A node and all that its cells are moved from, operands first."""
    found, pending = {index}, [index]
    while pending:
        node = nodes[pending.pop()]
        new = set(node.operands) - found if moves(node) else set()
        found |= new
        pending.extend(new)
    return sorted(found)


def moved_values(nodes: Sequence[Node], index: int, leaves: Mapping[int, Array]) -> Array:
    """The value of an index operand, from those of the inputs, by node; a constant that is not
    among these has its own."""
    values: dict[int, Array] = {}
    for at in sources(nodes, index):
        node = nodes[at]
        if node.op is not None:
            operands = [values[operand] for operand in node.operands]
            values[at] = np.asarray(node.op.forward(*operands, **node.options))
        else:
            values[at] = np.asarray(leaves.get(at, node.value))
    return values[index]


def bound_map(
    nodes: Sequence[Node], node: int, position: int, value_of: Callable[[int], Array]
) -> IndexMap | None:
    """The index map of a result's operand, bound to the values of the op's index operands.

    None for an operand without a derivative. `value_of` gives a node's value.
    """
    made = nodes[node]
    assert made.op is not None and made.layout is not None
    found = made.layout.maps[position]
    if found is None or not found.binds:
        return found
    return found.bound([value_of(i) for i in made.operands[made.op.indices_from :]])
