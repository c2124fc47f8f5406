"""Where an infinity comes from, followed from the cell that it spoils to the cell that made it.

An infinity made from data alone is meant: −∞ in the mask of an attention. An infinity made from a
parameter is an overflow or a division by 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bpdebug.graph import RecordedPass
from bpdebug.graph.reads import cells_read
from bpdebug.ops import Array, Index
from bpdebug.records import record

NodeCell = tuple[int, Index]
"""A node, and a cell of its value."""
EACH, MOST = 64, 4096
"""How many infinite cells are followed for each operand, and in all."""


@record
class Origin:
    """An infinite cell whose operands are finite, or are data."""

    node: int
    cell: Index
    learned: bool
    """True where a gradient goes through the cell, and no infinity among the data explains it."""
    from_data: bool
    """True where an infinite input, or number in an expression, enters the computation here."""


def origin_of(recorded: RecordedPass, starts: Sequence[NodeCell]) -> Origin | None:
    """The origin of some infinite cells: the earliest, of learned origins where there are any.

    None where none of them is the value of an op.
    """
    candidates = list(origins(recorded, starts))
    return min(
        candidates, key=lambda origin: (not origin.learned, origin.node, origin.cell), default=None
    )


def origins(recorded: RecordedPass, starts: Sequence[NodeCell]) -> Iterator[Origin]:
    """Every origin of some infinite cells, as far as the limits go."""
    pending, seen = list(starts), set(starts)
    while pending:
        node, cell = pending.pop()
        entry = recorded.graph.nodes[node]
        if entry.is_leaf:
            continue
        read = infinite_operands(recorded, node, cell)
        leaves = any(recorded.graph.nodes[operand].is_leaf for operand, _ in read)
        if leaves or not read:
            yield Origin(node, cell, entry.needs_gradient and not leaves, leaves)
        new = [each for each in read if each not in seen][: MOST - len(seen)]
        seen.update(new)
        pending.extend(new)


def infinite_operands(recorded: RecordedPass, node: int, cell: Index) -> list[NodeCell]:
    """The infinite cells among those that a cell of a result was computed from."""
    return spoiled_operands(recorded, node, cell, np.isinf)


def nan_operands(recorded: RecordedPass, node: int, cell: Index) -> list[NodeCell]:
    """The NaN cells among those that a cell of a result was computed from."""
    return spoiled_operands(recorded, node, cell, np.isnan)


def spoiled_operands(
    recorded: RecordedPass, node: int, cell: Index, spoiled: Callable[[Array], Array]
) -> list[NodeCell]:
    """The spoiled cells among those that a cell of a result was computed from."""
    cells: list[NodeCell] = []
    for position, operand in enumerate(recorded.graph.nodes[node].operands):
        read = cells_read(recorded, node, position, cell)
        if read is None:
            continue
        picked = np.asarray(recorded.values[operand])[
            tuple(slice(None) if at is None else at for at in read)
        ]
        for inner in np.argwhere(spoiled(picked))[:EACH].tolist():
            rest = iter(inner)
            cells.append((operand, tuple(next(rest) if at is None else at for at in read)))
    return cells
