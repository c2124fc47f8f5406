"""What the pane of the parameters has room for: which columns, cells and digits of each.

All parameters share one plan, so that their tables look alike; the column that is written now has
the room first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod

from bpdebug.debugger import Moment
from bpdebug.graph import Kind
from bpdebug.ops.index_map import ravel, unravel
from bpdebug.record import record
from bpdebug.trace import Phase, Timeline
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.parameter_columns import DIGITS, GRADIENT, Table, columns_of
from bpdebug.wording import Script, cell_text
from bpdebug.wording.page import visible_range

CELLS = 6
"""How many cells of one parameter are shown where the current one is elsewhere."""


@dataclass(slots=True)
class Memory:
    """What was drawn last, and everything that it was drawn from: a step changes little of it."""

    drawn: dict[int, tuple[Hashable, list[Line]]] = field(default_factory=dict)
    """Each parameter's lines."""
    plan: tuple[Hashable, Plan] | None = None
    fitted: dict[Hashable, tuple[tuple[str, ...], tuple[int, int]]] = field(default_factory=dict)
    """Of some cells of a parameter, in this iteration: the columns for which there is no room, and
    the digits of each kind for which there is."""


@record
class Plan:
    """What all parameters of the pane share, so that their tables look alike."""

    script: Script
    room: int
    most: int
    """Cells shown of one parameter."""
    left_out: tuple[str, ...]
    """Columns for which there is no room."""


def plan_of(moment: Moment, script: Script, room: int, rows: int, memory: Memory) -> Plan:
    """The plan for a pane of this size; the same all through an iteration's phase."""
    key = (moment.source, moment.iteration.number, moment.phase is Phase.UPDATE, script, room, rows)
    if memory.plan is None or memory.plan[0] != key:
        memory.plan = key, make_plan(moment, script, room, rows)
        memory.fitted.clear()
    return memory.plan[1]


def make_plan(moment: Moment, script: Script, room: int, rows: int) -> Plan:
    """Columns and cells. `change` goes first where there is no room, then the column that matters
    least in this phase."""
    order = in_order(moment.timeline)
    most = cells_each([prod(moment.graph.nodes[index].shape) for index in order], rows)
    for left_out in droppable(moment)[:3]:
        tables = (
            table_of(moment, index, cells_of(moment, index, CELLS), left_out, script, room)
            for index in order
        )
        if all(table.digits(room) for table in tables):
            break
    return Plan(script, room, most, left_out)


def droppable(moment: Moment) -> list[tuple[str, ...]]:
    """Which columns may be left out, fewest first; the one that is written now never is."""
    spare = GRADIENT if moment.phase is Phase.UPDATE else "new"
    return [(), ("change",), ("change", spare), ("change", spare, "value")]


ROOMY = 30
"""From so many cells on an index has its brackets, and every title its whole word."""


def table_of(
    moment: Moment, index: int, cells: range, left_out: tuple[str, ...], script: Script, room: int
) -> Table:
    """The table of some cells of a parameter."""
    shape = moment.graph.nodes[index].shape
    labels = [cell_text(unravel(cell, shape)) for cell in cells]
    short = room < ROOMY
    if short:
        labels = [label.strip("[]") for label in labels]
    wide = max(map(len, labels))
    columns = columns_of(moment, index, cells, left_out)
    # The first column's brackets do not touch the index; values never have any.
    apart = "" if columns[0].title == "value" else " "
    labels = [label.rjust(wide) + apart for label in labels]
    return Table(columns, labels, script, short=short)


def fit(
    moment: Moment, index: int, cells: range, plan: Plan, memory: Memory
) -> tuple[Table, tuple[int, int]]:
    """The table of a parameter with the plan's columns, or with fewer where its own are wide."""
    where = index, cells.start
    if where not in memory.fitted:
        tried = droppable(moment)
        for left_out in tried[tried.index(plan.left_out) :]:
            table = table_of(moment, index, cells, left_out, plan.script, plan.room)
            digits = table.digits(plan.room)
            if digits:
                break
        memory.fitted[where] = left_out, digits or DIGITS[-1]
    left_out, fitting = memory.fitted[where]
    return table_of(moment, index, cells, left_out, plan.script, plan.room), fitting


def cells_each(sizes: list[int], rows: int) -> int:
    """So many cells of each parameter fit the pane: what small ones leave is for the others."""
    most = CELLS
    for cells in range(CELLS, rows + 1):
        shown = ((size if size <= 2 * cells else cells + 1) + HEADINGS for size in sizes)
        if sum(shown) <= rows:
            most = cells
    return most


HEADINGS = 2
"""Lines of a parameter besides its cells: its name, and the titles of the columns."""


def cells_of(moment: Moment, index: int, most: int) -> range:
    """The cells of a parameter that are shown: all, or so many around the current one."""
    size = prod(moment.graph.nodes[index].shape)
    return visible_range(size, focus_cell(moment, index), size if size <= 2 * most else most)


@lru_cache(maxsize=8)
def in_order(timeline: Timeline) -> tuple[int, ...]:
    """Parameters, and inputs that ask for a gradient, as the backward pass reaches them.

    Layers come from the output down; inside a layer the scenario's own order stands.
    """
    graph = timeline.graph
    nodes = [
        node.index
        for node in graph.nodes
        if node.kind is Kind.PARAMETER or (node.kind is Kind.INPUT and node.needs_gradient)
    ]

    def reached(index: int) -> int:
        edges = graph.into.get(index)
        if not edges:
            return len(graph.edges)
        return bisect_right(timeline.borders, edges[0].index)

    return tuple(sorted(nodes, key=reached))


def focus_cell(moment: Moment, index: int) -> int:
    """The flat cell of a parameter that the current multiplication writes; else its first."""
    if moment.term is not None and moment.term.edge.operand == index:
        return ravel(moment.term.indices.cell, moment.graph.nodes[index].shape)
    return 0
