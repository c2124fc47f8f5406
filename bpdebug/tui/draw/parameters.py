"""Every parameter with its gradient, its change and its new value: a table of cells.

Change and new value are `·` until the parameter's update line has run. A large parameter shows a
window around the current cell.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import prod

from bpdebug.debugger import Moment
from bpdebug.graph import Kind
from bpdebug.graph.groups import is_number
from bpdebug.records import record, replace
from bpdebug.ticks import Phase, Status
from bpdebug.tui.draw.changed import changed, gradient_progress
from bpdebug.tui.draw.counters import contributions_done, fitting, terms_of_edge
from bpdebug.tui.draw.grid import cell_line
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.draw.parameter_columns import GRADIENT, Table, heading_over
from bpdebug.tui.draw.parameter_plan import (
    ParameterCache,
    Plan,
    cells_of,
    fit,
    focus_cell,
    in_order,
    plan_of,
)
from bpdebug.tui.draw.theirs import gradient_mark, marked, updated_mark
from bpdebug.wording import Script, width


@record
class Check:
    """A comparison of a parameter's gradient with central differences."""

    differs: bool
    text: str
    """`agrees with central differences to 2e−12`, or where and how it differs."""
    short: str = ""
    """`text` in fewer words, for a narrow pane; empty where there is no shorter form."""


def draw_parameters(
    moment: Moment,
    script: Script,
    room: int,
    rows: int = 0,
    cache: ParameterCache | None = None,
    checks: Mapping[int, Check] | None = None,
) -> tuple[list[Line], tuple[int, int] | None]:
    """The whole pane, and the first and last line of the parameter that is being written.

    Parameters stand in the order in which they are written: as the backward pass reaches them, in
    the update in the order of its lines. Parameters that a step has not changed come from `cache`.
    `checks` has the comparisons with central differences, by node. The second result is None where
    no parameter is being written.
    """
    cache = cache if cache is not None else ParameterCache()
    lines: list[Line] = []
    span = None
    plan = plan_of(moment, script, room, rows, cache)
    order = written_in_order(moment)
    before = ""
    for index in order:
        group = section(moment.graph.nodes[index].name)
        if group != before:
            lines.append(group_heading(group, script, room))
        before = group
        check = checks.get(index) if checks else None
        key = (*drawn_from(moment, index, plan), check)
        if index not in cache.drawn or cache.drawn[index][0] != key:
            cache.drawn[index] = key, draw_parameter(moment, index, plan, cache, check)
        drawn = cache.drawn[index][1]
        if writes(moment, index):
            span = len(lines), len(lines) + len(drawn) - 1
        lines += drawn
    return lines or [Line("no parameters in this scenario", "quiet").cut(room)], span


def section(name: str) -> str:
    """`block1` of `block1.mlp.W1`, `net.blocks.0` of `net.blocks.0.mlp.W1`; else empty."""
    *groups, _ = name.split(".")
    numbers = [at for at, part in enumerate(groups) if is_number(part)]
    if not numbers:
        return "".join(groups[:1])
    behind = (at for at in range(numbers[0], len(groups)) if at not in numbers)
    return ".".join(groups[: next(behind, len(groups))])


def group_heading(group: str, script: Script, room: int) -> Line:
    """The heading of the parameters of a group; an empty group ends that of the one above."""
    rule = script.either("─", "-")
    title = f"{rule * 2} {script.cut_middle(script.name(group), room - 4)} " if group else ""
    return Line(title, "quiet").add(rule * max(room - width(title), 0), "quiet")


def drawn_from(moment: Moment, index: int, plan: Plan) -> tuple[Hashable, ...]:
    """Everything of a moment that a parameter's lines depend on, as a cache key."""
    return (
        moment.run,
        state_of(moment, index),
        state_of(moment.before, index) if moment.before is not None else None,
        moment.position if writes(moment, index) else None,
        plan,
        moment.comparison,
    )


def state_of(moment: Moment, index: int) -> Hashable:
    """How far a parameter's gradient and its update have come."""
    return moment.iteration.number, gradient_progress(moment.gradient(index)), moment.updated(index)


def writes(moment: Moment, index: int) -> bool:
    """True where the current tick, of the backward pass or the update, writes to a node."""
    return moment.phase in (Phase.BACKWARD, Phase.UPDATE) and index == moment.node


def written_in_order(moment: Moment) -> tuple[int, ...]:
    """The parameters in the order in which the current phase writes them."""
    order = in_order(moment.timeline)
    if moment.phase is not Phase.UPDATE:
        return order
    last = len(moment.iteration.updates)
    return tuple(sorted(order, key=lambda index: (*moment.update_lines(index), last)[0]))


def draw_parameter(
    moment: Moment, index: int, plan: Plan, cache: ParameterCache, check: Check | None
) -> list[Line]:
    """A parameter: a heading with name, shape and state, and a row for each visible cell."""
    script, room = plan.script, plan.room
    size = prod(moment.graph.nodes[index].shape)
    here = writes(moment, index)
    cells = cells_of(moment, index, plan.most)
    table, digits = fit(moment, index, cells, plan, cache)
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
        lines.append(table_row(table, texts, at, written if now else "", script))
    if len(cells) < size:
        lines.append(Line(left_out_text(cells, size, script), "quiet").cut(room))
    if check is not None and check.differs and moment.gradient(index).status is Status.WHOLE:
        lines += wrap(f"{script.either('✗', '!')} {check.text}", room, "warning")
    return lines


def left_out_text(cells: range, size: int, script: Script) -> str:
    """How many cells of a parameter are left out, and on which side."""
    above, below = cells.start, size - cells.stop
    if above and below:
        return f"{script.more} {above:,} above, {below:,} below"
    count = above or below
    return f"{script.more} {count:,} cell{'s' * (count != 1)} {'above' if above else 'more'}"


def heading(
    moment: Moment, index: int, script: Script, room: int, check: Check | None, *, here: bool
) -> Line:
    """A parameter's name and shape, what is special about it, and how far its gradient is."""
    node = moment.graph.nodes[index]
    # Its group's heading is above it.
    own = replace(script, within=(section(node.name),)).name(node.name)
    name = script.cut_middle(own, max(room - FOR_STATE, LEAST_NAME))
    head = Line(name, "now" if here else "name")
    head.extend(marked(gradient_mark(moment, index) or updated_mark(moment, index), script))
    shape = f" ({script.shape(node.shape)})" if node.shape else ""
    rest = Line("  frozen" if node.name in moment.problem.frozen else "", "quiet")
    rest.add("  input" if node.kind is Kind.INPUT else "", "quiet")
    rest.add("  does not reach the loss" if index not in moment.graph.into else "", "warning")
    taken = head.width + rest.width + 2
    # The gradient's progress comes before the shape, which the cells show as well.
    partial = partial_text(moment, index, room - taken - len(shape))
    if moment.gradient(index).status is Status.PARTIAL and not partial:
        shape, partial = "", partial_text(moment, index, room - taken) or "∂ …"
    head.add(shape, "quiet").extend(rest)
    if partial:
        head.add("  ").add(partial, "now")
    elif check is not None and moment.gradient(index).status is Status.WHOLE and not check.differs:
        head.add("  ").add(agreement_text(check, script, room - head.width - 2), "good")
    return head.cut(room)


FOR_STATE = 8
"""Cells that a long name leaves to its shape or to the state of its gradient."""
LEAST_NAME = 8
"""Cells of a long name at the least."""


def agreement_text(check: Check, script: Script, room: int) -> str:
    """The wording that fits for a gradient that agrees with central differences."""
    sign = script.good
    wordings = (f"{sign} {check.text}", f"{sign} {check.short}", f"{sign} checked", sign)
    return fitting(wordings, room)


def partial_text(moment: Moment, index: int, room: int) -> str:
    """How far a partial gradient is: terms, or contributions if it has several; else empty."""
    state = moment.gradient(index)
    if state.status is not Status.PARTIAL:
        return ""
    if state.expected == 1:
        wordings = terms_of_edge(moment.tick.term + 1, moment.tick.terms)
    else:
        wordings = contributions_done(state.arrived, state.expected)
    text = fitting((*wordings, "partial"), room - 2)
    return f"∂ {text}" if text else ""


def table_row(table: Table, texts: list[list[str]], at: int, lit: str, script: Script) -> Line:
    """The row of a cell: its index and its numbers; that of the column `lit` is in brackets.

    A number of somebody's that differs has `✗` before it.
    """
    line = Line(table.labels[at], "quiet")
    for column, written in zip(table.columns, texts, strict=True):
        role = "text" if column.shown[at] is not None else "pending"
        now = column.title == lit
        role = role if now else changed(role, column.new[at])
        wrong = at < len(column.wrong) and column.wrong[at]
        sign = script.either("✗", "!") if wrong else " "
        line.extend(cell_line(written[at], "warning" if wrong else role, lit=now, sign=sign))
    return line
