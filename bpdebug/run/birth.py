"""Where the first NaN or harmful infinity of an iteration is born: its tick and its cell.

Harmful is every NaN, and an infinity that becomes the loss, a gradient, a line of the update or a
NaN. Any other infinity, such as −∞ in the mask of an attention, is not: it may be meant. Nor is a
NaN that `where` does not choose, unless it comes back in a gradient. Where a NaN is made of a mask,
it is born where it is made; where it is made of an overflow, it is born with the overflow.

The search covers what the debugger shows: every value, every contribution cell by cell and term
by term, every accumulated gradient, every line of the update. What an iteration inherits (its
parameters are not finite when it begins) counts as born at position 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from bpdebug.graph import Edge, Kind, Node, RecordedPass
from bpdebug.ops import Array, Index
from bpdebug.ops.maps.index_map import first_where, ravel
from bpdebug.records import record
from bpdebug.run.origin import Origin, infinite_operands, nan_operands, origin_of
from bpdebug.run.run import Iteration
from bpdebug.ticks import Phase, term_at
from bpdebug.ticks.growing import Growing
from bpdebug.ticks.state import cell_sum


@record
class Birth:
    """The first NaN or harmful infinity of an iteration."""

    position: int
    """The tick that computes it; 0 where the iteration began with it."""
    cell: Index = ()
    """The cell of the value, gradient or parameter that the tick writes."""
    value: float = float("nan")
    """What the cell holds: NaN, or an infinity."""
    from_data: bool = False
    """True where an input, or number in an expression, that is not finite enters here."""
    parameter: int | None = None
    """The node of the parameter that holds it, where the iteration began with it."""


_CACHE: WeakKeyDictionary[Iteration, Birth | None] = WeakKeyDictionary()


def birth_of(iteration: Iteration) -> Birth | None:
    """Where the first NaN or harmful infinity of an iteration is born; None when there is none."""
    if iteration not in _CACHE:
        _CACHE[iteration] = search_birth(iteration)
    return _CACHE[iteration]


def search_birth(iteration: Iteration) -> Birth | None:
    """Search an iteration for its birth; `birth_of` caches the result."""
    recorded, graph = iteration.recorded, iteration.recorded.graph
    for node in graph.nodes:
        if node.kind is Kind.PARAMETER and not all_finite(recorded.values[node.index]):
            cell, held = first_nonfinite(recorded.values[node.index])
            return Birth(0, cell, held, parameter=node.index)
    dropped: list[int] = []
    for index in graph.forward_order:
        value = np.asarray(recorded.values[index])
        if all_finite(value):
            continue
        if np.isnan(value).any():
            dropped = dropped or dropped_nans(recorded)
            if index not in dropped:
                return birth_of_nan(iteration, index)
            continue
        if index == graph.loss:
            origin = origin_of(recorded, [(index, ())])
            assert origin is not None  # the loss is the result of an op
            return birth_at(iteration, origin)
    return birth_in_backward(iteration, dropped) or birth_in_update(iteration)


def dropped_nans(recorded: RecordedPass) -> list[int]:
    """The results with a NaN of which every use ends where an op chooses other cells, in order."""
    graph = recorded.graph
    uses: dict[int, list[tuple[Node, int]]] = {
        index: [] for index in graph.forward_order if np.isnan(recorded.values[index]).any()
    }
    for node in graph.nodes:
        for position, operand in enumerate(node.operands):
            if operand in uses:
                uses[operand].append((node, position))
    dropped: list[int] = []
    for index in reversed(uses):
        ends = (
            user.index in dropped if user.index in uses else not_chosen(user, position)
            for user, position in uses[index]
        )
        if uses[index] and index != graph.loss and all(ends):
            dropped.insert(0, index)
    return dropped


def not_chosen(node: Node, position: int) -> bool:
    """True where a result without a NaN chose other cells than those of an operand that are NaN."""
    assert node.op is not None and node.layout is not None
    return node.op.chooses and node.layout.maps[position] is not None


def birth_of_nan(iteration: Iteration, node: int) -> Birth:
    """The birth behind the first NaN of a value: itself, or an overflow that it was made of.

    A NaN among the data that a cell is computed from comes in there.
    """
    recorded = iteration.recorded
    value = np.asarray(recorded.values[node])
    cell = first_where(np.isnan(value))
    if any(recorded.graph.nodes[read].is_leaf for read, _ in nan_operands(recorded, node, cell)):
        return Birth(iteration.timeline.forward_tick(node), cell, from_data=True)
    origin = origin_of(recorded, infinite_operands(recorded, node, cell))
    if origin is not None and origin.learned:
        return birth_at(iteration, origin)
    return Birth(iteration.timeline.forward_tick(node), cell)


def birth_at(iteration: Iteration, origin: Origin) -> Birth:
    """The birth of an infinity at the op that makes it, or that reads it from the data."""
    value = float(np.asarray(iteration.recorded.values[origin.node])[origin.cell])
    tick = iteration.timeline.forward_tick(origin.node)
    return Birth(tick, origin.cell, value, origin.from_data)


def birth_in_backward(iteration: Iteration, dropped: Sequence[int]) -> Birth | None:
    """The birth of the first NaN or infinity among the gradients; None when all are finite.

    `dropped` are results with a NaN that did no harm in the forward pass.
    """
    recorded = iteration.recorded
    growing = Growing()
    for edge in recorded.graph.edges:
        total = growing.add(edge, recorded.contributions[edge.index])
        if not all_finite(total):
            if edge.output in dropped:  # its local derivative comes from the NaN
                return birth_of_nan(iteration, dropped[0])
            return birth_in_edge(iteration, edge, first_nonfinite(total)[0])
    return None


def birth_in_update(iteration: Iteration) -> Birth | None:
    """The birth of the first NaN or infinity among the update's lines; None when all are finite."""
    for number, line in enumerate(iteration.updates):
        if not all_finite(line.after):
            return Birth(iteration.timeline.update_tick(number), *first_nonfinite(line.after))
    return None


def birth_in_edge(iteration: Iteration, edge: Edge, cell: Index) -> Birth:
    """The first multiplication that is not finite, or leaves the cell so.

    Where its local derivative comes from an overflow in the forward pass, that overflow instead.
    """
    recorded, timeline = iteration.recorded, iteration.timeline
    index_map = recorded.index_map(edge)
    first, last = index_map.span(ravel(cell, index_map.cell_shape))
    start, _ = timeline.edge_span(edge.index)
    terms = cell_sum(recorded, edge, cell)
    with np.errstate(all="ignore"):
        products = terms.upstream * terms.local
        sums = terms.sums + (terms.earlier or 0.0)
    nonfinite = ~(np.isfinite(products) & np.isfinite(sums))
    # The recorded cell is the truth: where only that is not finite, its last term made it so.
    number = first + int(np.argmax(nonfinite)) if nonfinite.any() else last - 1
    term = term_at(recorded, timeline, edge, number)
    read = infinite_operands(recorded, edge.output, term.indices.upstream)
    if np.isinf(np.asarray(recorded.values[edge.output])[term.indices.upstream]):
        read.append((edge.output, term.indices.upstream))
    origin = origin_of(recorded, read) if not np.isfinite(term.local) else None
    if origin is not None and origin.learned:
        return birth_at(iteration, origin)
    value = term.after if np.isfinite(term.product) else term.product
    return Birth(start + number + 1, cell, value)


def birth_cell_text(iteration: Iteration, birth: Birth, label: Callable[[int], str]) -> str:
    """What the tick of a birth writes, with the cell: `the gradient of W1 at [0,1]`.

    `label` gives a node's name. For a birth at position 0, the parameter that the iteration began
    with.
    """
    cell = f" at [{','.join(map(str, birth.cell))}]" if birth.cell else ""
    if birth.parameter is not None:
        return f"the parameter {label(birth.parameter)}{cell}"
    tick = iteration.timeline.decode(birth.position)
    if tick.phase is Phase.FORWARD:
        return f"the value of {label(tick.index)}{cell}"
    if tick.phase is Phase.BACKWARD:
        operand = iteration.recorded.graph.edges[tick.index].operand
        return f"the gradient of {label(operand)}{cell}"
    return f"the update of {label(iteration.updates[tick.index].parameter)}{cell}"


def birth_verb(birth: Birth) -> str:
    """How a NaN or infinity got there: `is born`, `comes in from the data` or `is given`."""
    if birth.parameter is not None:
        return "is given"
    return "comes in from the data" if birth.from_data else "is born"


def all_finite(array: Array) -> bool:
    """True when nothing in it is NaN or infinite."""
    return bool(np.isfinite(array).all())


def first_nonfinite(array: Array) -> tuple[Index, float]:
    """The first cell, in C order, that is not finite, and what it holds."""
    array = np.asarray(array)
    cell = first_where(~np.isfinite(array))
    return cell, float(array[cell])
