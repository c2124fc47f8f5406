"""What the pane of the parameters has room for: columns, cells and digits.

All parameters share a plan, so that their tables look alike. The column that is being written is
never left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod

from bpdebug.debugger import Moment
from bpdebug.graph import Kind
from bpdebug.ops.maps.index_map import ravel, unravel
from bpdebug.records import record
from bpdebug.ticks import Phase, Timeline
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.parameter_columns import DIGITS, GRADIENT, THEIRS, Table, columns_of
from bpdebug.wording import Script, cell_text
from bpdebug.wording.page import visible_range

CELLS = 6
"""Cells of a large parameter that are shown where there is little room."""


@dataclass(slots=True)
class ParameterCache:
    """What the pane has drawn and fitted, with the keys it depends on: a step changes little."""

    drawn: dict[int, tuple[Hashable, list[Line]]] = field(default_factory=dict)
    """By parameter: the key, and its lines."""
    plan: tuple[Hashable, Plan] | None = None
    """The key, and the plan."""
    fitted: dict[Hashable, tuple[tuple[str, ...], tuple[int, int]]] = field(default_factory=dict)
    """By parameter and first cell, for the current plan: columns to leave out, and digits."""


@record
class Plan:
    """What the tables of all parameters share."""

    script: Script
    room: int
    most: int
    """Cells that are shown of a large parameter."""
    left_out: tuple[str, ...]
    """The titles of the columns that are left out."""


def plan_of(moment: Moment, script: Script, room: int, rows: int, cache: ParameterCache) -> Plan:
    """The plan for a pane of this size; it stays until the phase of the update begins or ends."""
    updating, comparison = moment.phase is Phase.UPDATE, moment.comparison
    key = (moment.run, moment.iteration.number, updating, comparison, script, room, rows)
    if cache.plan is None or cache.plan[0] != key:
        cache.plan = key, make_plan(moment, script, room, rows)
        cache.fitted.clear()
    return cache.plan[1]


def make_plan(moment: Moment, script: Script, room: int, rows: int) -> Plan:
    """The plan with as many columns as fit; `change` is the first to be left out."""
    order = in_order(moment.timeline)
    most = cells_each([prod(moment.graph.nodes[index].shape) for index in order], rows)
    for left_out in droppable(moment)[:-1]:
        tables = (
            table_of(moment, index, cells_of(moment, index, CELLS), left_out, script, room)
            for index in order
        )
        if all(table.digits(room) for table in tables):
            break
    return Plan(script, room, most, left_out)


def droppable(moment: Moment) -> list[tuple[str, ...]]:
    """Sets of columns that may be left out, small sets first; none has the column being written."""
    spare, written = (GRADIENT, "new") if moment.phase is Phase.UPDATE else ("new", GRADIENT)
    turns = ["change", spare, "value"]
    if moment.comparison is not None:
        turns = ["change", THEIRS + spare, spare, "value", THEIRS + written]
    return [tuple(turns[:count]) for count in range(len(turns) + 1)]


ROOMY = 30
"""From this width on an index has brackets, and titles are not shortened."""


def table_of(
    moment: Moment, index: int, cells: range, left_out: tuple[str, ...], script: Script, room: int
) -> Table:
    """The table of some cells of a parameter, without the columns that are left out."""
    shape = moment.graph.nodes[index].shape
    labels = [cell_text(unravel(cell, shape)) for cell in cells]
    short = room < ROOMY
    if short:
        labels = [label.strip("[]") for label in labels]
    wide = max(map(len, labels))
    columns = columns_of(moment, index, cells, left_out)
    # Brackets of the first column must not touch the index; values never have brackets.
    gap = "" if columns[0].title == "value" else " "
    labels = [label.rjust(wide) + gap for label in labels]
    return Table(columns, labels, script, short=short)


def fit(
    moment: Moment, index: int, cells: range, plan: Plan, cache: ParameterCache
) -> tuple[Table, tuple[int, int]]:
    """A parameter's table with the plan's columns, or fewer if they do not fit, and its digits."""
    key = index, cells.start
    if key not in cache.fitted:
        choices = droppable(moment)
        for left_out in choices[choices.index(plan.left_out) :]:
            table = table_of(moment, index, cells, left_out, plan.script, plan.room)
            digits = table.digits(plan.room)
            if digits:
                break
        cache.fitted[key] = left_out, digits or DIGITS[-1]
    left_out, fitting = cache.fitted[key]
    return table_of(moment, index, cells, left_out, plan.script, plan.room), fitting


def cells_each(sizes: list[int], rows: int) -> int:
    """Cells of a large parameter that fit the pane beside the other parameters."""
    most = CELLS
    for cells in range(CELLS, rows + 1):
        lines = ((size if size <= 2 * cells else cells + 1) + HEADINGS for size in sizes)
        if sum(lines) <= rows:
            most = cells
    return most


HEADINGS = 2
"""Lines of a parameter besides its cells: its name, and the titles of the columns."""


def cells_of(moment: Moment, index: int, most: int) -> range:
    """The cells of a parameter that are shown: all, or `most` cells around the current one."""
    size = prod(moment.graph.nodes[index].shape)
    return visible_range(size, focus_cell(moment, index), size if size <= 2 * most else most)


@lru_cache(maxsize=8)
def in_order(timeline: Timeline) -> tuple[int, ...]:
    """Parameters, and inputs with a gradient, in the order in which the backward pass reaches them.

    Layers come from the output down; inside a layer the order is the scenario's.
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
    """The flat index of the cell that the current multiplication writes; 0 for other parameters."""
    if moment.term is not None and moment.term.edge.operand == index:
        return ravel(moment.term.indices.cell, moment.graph.nodes[index].shape)
    return 0
