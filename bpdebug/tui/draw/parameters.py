"""Every parameter with its gradient, its change and its new value: a table of cells.

A value of the future is not shown: change and new value stay `·` until the parameter's update line
has run. A large parameter shows a window around the cell that the cursor is at.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import prod

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Kind
from bpdebug.ops import Array
from bpdebug.ops.index_map import ravel, unravel
from bpdebug.trace import Phase, Status
from bpdebug.tui.draw.grid import column_texts
from bpdebug.tui.draw.line import Line, Look
from bpdebug.wording import pretty, shape_text
from bpdebug.wording.grid import stretch

CELLS = 6
"""How many cells of one parameter are shown where the current one is elsewhere."""


Drawn = dict[int, tuple[Hashable, list[Line]]]
"""What was drawn last for each parameter, and everything that it was drawn from."""


def draw_parameters(
    moment: Moment, look: Look, room: int, drawn_before: Drawn | None = None
) -> tuple[list[Line], tuple[int, int] | None]:
    """The whole pane, and the first and last line of the parameter that is written now.

    Parameters stand in the order in which the backward pass reaches them. A step changes one of
    them: the others are taken from `drawn_before`.
    """
    memory: Drawn = {} if drawn_before is None else drawn_before
    lines: list[Line] = []
    span = None
    writes = moment.phase in (Phase.BACKWARD, Phase.UPDATE)
    for index in in_order(moment):
        key = drawn_from(moment, index, look, room)
        if index not in memory or memory[index][0] != key:
            memory[index] = key, draw_parameter(moment, index, look, room)
        drawn = memory[index][1]
        if writes and index == moment.node:
            span = len(lines), len(lines) + len(drawn) - 1
        lines += drawn
    return lines or [Line("no parameters in this scenario", "quiet").cut(room)], span


def drawn_from(moment: Moment, index: int, look: Look, room: int) -> Hashable:
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
        moment.phase is Phase.UPDATE,
        look,
        room,
    )


def in_order(moment: Moment) -> list[int]:
    """Parameters, and inputs that ask for a gradient, as the backward pass reaches them."""
    into = moment.graph.into
    nodes = [
        node.index
        for node in moment.graph.nodes
        if node.kind is Kind.PARAMETER or (node.kind is Kind.INPUT and node.needs_gradient)
    ]
    last = len(moment.graph.edges)
    return sorted(nodes, key=lambda index: into[index][0].index if index in into else last)


def draw_parameter(moment: Moment, index: int, look: Look, room: int) -> list[Line]:
    """One parameter: a heading with its name, shape and state, and a row for each cell shown."""
    node = moment.graph.nodes[index]
    size = prod(node.shape)
    here = moment.phase in (Phase.BACKWARD, Phase.UPDATE) and moment.node == index
    focus = focus_cell(moment, index)
    cells = stretch(size, focus, CELLS if size > 2 * CELLS else size)
    head = Line(pretty(node.name, unicode=look.unicode), "now" if here else "name")
    if node.shape:
        head.add(" " + shape_text(node.shape, unicode=look.unicode), "quiet")
    if node.name in moment.problem.frozen:
        head.add("  frozen", "quiet")
    if node.kind is Kind.INPUT:
        head.add("  input", "quiet")
    state = moment.gradient(index)
    if state.status is Status.PARTIAL and state.expected > 1:
        head.add(f"  ∂ partial: {state.arrived} of {state.expected} contributions", "now")
    if index not in moment.graph.into:
        head.add("  does not reach the loss", "warning")
    spare = "∂L/∂" if moment.phase is Phase.UPDATE else "new"
    columns, texts = that_fit(columns_of(moment, index, cells), room - 2, look, spare)
    titles = Line(" ")
    for column, written in zip(columns, texts, strict=True):
        titles.add(f" {column.title:>{len(written[0])}}", "quiet")
    lines = [head.cut(room), titles.cut(room)]
    for at, cell in enumerate(cells):
        written_now = lit_column(moment) if here and cell == focus else ""
        lines.append(table_row(columns, texts, at, written_now))
    if len(cells) < size:
        dash = "–" if look.unicode else "-"
        lines.append(Line(f"  cells {cells[0]}{dash}{cells[-1]} of {size}", "quiet").cut(room))
    return lines


def table_row(columns: list[Column], texts: list[list[str]], at: int, lit: str) -> Line:
    """One cell's row; the column that is written now stands in brackets."""
    line = Line(" ")
    after = " "
    for column, written in zip(columns, texts, strict=True):
        now = column.title == lit
        line.add("[" if now else after, "lit" if now or after == "]" else "text")
        role = "text" if column.shown[at] is not None else "pending"
        line.add(written[at], f"{role}+lit" if now else role)
        after = "]" if now else " "
    return line.add(after, "lit" if after == "]" else "text")


def lit_column(moment: Moment) -> str:
    """The column that the current tick writes."""
    return "new" if moment.phase is Phase.UPDATE else "∂L/∂"


def focus_cell(moment: Moment, index: int) -> int:
    """The flat cell of a parameter that the current multiplication writes; else its first."""
    if moment.term is not None and moment.term.edge.operand == index:
        return ravel(moment.term.place.cell, moment.graph.nodes[index].shape)
    return 0


@dataclass(frozen=True, slots=True)
class Column:
    """Some cells of one column: what is known of them, and what decides the width."""

    title: str
    shown: list[float | None]
    final: list[float]


def columns_of(moment: Moment, index: int, cells: range) -> list[Column]:
    """Before, gradient, change and new value of some cells; None where not computed yet."""
    node = moment.graph.nodes[index]
    where = [unravel(cell, node.shape) for cell in cells]
    before = np.asarray(moment.run.values[index])
    columns = [Column("value", [*picked(before, where)], picked(before, where))]
    if index in moment.graph.into:
        gradient = picked(np.asarray(moment.run.gradients[index]), where)
        columns.append(Column("∂L/∂", gradients(moment, index, where), gradient))
    if moment.update_lines(index):
        old = picked(before, where)
        new = picked(np.asarray(moment.iteration.after[node.name]), where)
        change = [b - a for a, b in zip(old, new, strict=True)]
        for title, final in (("change", change), ("new", new)):
            pending: list[float | None] = [None] * len(where)
            columns.append(Column(title, [*final] if moment.updated(index) else pending, final))
    return columns


def gradients(moment: Moment, index: int, where: list[tuple[int, ...]]) -> list[float | None]:
    """The gradient's cells as far as they have come."""
    state = moment.gradient(index)
    found: list[float | None] = []
    for cell in where:
        values, known = state.window(tuple(slice(i, i + 1) for i in cell))
        found.append(float(values.reshape(())) if known.reshape(()) else None)
    return found


def picked(array: Array, where: list[tuple[int, ...]]) -> list[float]:
    """Some cells of an array."""
    return [float(array[cell]) for cell in where]


def that_fit(
    columns: list[Column], room: int, look: Look, spare: str
) -> tuple[list[Column], list[list[str]]]:
    """The table's columns as texts. Where there is no room, `change` goes first, then digits,
    then the column that matters least in this phase."""
    tried: tuple[list[Column], list[list[str]]] = (columns, [])
    leave_out: tuple[tuple[str, ...], ...] = ((), ("change",), ("change", spare))
    for dropped in leave_out:
        kept = [column for column in columns if column.title not in dropped]
        for digits in (look.digits, 5, 4):
            texts = [
                [
                    text.rjust(len(column.title))
                    for text in column_texts(
                        column.shown, column.final, look, min(digits, look.digits)
                    )
                ]
                for column in kept
            ]
            tried = (kept, texts)
            if sum(len(column[0]) + 1 for column in texts) <= room:
                return tried
    return tried
