"""A folded group that was passed as a whole: its vector-Jacobian product as one step.

The upstream gradient goes in, and what the group adds to the gradients of its operands comes out.
In the forward pass, its operands go in and its value comes out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.debugger.text.groups import definition_of, share_text, stands_for
from bpdebug.graph import Kind
from bpdebug.ops import Array
from bpdebug.records import record, replace
from bpdebug.ticks import Span
from bpdebug.ticks.group_gradients import contribution, entered_by, left_by, part_of
from bpdebug.tui.draw.arrange import draw_row, draw_stacked, draw_whole
from bpdebug.tui.draw.changed import every_cell
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.grid import Grid, grid_of
from bpdebug.tui.draw.line import Line, spaced, wrap
from bpdebug.tui.draw.measures import measure
from bpdebug.wording import (
    Script,
    fit,
    gradient_name,
    group_line,
    inside,
    width,
)
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.groups import MOST_NAMES

DIGITS = 4
"""Digits of a norm."""
GAP = 2
"""Cells between the columns of the table."""
LEAST = 3
"""Lines of the smallest grid that is worth showing."""


@record
class Through:
    """An array that goes into a group or comes out of it."""

    direction: str
    """`in` or `out`."""
    name: str
    array: Array
    note: str = ""
    """Which contributions to the gradient it is, where there are others."""
    title: str = ""
    """What stands before its name over its grid: `upstream `, or nothing."""


def draw_passed(moment: Moment, span: Span, script: Script, columns: int, rows: int) -> list[Line]:
    """The pane's lines for a group just passed: formula, what goes in and out, how to look inside.

    Norms of everything come first; grids have the rest of the room.
    """
    script = inside(moment.graph, span.group, script)
    head = heading(moment, span, script, columns)
    arrays = through(moment, span, script)
    reason = [
        *wrap(f"{stands_for(moment.graph, span)}.", columns),
        *wrap(HOW_TO_LOOK, columns, "quiet"),
    ]
    room = rows - len(head) - len(reason)
    table = table_of(arrays, script, columns, max(room, 1))
    drawn = grids_within(arrays, script, columns, room - len(table) - SPACES)
    return spaced([head, table, drawn, reason], rows)


HOW_TO_LOOK = (
    "To look inside: = unfolds it. Or N goes back before it, and from there step (s) goes into it."
)
SPACES = 3
"""Blank lines between the four parts."""


def heading(moment: Moment, span: Span, script: Script, columns: int) -> list[Line]:
    """The group's formula; in the backward pass also its line of the program."""
    graph = moment.graph
    lines = wrap(definition_of(graph, part_of(graph, span), script), columns, "name")
    if span.backward:
        texts = [
            " ".join(group_line(graph, span, script, most=n)) for n in range(MOST_NAMES, -1, -1)
        ]
        lines += wrap(fitting(texts, columns, texts[-1]), columns, "now")
    return lines


def through(moment: Moment, span: Span, script: Script) -> list[Through]:
    """The arrays that go into a group and come out of it."""
    return (through_backward if span.backward else through_forward)(moment, span, script)


def through_backward(moment: Moment, span: Span, script: Script) -> list[Through]:
    """The upstream gradients of a group, and its contributions to those of its operands."""
    graph, recorded = moment.graph, moment.recorded
    upstream = [
        Through(
            "in",
            gradient_name(graph, node, script),
            np.asarray(recorded.gradients[node]),
            title="upstream ",
        )
        for node in entered_by(graph, span)
    ]
    out = [
        Through(
            "out",
            gradient_name(graph, node, script),
            contribution(recorded, edges),
            share_text(edges).strip(" ()"),
        )
        for node, edges in left_by(graph, span).items()
    ]
    return [*upstream, *out]


def through_forward(moment: Moment, span: Span, script: Script) -> list[Through]:
    """The operands of a group, those that are no parameters first, and its value."""
    graph, values = moment.graph, moment.recorded.values
    group = part_of(graph, span)
    operands = group.call or sorted(
        group.operands, key=lambda node: graph.nodes[node].kind is Kind.PARAMETER
    )
    read = [Through("in", full_name(graph, i, script), np.asarray(values[i])) for i in operands]
    made = [
        Through("out", full_name(graph, node, script), np.asarray(values[node]))
        for node in group.results
    ]
    return [*read, *made]


def table_of(arrays: Sequence[Through], script: Script, columns: int, rows: int) -> list[Line]:
    """A line for each array: which way it goes, its name, shape and norm; of many, the first."""
    shown = list(arrays)
    if len(shown) > rows:
        shown = shown[: max(rows - 1, 1)]
    cells = [
        (
            each.direction,
            each.name,
            script.shape(each.array.shape) or "scalar",
            script.either("‖·‖ ", "|.| ") + script.number(measure(each.array).norm, DIGITS),
            each.note,
        )
        for each in shown
    ]
    widths = [max(width(row[at]) for row in cells) for at in range(len(cells[0]))]
    # The numbers keep their room; names and notes are cut.
    widths[1] = max(min(widths[1], columns - widths[0] - sum(widths[2:4]) - 3 * GAP), 1)
    lines, before = [], ""
    for way, name, shape, norm, note in cells:
        line = Line(fit("" if way == before else way, widths[0]), "quiet").add(" " * GAP)
        line.add(fit(script.cut_middle(name, widths[1]), widths[1]), "name").add(" " * GAP)
        line.add(fit(shape, widths[2]), "quiet").add(" " * GAP).add(fit(norm, widths[3]))
        before = way
        short = note.replace("contribution ", "").replace("contributions ", "")
        line.add(
            fitting([f"  {note}", f"  {short}"] if note else [], columns - line.width), "quiet"
        )
        lines.append(line)
    if len(shown) < len(arrays):
        lines.append(Line(f"{script.more} {len(arrays) - len(shown)} more", "quiet"))
    return lines


def grids_within(arrays: Sequence[Through], script: Script, columns: int, rows: int) -> list[Line]:
    """As many of the arrays as grids as there is room for, the first of them at least; or none."""
    if rows < LEAST:
        return []
    grids: list[Grid] = [
        replace(
            grid_of(f"{each.title}{each.name}", each.array),
            changed=every_cell if each.direction == "out" else None,
        )
        for each in arrays
        if each.array.size and each.array.ndim
    ]
    for count in range(len(grids), 0, -1):
        whole = draw_whole(grids[:count], script, columns, rows)
        if whole:
            return whole
    if not grids:
        return []
    if len(grids) == 1 or rows < 2 * LEAST:
        return draw_stacked(grids[:1], script, columns, rows)
    pair = draw_row(grids[:2], script, columns, rows, shrink=True)
    return pair or draw_stacked(grids[:2], script, columns, rows)
