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
from bpdebug.ops.index_map import ravel, unravel
from bpdebug.record import record
from bpdebug.trace import Phase, Status, Timeline
from bpdebug.tui.draw.changed import changed, progress
from bpdebug.tui.draw.columns import DIGITS, GRADIENT, Table, columns_of, heading_over
from bpdebug.tui.draw.counters import contributions_done, fitting, products_of_edge
from bpdebug.tui.draw.grid import cell_line
from bpdebug.tui.draw.line import Line, Look, wrap
from bpdebug.wording import cell_text, pretty, shape_text, width
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
    fitted: dict[Hashable, Fitted] = field(default_factory=dict)
    """What the cells of a parameter have room for, in this iteration."""


@record
class Fitted:
    """For which columns of a parameter there is room, and for how many digits of each kind."""

    left_out: tuple[str, ...]
    digits: tuple[int, int]


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

    Parameters stand in the order in which they are written: as the backward pass reaches them, in
    the update as its lines stand. A step changes one of them: the others are taken from `memory`.
    `checks` says which gradients were compared with central differences.
    """
    memory = memory if memory is not None else Memory()
    lines: list[Line] = []
    span = None
    writes = moment.phase in (Phase.BACKWARD, Phase.UPDATE)
    plan = plan_of(moment, look, room, rows, memory)
    for index in written_in_order(moment):
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
        memory.fitted.clear()
    return memory.plan[1]


def make_plan(moment: Moment, look: Look, room: int, rows: int) -> Plan:
    """Columns and cells. `change` goes first where there is no room, then the column that matters
    least in this phase."""
    order = in_order(moment.timeline)
    most = cells_each([prod(moment.graph.nodes[index].shape) for index in order], rows)
    left_out: tuple[str, ...] = ()
    for left_out in droppable(moment)[:3]:
        tables = (
            table_of(moment, index, cells_of(moment, index, CELLS), left_out, look, room)
            for index in order
        )
        if all(table.digits(room) for table in tables):
            break
    return Plan(look, room, most, left_out)


def droppable(moment: Moment) -> list[tuple[str, ...]]:
    """Which columns may be left out, fewest first; the one that is written now never is."""
    spare = GRADIENT if moment.phase is Phase.UPDATE else "new"
    return [(), ("change",), ("change", spare), ("change", spare, "value")]


ROOMY = 30
"""From so many cells on an index has its brackets, and every title its whole word."""


def table_of(
    moment: Moment,
    index: int,
    cells: range,
    left_out: tuple[str, ...],
    look: Look,
    room: int,
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
    return Table(columns, labels, look, short=short)


def fit(
    moment: Moment, index: int, cells: range, plan: Plan, memory: Memory
) -> tuple[Table, tuple[int, int]]:
    """The table of a parameter with the plan's columns, or with fewer where its own are wide."""
    where = index, cells.start
    if where not in memory.fitted:
        fitted = Fitted(plan.left_out, DIGITS[-1])
        for left_out in droppable(moment):
            if len(left_out) < len(plan.left_out):
                continue
            table = table_of(moment, index, cells, left_out, plan.look, plan.room)
            digits = table.digits(plan.room)
            fitted = Fitted(left_out, digits or DIGITS[-1])
            if digits:
                break
        memory.fitted[where] = fitted
    fitted = memory.fitted[where]
    table = table_of(moment, index, cells, fitted.left_out, plan.look, plan.room)
    return table, fitted.digits


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
    """What was known of a parameter before the step."""
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


def written_in_order(moment: Moment) -> tuple[int, ...]:
    """The parameters in the order in which this phase writes them."""
    order = in_order(moment.timeline)
    if moment.phase is not Phase.UPDATE:
        return order
    last = len(moment.iteration.updates)
    return tuple(sorted(order, key=lambda index: (*moment.update_lines(index), last)[0]))


def draw_parameter(
    moment: Moment, index: int, plan: Plan, memory: Memory, check: Check | None
) -> list[Line]:
    """One parameter: a heading with its name, shape and state, and a row for each cell shown."""
    look, room = plan.look, plan.room
    size = prod(moment.graph.nodes[index].shape)
    here = moment.phase in (Phase.BACKWARD, Phase.UPDATE) and moment.node == index
    cells = cells_of(moment, index, plan.most)
    table, digits = fit(moment, index, cells, plan, memory)
    texts = table.texts(digits)
    titles = Line(" " * len(table.labels[0]))
    for title, written in zip(table.titles, texts, strict=True):
        titles.add(f" {heading_over(title, written)} ", "quiet")
    lines = [heading(moment, index, look, room, check, here=here), titles.cut(room)]
    for at, cell in enumerate(cells):
        now = here and cell == focus_cell(moment, index)
        lines.append(table_row(table, texts, at, lit_column(moment) if now else ""))
    if len(cells) < size:
        lines.append(Line(left_out_text(cells, size, look), "quiet").cut(room))
    if check is not None and check.differs and moment.gradient(index).status is Status.WHOLE:
        lines += wrap(f"{'✗' if look.unicode else '!'} {check.text}", room, "warning")
    return lines


def left_out_text(cells: range, size: int, look: Look) -> str:
    """How many cells of a parameter are not shown, and on which side."""
    sign = "⋮" if look.unicode else ":"
    above, below = cells.start, size - cells.stop
    if above and below:
        return f"{sign} {above:,} above, {below:,} below"
    many = above or below
    return f"{sign} {many:,} cell{'s' * (many != 1)} {'above' if above else 'more'}"


def heading(
    moment: Moment, index: int, look: Look, room: int, check: Check | None, *, here: bool
) -> Line:
    """A parameter's name and shape, and what there is to know about it."""
    node = moment.graph.nodes[index]
    head = Line(pretty(node.name, unicode=look.unicode), "now" if here else "name")
    shape = f" ({shape_text(node.shape, unicode=look.unicode)})" if node.shape else ""
    told = [
        ("  frozen", "quiet", node.name in moment.problem.frozen),
        ("  input", "quiet", node.kind is Kind.INPUT),
        ("  does not reach the loss", "warning", index not in moment.graph.into),
    ]
    rest = Line()
    for text, role, true in told:
        rest.add(text if true else "", role)
    taken = head.width + rest.width + 2
    # How far the gradient is matters more than the shape, which the cells show.
    partial = partial_text(moment, index, room - taken - len(shape))
    if moment.gradient(index).status is Status.PARTIAL and not partial:
        shape, partial = "", partial_text(moment, index, room - taken) or "∂ …"
    head.add(shape, "quiet").extend(rest)
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
    told = fitting((*wordings, "partial"), room - 2)
    return f"∂ {told}" if told else ""


def table_row(table: Table, texts: list[list[str]], at: int, lit: str) -> Line:
    """One cell's row: its index and its numbers; the one that is written now is in brackets."""
    line = Line(table.labels[at], "quiet")
    for column, written in zip(table.columns, texts, strict=True):
        role = "text" if column.shown[at] is not None else "pending"
        now = column.title == lit
        role = role if now else changed(role, column.new[at])
        line.extend(cell_line(written[at], role, lit=now))
    return line


def lit_column(moment: Moment) -> str:
    """The column that the current tick writes."""
    if moment.update is not None:
        return "new" if moment.update.line.target == "theta" else ""
    return GRADIENT


def focus_cell(moment: Moment, index: int) -> int:
    """The flat cell of a parameter that the current multiplication writes; else its first."""
    if moment.term is not None and moment.term.edge.operand == index:
        return ravel(moment.term.place.cell, moment.graph.nodes[index].shape)
    return 0
