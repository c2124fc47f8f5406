"""Every parameter with its gradient, its change and its new value: a table of cells.

A value of the future is not shown: change and new value stay `·` until the parameter's update line
has run. A large parameter shows a window around the cell that the cursor is at.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import prod

from bpdebug.debugger import Moment
from bpdebug.graph import Kind
from bpdebug.record import record
from bpdebug.trace import Phase, Status
from bpdebug.tui.draw.changed import changed, progress
from bpdebug.tui.draw.counters import contributions_done, fitting, terms_of_edge
from bpdebug.tui.draw.grid import cell_line
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.draw.parameter_columns import GRADIENT, Table, heading_over
from bpdebug.tui.draw.parameter_plan import (
    Memory,
    Plan,
    cells_of,
    fit,
    focus_cell,
    in_order,
    plan_of,
)
from bpdebug.wording import Script


@record
class Check:
    """What central differences say of a parameter's gradient."""

    differs: bool
    text: str
    """`agrees with central differences to 2e−12`, or where and how it differs."""
    short: str = ""
    """`text` in fewer words, for a narrow pane; "" where there is no shorter form."""


def draw_parameters(
    moment: Moment,
    script: Script,
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
    plan = plan_of(moment, script, room, rows, memory)
    for index in written_in_order(moment):
        check = checks.get(index) if checks else None
        key = (*drawn_from(moment, index, plan), check)
        if index not in memory.drawn or memory.drawn[index][0] != key:
            memory.drawn[index] = key, draw_parameter(moment, index, plan, memory, check)
        drawn = memory.drawn[index][1]
        if writes(moment, index):
            span = len(lines), len(lines) + len(drawn) - 1
        lines += drawn
    return lines or [Line("no parameters in this scenario", "quiet").cut(room)], span


def drawn_from(moment: Moment, index: int, plan: Plan) -> tuple[Hashable, ...]:
    """Everything that a parameter's lines depend on."""
    return (
        moment.source,
        known_of(moment, index),
        known_of(moment.before, index) if moment.before is not None else None,
        moment.position if writes(moment, index) else None,
        plan,
    )


def known_of(moment: Moment, index: int) -> Hashable:
    """How far a parameter has come."""
    return moment.iteration.number, progress(moment.gradient(index)), moment.updated(index)


def writes(moment: Moment, index: int) -> bool:
    """True where a node is written by the current tick of the backward pass or of the update."""
    return moment.phase in (Phase.BACKWARD, Phase.UPDATE) and index == moment.node


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
    script, room = plan.script, plan.room
    size = prod(moment.graph.nodes[index].shape)
    here = writes(moment, index)
    cells = cells_of(moment, index, plan.most)
    table, digits = fit(moment, index, cells, plan, memory)
    texts = table.texts(digits)
    titles = Line(" " * len(table.labels[0]))
    for title, numbers in zip(table.titles, texts, strict=True):
        titles.add(f" {heading_over(title, numbers)} ", "quiet")
    lines = [heading(moment, index, script, room, check, here=here), titles.cut(room)]
    written = GRADIENT
    if moment.update is not None:
        written = "new" if moment.update.line.target == "theta" else ""
    for at, cell in enumerate(cells):
        now = here and cell == focus_cell(moment, index)
        lines.append(table_row(table, texts, at, written if now else ""))
    if len(cells) < size:
        lines.append(Line(left_out_text(cells, size, script), "quiet").cut(room))
    if check is not None and check.differs and moment.gradient(index).status is Status.WHOLE:
        lines += wrap(f"{script.either('✗', '!')} {check.text}", room, "warning")
    return lines


def left_out_text(cells: range, size: int, script: Script) -> str:
    """How many cells of a parameter are not shown, and on which side."""
    above, below = cells.start, size - cells.stop
    if above and below:
        return f"{script.more} {above:,} above, {below:,} below"
    many = above or below
    return f"{script.more} {many:,} cell{'s' * (many != 1)} {'above' if above else 'more'}"


def heading(
    moment: Moment, index: int, script: Script, room: int, check: Check | None, *, here: bool
) -> Line:
    """A parameter's name and shape, and what there is to know about it."""
    node = moment.graph.nodes[index]
    head = Line(script.name(node.name), "now" if here else "name")
    shape = f" ({script.shape(node.shape)})" if node.shape else ""
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
        head.add("  ").add(agreement_text(check, script, room - head.width - 2), "good")
    return head.cut(room)


def agreement_text(check: Check, script: Script, room: int) -> str:
    """That the gradient agrees with central differences, in the words for which there is room."""
    sign = script.good
    wordings = (f"{sign} {check.text}", f"{sign} {check.short}", f"{sign} checked", sign)
    return fitting(wordings, room)


def partial_text(moment: Moment, index: int, room: int) -> str:
    """How far a gradient is that is not whole: its terms, or which of several contributions."""
    state = moment.gradient(index)
    if state.status is not Status.PARTIAL:
        return ""
    if state.expected == 1:
        wordings = terms_of_edge(moment.tick.term + 1, moment.tick.terms)
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
