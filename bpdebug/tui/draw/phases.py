"""What the multiplication's pane shows on ticks that are no multiplication, phase by phase."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, prod

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.ops.maps.index_map import unravel
from bpdebug.optimizer import UpdateLine
from bpdebug.records import replace
from bpdebug.tui.draw.arrange import draw_stacked, draw_whole
from bpdebug.tui.draw.changed import every_cell, value_changed
from bpdebug.tui.draw.grid import grid_of
from bpdebug.tui.draw.line import Line, indented, spaced, wrap
from bpdebug.tui.draw.theirs import cell_lines, theirs_of, update_lines
from bpdebug.wording import (
    Script,
    cell_text,
    first_cell,
    gradient_name,
    node_name,
    promise_text,
    step_too_large,
    update_formula,
    update_operands,
    update_why,
    value_formula,
    width,
)
from bpdebug.wording.forward import forward_cell, forward_why


def draw_forward(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """A forward op: formula, operands and result, some of its cells in numbers, and the reason."""
    node = moment.graph.nodes[moment.tick.index]
    formula = value_formula(moment.graph, node.index, script)
    left = script.name(node.name) + " = " if node.name else ""
    head = [Line(left + formula, "name").cut(columns)]
    reason = wrap(forward_why(moment.graph, node.index), columns)
    if moment.position == moment.timeline.forward:
        step = "The forward pass is done. Press s to begin the backward pass, one step at a time."
        reason += wrap(step, columns, "quiet")
    numbers = [
        line for text in cell_texts(moment, script, 1) for line in indented(text, columns, "name")
    ]
    own = theirs_of(moment, node.index, "value")
    corner = (0,) * len(node.shape)
    name = node_name(moment.graph, node.index, script) + cell_text(corner)
    numbers += cell_lines(own, name, corner, script, columns)
    first = len(numbers)
    room = rows - len(head) - len(reason) - first
    drawn = draw_op(moment, script, columns, room - 3)
    drawn = drawn if len(drawn) <= room else []
    room -= len(drawn) + 3
    for text in cell_texts(moment, script, min(room, CELLS))[1:]:
        more = indented(text, columns, "text")
        if len(numbers) + len(more) > room + first:
            break
        numbers += more
    return spaced([head, drawn, numbers, reason], rows)


CELLS = 12
"""Cells of a forward result that are written out in numbers at the most."""


def cell_texts(moment: Moment, script: Script, most: int) -> list[str]:
    """The first cells of the result that this tick computes, each as a formula in numbers."""
    index = moment.tick.index
    shape = moment.graph.nodes[index].shape
    texts = (
        forward_cell(moment.recorded, index, unravel(at, shape), script)
        for at in range(min(prod(shape), max(most, 1)))
    )
    return [text for text in texts if text]


def draw_op(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """The operands and the result of a forward op; they may take more lines than `rows`."""
    node = moment.graph.nodes[moment.tick.index]
    blocks = [
        grid_of(node_name(moment.graph, i, script), v)
        for i, v in zip(node.operands, moment.recorded.operands(node.index), strict=True)
    ]
    value = np.asarray(moment.recorded.values[node.index])
    title = node_name(moment.graph, node.index, script)
    new = every_cell if value_changed(moment, node.index) else None
    result = replace(grid_of(title, value), changed=new)
    whole = draw_whole([*blocks, result], script, columns, rows)
    return whole or draw_stacked([*blocks, result], script, columns, max(rows, 2))


def draw_seed(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """The seed of the backward pass, ∂L/∂L = 1, and why it is 1."""
    name = gradient_name(moment.graph, moment.graph.loss, script)
    loss = node_name(moment.graph, moment.graph.loss, script)
    reason = (
        f"Move {loss} by 1, and {loss} moves by 1. Every other gradient grows out of this 1: "
        "at each op it is multiplied by the op's local derivative, from the loss down to the "
        "parameters."
    )
    value = float(moment.recorded.values[moment.graph.loss])
    if not isfinite(value):
        reason = (
            f"{loss} is {script.number(value)}, so no small step moves it by a "
            "number. The pass begins with this 1 anyway; `nan` goes to where it went wrong."
        )
    head = [Line(f"{name} = 1", "now")]
    head += cell_lines(theirs_of(moment, moment.graph.loss), name, (), script, columns)
    return spaced([head, wrap(reason, columns)], rows)


def draw_update(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """A line of the update rule: in symbols, as grids, with a cell's numbers, and the reason."""
    update = moment.update
    assert update is not None
    symbols, numbers, _ = update_formula(moment.graph, update, script)
    cell = first_cell(moment.graph, update, script)
    head = wrap(symbols, columns, "now")
    reason = wrap(update_why(moment.graph, update, script), columns)
    promise = draw_promise(moment, update, script, columns)
    terms = indented(cell or numbers, columns, "name")
    head += update_lines(moment, script, columns, rows)
    terms += updated_cell(moment, update, script, columns)
    norms = indented(numbers, columns, "quiet") if cell else []
    fixed = len(head) + len(terms) + len(reason)
    # Where not all of it fits, the norms are left out first: the grids show the numbers.
    for more, blanks in (([norms, promise], 4), ([promise], 0), ([], 0)):
        room = rows - fixed - sum(map(len, more)) - blanks
        drawn = draw_operands(moment, update, script, columns, room - 2)
        if len(drawn) <= room:
            break
    else:
        drawn = []
    if more and more[0] is norms:
        terms, more = [*terms, *norms], more[1:]
    return spaced([head, drawn, terms, *more, reason], rows)


def updated_cell(moment: Moment, update: UpdateLine, script: Script, columns: int) -> list[Line]:
    """The first cell of their new parameter beside ours, at the line that makes it; else empty."""
    if update.line.target != "theta":
        return []
    theirs = theirs_of(moment, update.parameter, "new")
    cell = (0,) * len(moment.graph.nodes[update.parameter].shape)
    name = node_name(moment.graph, update.parameter, script) + cell_text(cell)
    return cell_lines(theirs, f"new {name}", cell, script, columns)


def draw_promise(moment: Moment, update: UpdateLine, script: Script, columns: int) -> list[Line]:
    """A table of what updates promised to do to the loss, and what they did: this one's, and all.

    Empty except at the last line of the rule, which moves the parameter.
    """
    name = moment.graph.nodes[update.parameter].name
    own = [promise for promise in moment.promises if promise.parameter == name]
    if not own or update.line.target != "theta":
        return []
    rows = [(script.name(name), own[0])]
    if len(moment.promises) > 2:
        rows.append(("all", moment.promises[-1]))
    short = script.at_most(4)
    cells = [
        [label, short.number(promise.predicted), short.number(promise.actual)]
        for label, promise in rows
    ]
    loss = node_name(moment.graph, moment.graph.loss, script)
    head = [script.either("Δ", "d ") + loss, "promised", "brought"]
    widths = [max(width(row[at]) for row in [head, *cells]) for at in range(3)]
    if sum(widths) + 4 > columns:
        return []  # A number is never cut; the command `promise` prints the table.
    lines = [Line(aligned_row(head, widths), "quiet")]
    for row, (_, promise) in zip(cells, rows, strict=True):
        numbers, verdict = aligned_row(row, widths), promise_text(promise, script)
        role = "warning" if step_too_large(promise) else "text"
        if width(numbers) + 2 + width(verdict) <= columns:
            lines.append(Line(f"{numbers}  {verdict}", role))
        else:
            lines += [Line(numbers, role), *indented(verdict, columns, role)]
    return lines


def aligned_row(cells: Sequence[str], widths: list[int]) -> str:
    """A row of the table: a name at the left of its column, and numbers at the right of theirs."""
    name, *numbers = cells
    return "  ".join([name.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])])


def draw_operands(
    moment: Moment, update: UpdateLine, script: Script, columns: int, rows: int
) -> list[Line]:
    """The operands and the result of an update line, with the cell lit that is written out."""
    shape = np.shape(update.after)
    cell = (0,) * len(shape)
    blocks = [
        grid_of(title, np.asarray(array), cell if np.shape(array) == shape else None)
        for title, array in update_operands(moment.graph, update, script)
    ]
    if not blocks:
        return []
    if moment.before is not None:
        blocks[-1] = replace(blocks[-1], changed=every_cell)
    lying = [replace(block, row=True) for block in blocks]
    return (
        draw_whole(blocks, script, columns, rows)
        or draw_whole(lying, script, columns, rows)
        or draw_stacked(lying, script, columns, max(rows, 3 * len(blocks)))
    )


def draw_start(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """Position 0, where nothing is computed yet."""
    text = (
        "Nothing is computed yet: there are only the inputs and the parameters. "
        "Step forward to compute the values, one op at a time."
    )
    return wrap(text, columns)
