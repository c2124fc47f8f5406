"""What stands in the multiplication's pane when no multiplication is under way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.optimizer import UpdateLine
from bpdebug.tui.draw.arrange import draw_row, draw_stacked
from bpdebug.tui.draw.changed import every_cell, value_changed
from bpdebug.tui.draw.grid import Grid, draw, of_array
from bpdebug.tui.draw.line import Line, Look, wrap
from bpdebug.wording import (
    first_cell,
    gradient_name,
    kept_text,
    node_name,
    number,
    pretty,
    too_large,
    update_formula,
    update_operands,
    update_why,
    value_formula,
)


def draw_forward(moment: Moment, look: Look, columns: int, rows: int) -> list[Line]:
    """A forward op: its formula, its operands, its result."""
    node = moment.graph.nodes[moment.tick.index]
    formula = value_formula(moment.graph, node.index, unicode=look.unicode)
    left = pretty(node.name, unicode=look.unicode) + " = " if node.name else ""
    lines = [Line(left + formula, "name").cut(columns), Line()]
    blocks = [
        Grid(node_name(moment.graph, i, unicode=look.unicode), v.shape, of_array(v))
        for i, v in zip(node.operands, moment.run.operands(node.index), strict=True)
    ]
    value = np.asarray(moment.run.values[node.index])
    title = node_name(moment.graph, node.index, unicode=look.unicode)
    new = every_cell if value_changed(moment, node.index) else None
    result = Grid(title, value.shape, of_array(value), changed=new)
    share = max((rows - 6) // (len(blocks) + 1), 3)
    row = draw_row(blocks, look, columns, max(rows // 2, 4))
    if row:
        lines += [*row, Line()]
    else:
        for block in blocks:
            lines += [*draw(block, columns, share, look), Line()]
    lines += draw(result, columns, share, look)
    if moment.position == moment.timeline.forward:
        step = "The forward pass is done. Press s to begin the backward pass, one step at a time."
        lines += [Line(), *wrap(step, columns, "quiet")]
    return lines


def draw_seed(moment: Moment, look: Look, columns: int) -> list[Line]:
    """∂L/∂L = 1."""
    name = gradient_name(moment.graph, moment.layers, moment.graph.loss, unicode=look.unicode)
    loss = node_name(moment.graph, moment.graph.loss, unicode=look.unicode)
    told = (
        f"Move {loss} by 1, and {loss} moves by 1. Every other gradient grows out of this 1: "
        "at each op it is multiplied by the op's local derivative, from the loss down to the "
        "parameters."
    )
    return [Line(f"{name} = 1", "now"), Line(), *wrap(told, columns)]


def draw_update(moment: Moment, look: Look, columns: int, rows: int) -> list[Line]:
    """One line of the update rule: in symbols, as grids, and with the numbers of one cell."""
    update = moment.update
    assert update is not None
    symbols, numbers, _ = update_formula(
        moment.graph, update, digits=look.digits, unicode=look.unicode
    )
    one = first_cell(moment.graph, update, digits=look.digits, unicode=look.unicode)
    head = [*wrap(symbols, columns, "now"), Line()]
    told = wrap(update_why(moment.graph, update, unicode=look.unicode), columns)
    told += draw_promise(moment, update, look, columns)
    terms = indented(one or numbers, columns, "name")
    norms = indented(numbers, columns, "quiet") if one else []
    room = rows - len(head) - len(told) - len(terms) - 2
    drawn = draw_operands(moment, update, look, columns, max(room - len(norms), 4))
    shown = [*head, *drawn, *[Line()] * bool(drawn), *terms, *norms, Line(), *told]
    return shown if len(shown) <= rows else [*head, *drawn, *terms, Line(), *told]


def draw_promise(moment: Moment, update: UpdateLine, look: Look, columns: int) -> list[Line]:
    """What this parameter's update promised to do to the loss and what it did; then all together.

    Beside the last line of the rule, which makes the step.
    """
    name = moment.graph.nodes[update.parameter].name
    own = [one for one in moment.promises if one.parameter == name]
    if not own or update.line.target != "theta":
        return []
    several = len(moment.promises) > 2
    rows = [(f"moving {pretty(name, unicode=look.unicode)}", own[0])]
    rows += [("all together", moment.promises[-1])] * several
    loss = node_name(moment.graph, moment.graph.loss, unicode=look.unicode)
    lines = [Line()]
    for what, one in rows:
        predicted, actual = (
            number(value, min(look.digits, 4), unicode=look.unicode)
            for value in (one.predicted, one.actual)
        )
        kept = kept_text(one, unicode=look.unicode)
        told = f"{what} promised {predicted} to {loss} and brought {actual}: {kept}"
        lines += wrap(told, columns, "warning" if too_large(one) else "quiet")
    return lines


def draw_operands(
    moment: Moment, update: UpdateLine, look: Look, columns: int, rows: int
) -> list[Line]:
    """The arrays of an update line and what it makes, the cell that is written out lit in each."""
    shape = np.shape(update.after)
    cell = (0,) * len(shape)
    blocks = [
        Grid(title, array.shape, of_array(array), cell if array.shape == shape else None)
        for title, array in (
            (title, np.asarray(array))
            for title, array in update_operands(moment.graph, update, unicode=look.unicode)
        )
    ]
    if not blocks:
        return []
    blocks[-1] = replace(blocks[-1], changed=every_cell)
    drawn = draw_row(blocks, look, columns, rows)
    if drawn:
        return drawn
    lying = [replace(block, row=True) for block in blocks]
    return draw_stacked(lying, look, columns, max(rows, 3 * len(blocks)))


def indented(text: str, columns: int, role: str) -> list[Line]:
    """Wrapped lines set in by two cells."""
    return [Line("  ").extend(line) for line in wrap(text, columns - 2, role)]


def draw_start(moment: Moment, columns: int) -> list[Line]:
    """Position 0."""
    told = (
        "Nothing is computed yet: only the inputs and parameters are there. "
        "Step forward to compute the values, one op at a time."
    )
    return wrap(told, columns)
