"""What stands in the multiplication's pane when no multiplication is under way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.optimizer import UpdateLine
from bpdebug.record import replace
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
    width,
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
    promise = draw_promise(moment, update, look, columns)
    terms = indented(one or numbers, columns, "name")
    norms = indented(numbers, columns, "quiet") if one else []
    room = rows - len(head) - len(told) - len(promise) - len(terms) - 3
    drawn = draw_operands(moment, update, look, columns, max(room - len(norms), 4))
    drawn += [Line()] * bool(drawn)
    apart = [Line()] * bool(promise)
    # Where there is no room for all of it, what was said in another way goes first.
    for shown in (
        [*head, *drawn, *terms, *norms, *apart, *promise, Line(), *told],
        [*head, *drawn, *terms, *apart, *promise, Line(), *told],
        [*head, *drawn, *terms, *promise, Line(), *told],
    ):
        if len(shown) <= rows:
            return shown
    return [*head, *drawn, *terms, *promise]


def draw_promise(moment: Moment, update: UpdateLine, look: Look, columns: int) -> list[Line]:
    """What this parameter's update promised to do to the loss and what it did; then all together.

    Beside the last line of the rule, which makes the step.
    """
    name = moment.graph.nodes[update.parameter].name
    own = [one for one in moment.promises if one.parameter == name]
    if not own or update.line.target != "theta":
        return []
    rows = [(pretty(name, unicode=look.unicode), own[0])]
    if len(moment.promises) > 2:
        rows.append(("all", moment.promises[-1]))
    digits = min(look.digits, 4)
    cells = [
        (what, *(number(v, digits, unicode=look.unicode) for v in (one.predicted, one.actual)))
        for what, one in rows
    ]
    loss = node_name(moment.graph, moment.graph.loss, unicode=look.unicode)
    head = ((f"Δ{loss}" if look.unicode else f"d {loss}"), "promised", "brought")
    widths = [max(width(row[at]) for row in [head, *cells]) for at in range(3)]
    if sum(widths) + 4 > columns:
        return []  # half a number is a wrong one; `promise` says it in line mode
    lines = [Line(aligned_row(head, widths), "quiet")]
    for row, (_, one) in zip(cells, rows, strict=True):
        kept, bad = kept_text(one, unicode=look.unicode), too_large(one)
        lines += wrap_behind(aligned_row(row, widths), kept, columns, "warning" if bad else "text")
    return lines


def aligned_row(cells: Sequence[str], widths: list[int]) -> str:
    """A name and two numbers, the numbers at the right of their columns."""
    name, *numbers = cells
    right = (text.rjust(room) for text, room in zip(numbers, widths[1:], strict=True))
    return "  ".join([name.ljust(widths[0]), *right])


def wrap_behind(row: str, told: str, columns: int, role: str) -> list[Line]:
    """A row and what there is to say of it, which goes on below where it is long."""
    if width(row) + 2 + width(told) <= columns:
        return [Line(f"{row}  {told}", role)]
    return [Line(row, role), *indented(told, columns, role)]


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
