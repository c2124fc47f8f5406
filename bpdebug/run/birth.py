"""Where the first NaN or infinity of an iteration is born: to the tick, and to the cell.

What is looked at is what the debugger shows: every value, every contribution cell by cell and term
by term, every accumulated gradient, every line of the update. What an iteration inherits (its
parameters are not finite when it begins) is born at position 0: it was born in an earlier one.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from bpdebug.graph import Edge
from bpdebug.ops import Array, Index
from bpdebug.ops.index_map import ravel, unravel
from bpdebug.record import record
from bpdebug.run.run import Iteration
from bpdebug.trace import term_at
from bpdebug.trace.state import cell_factors, earlier_cell


@record
class Birth:
    """The first thing in an iteration that is NaN or infinite."""

    position: int
    """The tick that makes it; 0 where the iteration began with it."""
    cell: Index = ()
    """Of the value, gradient or parameter that the tick writes."""
    value: float = float("nan")
    """What is there now: NaN, or an infinity."""


_FOUND: WeakKeyDictionary[Iteration, Birth | None] = WeakKeyDictionary()


def birth_of(iteration: Iteration) -> Birth | None:
    """Where an iteration's first NaN or infinity is born; None when all of it is finite."""
    if iteration not in _FOUND:
        _FOUND[iteration] = find_birth(iteration)
    return _FOUND[iteration]


def find_birth(iteration: Iteration) -> Birth | None:
    """The same, looked for."""
    run, timeline = iteration.run, iteration.timeline
    graph = run.graph
    for node in graph.nodes:
        if node.is_leaf and not finite(run.values[node.index]):
            return Birth(0, *first_bad(run.values[node.index]))
    for at, index in enumerate(graph.forward_order, 1):
        if not finite(run.values[index]):
            return Birth(at, *first_bad(run.values[index]))
    sums: dict[int, Array] = {}
    for edge in graph.edges:
        part = run.contributions[edge.index]
        with np.errstate(all="ignore"):
            total = part if edge.first else sums[edge.operand] + part
        if not edge.last:
            sums[edge.operand] = total
        if not finite(total):
            return in_edge(iteration, edge, first_bad(total)[0])
    for number, line in enumerate(iteration.updates):
        if not finite(line.after):
            return Birth(timeline.update_tick(number), *first_bad(line.after))
    return None


def in_edge(iteration: Iteration, edge: Edge, cell: Index) -> Birth:
    """The first multiplication of a cell that leaves it, or is itself, not finite."""
    run, timeline = iteration.run, iteration.timeline
    index_map = run.graph.index_map(edge)
    first, last = index_map.span(ravel(cell, index_map.cell_shape))
    start, _ = timeline.edge_span(edge.index)
    with np.errstate(all="ignore"):
        products = cell_factors(run, edge, cell) * run.local_row(edge, cell)
        earlier = earlier_cell(run, edge, cell)
        sums = np.add.accumulate(products) + (0.0 if earlier is None else earlier)
    bad = ~(np.isfinite(products) & np.isfinite(sums))
    # The recorded cell is the truth: where only that is not finite, its last term made it so.
    number = first + int(np.argmax(bad)) if bad.any() else last - 1
    term = term_at(run, timeline, edge, number)
    value = term.after if np.isfinite(term.product) else term.product
    return Birth(start + number + 1, cell, value)


def finite(array: Array) -> bool:
    """True when nothing in it is NaN or infinite."""
    return bool(np.isfinite(array).all())


def first_bad(array: Array) -> tuple[Index, float]:
    """The first cell, in C order, that is not finite, and what it holds."""
    array = np.asarray(array)
    flat = int(np.argmin(np.isfinite(array)))
    return unravel(flat, array.shape), float(array.reshape(-1)[flat])
