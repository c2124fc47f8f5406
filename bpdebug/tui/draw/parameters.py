"""Every parameter with its gradient, its change and its new value: a table of cells.

A value of the future is not shown: change and new value stay `·` until the parameter's update line
has run. A large parameter shows a window around the cell that the cursor is at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod

from bpdebug.debugger import Moment
from bpdebug.graph import Kind
from bpdebug.ops.index_map import ravel
from bpdebug.record import record
from bpdebug.trace import Phase, Status, Timeline
from bpdebug.tui.draw.changed import changed, progress
from bpdebug.tui.draw.columns import Column, Table, columns_of
from bpdebug.tui.draw.counters import contributions_done, fitting, products_of_edge
from bpdebug.tui.draw.line import Line, Look, wrap
from bpdebug.wording import pretty, shape_text, width
from bpdebug.wording.grid import stretch

CELLS = 6
"""How many cells of one parameter are shown where the current one is elsewhere."""


@record
class Check:
    """What central differences say of a parameter's gradient."""

    differs: bool
    text: str
    """`agrees with central differences to 2e−12`, or where and how it differs."""
    short: str = ""
    """The same in fewer words."""


@dataclass(slots=True)
class Memory:
    """What was drawn last, and everything that it was drawn from: a step changes little of it."""

    drawn: dict[int, tuple[Hashable, list[Line]]] = field(default_factory=dict)
    """Each parameter's lines."""
    plan: tuple[Hashable, Plan] | None = None
    digits: dict[Hashable, tuple[int, int]] = field(default_factory=dict)
    """How many digits the cells of a parameter have room for, in this iteration."""


@record
class Plan:
    """What all parameters of the pane share, so that their tables look alike."""

    look: Look
    room: int
    most: int
    """Cells shown of one parameter."""
    left_out: tuple[str, ...]
    """Columns for which there is no room."""


def draw_parameters(
    moment: Moment,
    look: Look,
    room: int,
    rows: int = 0,
    memory: Memory | None = None,
    checks: Mapping[int, Check] | None = None,
) -> tuple[list[Line], tuple[int, int] | None]:
    """The whole pane, and the first and last line of the parameter that is written now.

    Parameters stand in the order in which the backward pass reaches them. A step changes one of
    them: the others are taken from `memory`. `checks` says which gradients were compared with
    central differences.
    """
    memory = memory if memory is not None else Memory()
    lines: list[Line] = []
    span = None
    writes = moment.phase in (Phase.BACKWARD, Phase.UPDATE)
    plan = plan_of(moment, look, room, rows, memory)
    for index in in_order(moment.timeline):
        check = checks.get(index) if checks else None
        key = (*drawn_from(moment, index, plan), check)
        if index not in memory.drawn or memory.drawn[index][0] != key:
            memory.drawn[index] = key, draw_parameter(moment, index, plan, memory, check)
        drawn = memory.drawn[index][1]
        if writes and index == moment.node:
            span = len(lines), len(lines) + len(drawn) - 1
        lines += drawn
    return lines or [Line("no parameters in this scenario", "quiet").cut(room)], span


def plan_of(moment: Moment, look: Look, room: int, rows: int, memory: Memory) -> Plan:
    """The plan for a pane of this size; the same all through an iteration's phase."""
    key = (moment.source, moment.iteration.number, moment.phase is Phase.UPDATE, look, room, rows)
    if memory.plan is None or memory.plan[0] != key:
        memory.plan = key, make_plan(moment, look, room, rows)
        memory.digits.clear()
    return memory.plan[1]


def make_plan(moment: Moment, look: Look, room: int, rows: int) -> Plan:
    """Columns and cells. `change` goes first where there is no room, then the column that matters
    least in this phase."""
    order = in_order(moment.timeline)
    most = cells_each([prod(moment.graph.nodes[index].shape) for index in order], rows)
    spare = "∂L/∂" if moment.phase is Phase.UPDATE else "new"
    left_out: tuple[str, ...] = ()
    for left_out in ((), ("change",), ("change", spare)):
        tables = (
            Table(columns_of(moment, index, cells_of(moment, index, CELLS), left_out), look)
            for index in order
        )
        if all(table.digits(room) for table in tables):
            break
    return Plan(look, room, most, left_out)


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
    return stretch(size, focus_cell(moment, index), size if size <= 2 * most else most)


def drawn_from(moment: Moment, index: int, plan: Plan) -> tuple[Hashable, ...]:
    """Everything that a parameter's lines depend on."""
    state = moment.gradient(index)
    writes = moment.phase in (Phase.BACKWARD, Phase.UPDATE) and index == moment.node
    return (
        moment.source,
        moment.iteration.number,
        state.status,
        state.arrived,
        state.finished,
        state.running,
        moment.updated(index),
        moment.position if writes else None,
        changes_from(moment, index),
        plan,
    )


def changes_from(moment: Moment, index: int) -> Hashable:
    """What was known of a parameter at the stop before."""
    before = moment.before
    if before is None:
        return None
    return before.iteration.number, progress(before.gradient(index)), before.updated(index)


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


def draw_parameter(
    moment: Moment, index: int, plan: Plan, memory: Memory, check: Check | None
) -> list[Line]:
    """One parameter: a heading with its name, shape and state, and a row for each cell shown."""
    look, room = plan.look, plan.room
    size = prod(moment.graph.nodes[index].shape)
    here = moment.phase in (Phase.BACKWARD, Phase.UPDATE) and moment.node == index
    cells = cells_of(moment, index, plan.most)
    table = Table(columns_of(moment, index, cells, plan.left_out), look)
    where = index, cells.start
    if where not in memory.digits:
        memory.digits[where] = table.fewest(room)
    texts = table.texts(memory.digits[where])
    titles = Line(" ")
    for column, written in zip(table.columns, texts, strict=True):
        titles.add(f" {column.title:>{len(written[0])}}", "quiet")
    lines = [heading(moment, index, look, room, check, here=here), titles.cut(room)]
    for at, cell in enumerate(cells):
        now = here and cell == focus_cell(moment, index)
        lines.append(table_row(table.columns, texts, at, lit_column(moment) if now else ""))
    if len(cells) < size:
        dash = "–" if look.unicode else "-"
        lines.append(Line(f"  cells {cells[0]}{dash}{cells[-1]} of {size}", "quiet").cut(room))
    if check is not None and check.differs and moment.gradient(index).status is Status.WHOLE:
        lines += wrap(f"{'✗' if look.unicode else '!'} {check.text}", room, "warning")
    return lines


def heading(
    moment: Moment, index: int, look: Look, room: int, check: Check | None, *, here: bool
) -> Line:
    """A parameter's name and shape, and what there is to know about it."""
    node = moment.graph.nodes[index]
    head = Line(pretty(node.name, unicode=look.unicode), "now" if here else "name")
    if node.shape:
        head.add(f" ({shape_text(node.shape, unicode=look.unicode)})", "quiet")
    if node.name in moment.problem.frozen:
        head.add("  frozen", "quiet")
    if node.kind is Kind.INPUT:
        head.add("  input", "quiet")
    if index not in moment.graph.into:
        head.add("  does not reach the loss", "warning")
    partial = partial_text(moment, index, room - head.width - 2)
    if partial:
        head.add("  ").add(partial, "now")
    elif check is not None and moment.gradient(index).status is Status.WHOLE and not check.differs:
        head.add("  ").add(agreement_text(check, look, room - head.width - 2), "good")
    return head.cut(room)


def agreement_text(check: Check, look: Look, room: int) -> str:
    """That the gradient agrees with central differences, in the words for which there is room."""
    sign = "✓" if look.unicode else "ok"
    wordings = (f"{sign} {check.text}", f"{sign} {check.short}", f"{sign} checked", sign)
    return next((text for text in wordings if width(text) <= room), "")


def partial_text(moment: Moment, index: int, room: int) -> str:
    """How far a gradient is that is not whole: its products, or which of several contributions."""
    state = moment.gradient(index)
    if state.status is not Status.PARTIAL:
        return ""
    if state.expected == 1:
        wordings = products_of_edge(moment.tick.term + 1, moment.tick.terms)
    else:
        wordings = contributions_done(state.arrived, state.expected)
    return "∂ " + fitting(wordings, room - 2, "partial")


def table_row(columns: list[Column], texts: list[list[str]], at: int, lit: str) -> Line:
    """One cell's row; the column that is written now stands in brackets."""
    line, gap = Line(" "), " "
    for column, written in zip(columns, texts, strict=True):
        role = "text" if column.shown[at] is not None else "pending"
        bare = written[at].strip()
        before, _, behind = written[at].partition(bare)
        if column.title != lit:
            line.add(gap + before).add(bare, changed(role, column.new[at])).add(behind)
            gap = " "
            continue
        # Brackets stand close to the number, in place of the blanks around it.
        line.add((gap + before)[:-1]).add("[", "lit").add(bare, f"{role}+lit").add("]", "lit")
        line.add((behind + " ")[1:])
        gap = ""
    return line.add(gap)


def lit_column(moment: Moment) -> str:
    """The column that the current tick writes."""
    if moment.update is not None:
        return "new" if moment.update.line.target == "theta" else ""
    return "∂L/∂"


def focus_cell(moment: Moment, index: int) -> int:
    """The flat cell of a parameter that the current multiplication writes; else its first."""
    if moment.term is not None and moment.term.edge.operand == index:
        return ravel(moment.term.place.cell, moment.graph.nodes[index].shape)
    return 0
