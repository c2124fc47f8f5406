"""What stands in the multiplication's pane when no multiplication is under way."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, prod

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.ops.index_map import unravel
from bpdebug.optimizer import UpdateLine
from bpdebug.record import replace
from bpdebug.tui.draw.arrange import draw_stacked, draw_whole
from bpdebug.tui.draw.changed import every_cell, value_changed
from bpdebug.tui.draw.grid import grid_of
from bpdebug.tui.draw.line import Line, indented, spaced, wrap
from bpdebug.wording import (
    Script,
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
    """A forward op: its formula, its operands, its result, cells of it in numbers, and why."""
    node = moment.graph.nodes[moment.tick.index]
    formula = value_formula(moment.graph, node.index, script)
    left = script.name(node.name) + " = " if node.name else ""
    head = [Line(left + formula, "name").cut(columns)]
    told = wrap(forward_why(moment.graph, node.index), columns)
    if moment.position == moment.timeline.forward:
        step = "The forward pass is done. Press s to begin the backward pass, one step at a time."
        told += wrap(step, columns, "quiet")
    numbers = [indented(text, columns, "name") for text in cell_texts(moment, script, 1)]
    first = numbers[0] if numbers else []
    room = rows - len(head) - len(told) - len(first)
    drawn = draw_op(moment, script, columns, room - 3)
    drawn = drawn if len(drawn) <= room else []
    room -= len(drawn) + 3
    for text in cell_texts(moment, script, min(room, CELLS))[1:]:
        more = indented(text, columns, "text")
        if len(first) + len(more) > room + len(numbers[0]):
            break
        first = [*first, *more]
    return spaced([head, drawn, first, told], rows)


CELLS = 12
"""So many cells of a forward result are written out in numbers."""


def cell_texts(moment: Moment, script: Script, most: int) -> list[str]:
    """The first cells of the result that this tick computes, each in numbers."""
    index = moment.tick.index
    shape = moment.graph.nodes[index].shape
    texts = (
        forward_cell(moment.recorded, index, unravel(at, shape), script)
        for at in range(min(prod(shape), max(most, 1)))
    )
    return [text for text in texts if text]


def draw_op(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """The arrays of a forward op: operands and result, in at most so many lines if it can be."""
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
    """∂L/∂L = 1."""
    name = gradient_name(moment.graph, moment.graph.loss, script)
    loss = node_name(moment.graph, moment.graph.loss, script)
    told = (
        f"Move {loss} by 1, and {loss} moves by 1. Every other gradient grows out of this 1: "
        "at each op it is multiplied by the op's local derivative, from the loss down to the "
        "parameters."
    )
    value = float(moment.recorded.values[moment.graph.loss])
    if not isfinite(value):
        told = (
            f"{loss} is {script.number(value)}, so no small step moves it by a "
            "number. The pass begins with this 1 anyway; `nan` goes to where it went wrong."
        )
    return spaced([[Line(f"{name} = 1", "now")], wrap(told, columns)], rows)


def draw_update(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """One line of the update rule: in symbols, as grids, with the numbers of one cell, and why."""
    update = moment.update
    assert update is not None
    symbols, numbers, _ = update_formula(moment.graph, update, script)
    one = first_cell(moment.graph, update, script)
    head = wrap(symbols, columns, "now")
    told = wrap(update_why(moment.graph, update, script), columns)
    promise = draw_promise(moment, update, script, columns)
    terms = indented(one or numbers, columns, "name")
    norms = indented(numbers, columns, "quiet") if one else []
    fixed = len(head) + len(terms) + len(told)
    # Where there is no room for all of it, what was said in another way goes first.
    for more, blanks in (([norms, promise], 4), ([promise], 0), ([], 0)):
        room = rows - fixed - sum(map(len, more)) - blanks
        drawn = draw_operands(moment, update, script, columns, room - 2)
        if len(drawn) <= room:
            break
    else:
        drawn = []
    if more and more[0] is norms:
        terms, more = [*terms, *norms], more[1:]
    return spaced([head, drawn, terms, *more, told], rows)


def draw_promise(moment: Moment, update: UpdateLine, script: Script, columns: int) -> list[Line]:
    """What this parameter's update promised to do to the loss and what it did; then all together.

    Beside the last line of the rule, which makes the step.
    """
    name = moment.graph.nodes[update.parameter].name
    own = [one for one in moment.promises if one.parameter == name]
    if not own or update.line.target != "theta":
        return []
    rows = [(script.name(name), own[0])]
    if len(moment.promises) > 2:
        rows.append(("all", moment.promises[-1]))
    cells = [
        [what, *(script.at_most(4).number(v) for v in (one.predicted, one.actual))]
        for what, one in rows
    ]
    loss = node_name(moment.graph, moment.graph.loss, script)
    head = [script.either("Δ", "d ") + loss, "promised", "brought"]
    widths = [max(width(row[at]) for row in [head, *cells]) for at in range(3)]
    if sum(widths) + 4 > columns:
        return []  # half a number is a wrong one; `promise` says it in line mode
    lines = [Line(aligned_row(head, widths), "quiet")]
    for row, (_, one) in zip(cells, rows, strict=True):
        numbers, kept = aligned_row(row, widths), promise_text(one, script)
        role = "warning" if step_too_large(one) else "text"
        if width(numbers) + 2 + width(kept) <= columns:
            lines.append(Line(f"{numbers}  {kept}", role))
        else:
            lines += [Line(numbers, role), *indented(kept, columns, role)]
    return lines


def aligned_row(cells: Sequence[str], widths: list[int]) -> str:
    """A name and two numbers, the numbers at the right of their columns."""
    name, *numbers = cells
    return "  ".join([name.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])])


def draw_operands(
    moment: Moment, update: UpdateLine, script: Script, columns: int, rows: int
) -> list[Line]:
    """The arrays of an update line and what it makes, the cell that is written out lit in each."""
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
    """Position 0."""
    told = (
        "Nothing is computed yet: there are only the inputs and the parameters. "
        "Step forward to compute the values, one op at a time."
    )
    return wrap(told, columns)
