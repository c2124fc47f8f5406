"""The rows of the graph's tree as lines: name, op, value, and the gradient once it exists."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.expression.places import nodes_labelled
from bpdebug.graph import Node
from bpdebug.record import record
from bpdebug.trace import Phase, Status
from bpdebug.tui.draw.changed import changed, gradient_changed, progress, value_changed
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.marks import sign_of
from bpdebug.tui.draw.summary import summary
from bpdebug.tui.draw.tree import GraphTree, Row
from bpdebug.wording import node_name, value_formula, width

NARROW = 30
"""Below this width a result's op takes the first line, and its value or gradient the second."""
PLAIN_GUIDES = str.maketrans("│╰├‥", "|`|:")


FOR_VALUE = 10
"""Cells that a long name leaves to the numbers behind it."""
FOR_BOTH = 10
"""Value and gradient of a scalar stand side by side from so many cells on."""


def levels_to_skip(tree: GraphTree, node: int, room: int) -> int:
    """How many levels of guides to leave out, so that a deep node's own row has room."""
    at = tree.row_of.get(node)
    depth = tree.rows[at].depth if at is not None else 0
    return max(0, depth - max(2, room // 6))


def draw_row(
    tree: GraphTree,
    row: Row,
    moment: Moment,
    look: Look,
    room: int,
    skip: int = 0,
    marks: Marks | None = None,
) -> list[Line]:
    """One row: the node with its op and value, and below it the gradient where there is one."""
    node = tree.graph.nodes[row.node]
    marks = NO_MARKS if row.repeated else marks or marks_of(moment, tree)
    arrow = marks.now.get(row.node, "")
    head = Line(marks.stops.get(row.node, " "), "warning").add(arrow or " ", "now")
    head.add(guide_text(row, look, skip, room), "quiet")
    name = node_name(tree.graph, row.node, unicode=look.unicode)
    if row.repeated:
        return [head.add("↑ " if look.unicode else "^ ", "quiet").add(name, "quiet")]
    fold = "" if not row.children or row.open else ("▸ " if look.unicode else "+ ")
    shown = Line(name, "now" if arrow else "name")
    head.add(fold, "quiet").extend(shown.cut(max(room - head.width - FOR_VALUE, LABEL)))
    if not node.shape:
        return [scalar_row(head, moment, node, look, room)]
    below = Line("  ").add(continued(row, look, skip, room), "quiet")
    if node.name and node.op is not None:
        formula = value_formula(tree.graph, row.node, unicode=look.unicode)
        left = room - head.width - 2
        if room < NARROW:
            second = second_line(moment, node, below, look, room)
            return [head.add("  ").extend(Line(formula, "quiet").cut(left)), *second]
        # The value needs some cells too; an op that is too long is better cut than the number.
        head.add("  ").extend(Line(formula, "quiet").cut(max(left - 14, left // 2)))
    head.add("  ").add(*value_text(moment, row.node, room - head.width - 2, look))
    if moment.gradient(row.node).status is Status.NONE:
        return [head]
    return [head, with_gradient(below, moment, row.node, look, room)]


def drawn_from(moment: Moment, row: Row, marks: Marks) -> tuple[Hashable, ...]:
    """Everything of a moment that a row's lines depend on."""
    node = row.node
    return (
        moment.iteration.number,
        moment.value(node) is None or moment.updated(node),
        progress(moment.gradient(node)),
        value_changed(moment, node),
        gradient_changed(moment, node),
        marks.now.get(node),
        marks.stops.get(node),
    )


def scalar_row(head: Line, moment: Moment, node: Node, look: Look, room: int) -> Line:
    """A scalar has everything on one line; value and gradient share what the op leaves them."""
    state = moment.gradient(node.index)
    has_gradient = state.status is not Status.NONE
    if node.name and node.op is not None:
        formula = value_formula(moment.graph, node.index, unicode=look.unicode)
        needed = 20 if has_gradient else 12
        left = room - head.width - 2 - needed
        if width(formula) <= left:
            head.add("  ").add(formula, "quiet")
    left = room - head.width - 2
    if has_gradient and left < FOR_BOTH:
        # One number that can be read, and the gradient once there is one.
        has_gradient = False
        if state.status is not Status.PENDING:
            return with_gradient(head.add(" "), moment, node.index, look, room)
    if not has_gradient:
        return head.add("  ").add(*value_text(moment, node.index, left, look))
    gradient = gradient_text(moment, node.index, look, max(left // 2 - 4, 1))
    value = value_text(moment, node.index, left - 4 - len(gradient[0]), look)
    head.add("  ").add(*value).add("  ∂ " if look.unicode else "  d ", "quiet")
    return head.add(*gradient_text(moment, node.index, look, room - head.width))


def second_line(moment: Moment, node: Node, below: Line, look: Look, room: int) -> list[Line]:
    """On a narrow screen: the gradient once there is one, the value until then."""
    status = moment.gradient(node.index).status
    if status in (Status.NONE, Status.PENDING):
        return [below.add(*value_text(moment, node.index, room - below.width, look))]
    return [with_gradient(below, moment, node.index, look, room)]


def with_gradient(below: Line, moment: Moment, node: int, look: Look, room: int) -> Line:
    """The second line: `∂` and the gradient as far as it has come."""
    below.add("∂ " if look.unicode else "d ", "quiet")
    return below.add(*gradient_text(moment, node, look, room - below.width))


def value_text(moment: Moment, node: int, room: int, look: Look) -> tuple[str, str]:
    """A node's value in so many cells, with its role."""
    value = moment.value(node)
    new = value_changed(moment, node)
    if value is None:
        return "·", changed("pending", new)
    return summary(value, room, look), changed("text", new)


@record
class Marks:
    """What stands before the rows: by node, or by the nearest node above that is in view."""

    now: Mapping[int, str]
    """`▶` at the node that is being written, `◆` at the one its gradient comes from."""
    stops: Mapping[int, str]
    """`●` where a breakpoint stands, `◐` with a condition, `○` where it is disabled."""


NO_MARKS = Marks({}, {})


def marks_of(moment: Moment, tree: GraphTree) -> Marks:
    """The marks of a moment; one whose row is folded away stands where it can be seen."""
    now: dict[int, str] = {}
    if moment.edge is not None:
        now[tree.in_view(moment.edge.output)] = "◆"
    if moment.phase is not Phase.START:
        now[tree.in_view(moment.node)] = "▶"
    stops: dict[int, str] = {}
    for point in moment.breakpoints:
        # One on an edge stands at its operand, where its gradient goes.
        label = point.operand or point.node
        sign = sign_of(point)
        for node in nodes_labelled(moment.graph, label) if label else ():
            row = tree.in_view(node)
            if stops.get(row, "○") == "○":
                stops[row] = sign
    return Marks(now, stops)


def bars(row: Row, skip: int, room: int) -> str:
    """The lines of the levels above a row; the first `skip` levels are left out for all rows.

    A row so deep that its name had no room loses more of them.
    """
    # The root's children have no line above them: the loss is their heading.
    levels = range(row.depth - 2 - skip, -1, -1)
    most = max((room - LABEL) // 2, 0)
    shown = ["│ " if row.guides >> level & 1 else "  " for level in levels]
    cut = skip or len(shown) > most
    return ("‥" if cut else "") + "".join(
        shown[len(shown) - most :] if most < len(shown) else shown
    )


LABEL = 12
"""Cells of a row that its guides leave to its label."""


def guide_text(row: Row, look: Look, skip: int, room: int) -> str:
    """The lines that tie a row to its parent; left of what is shown stands the depth instead."""
    if row.depth == 0:
        return ""
    if row.depth <= skip:
        text = f"‥{row.depth} "
    else:
        text = bars(row, skip, room) + ("╰ " if row.last else "├ ")
    return text if look.unicode else text.translate(PLAIN_GUIDES)


def continued(row: Row, look: Look, skip: int, room: int) -> str:
    """The guides of a row's second line."""
    if row.depth and row.depth <= skip:
        return " " * len(f"‥{row.depth} ")
    text = bars(row, skip, room) if row.depth else ""
    text += "" if row.depth == 0 else "  " if row.last else "│ "
    text += "│ " if row.open else "  "
    return text if look.unicode else text.translate(PLAIN_GUIDES)


def gradient_text(moment: Moment, node: int, look: Look, room: int) -> tuple[str, str]:
    """A node's gradient as far as it has come, in so many cells, with its role."""
    state = moment.gradient(node)
    new = gradient_changed(moment, node)
    if state.status is Status.PENDING:
        return "·", changed("pending", new)
    if state.status is Status.WHOLE:
        # What all contributions come to is recorded: adding large arrays takes time at each key.
        recorded = moment.run.gradients[node]
        total = state.whole[0] if recorded is None else recorded
        return summary(np.asarray(total), room, look), changed("text", new)
    return progress_text(moment, node, room), changed("now", new)


def progress_text(moment: Moment, node: int, room: int) -> str:
    """How far a gradient has come that is still accumulating."""
    state = moment.gradient(node)
    cells = f"{state.reached} of {state.reachable} cells"
    count = f"{state.arrived} of {state.expected}"
    wordings: tuple[str, ...] = (
        f"partial: {count} contributions",
        f"partial {count}",
        f"{count} parts",
        "partial",
    )
    if state.expected == 1:
        wordings = (cells, cells.removesuffix(" cells"), "partial")
    return next((text for text in wordings if len(text) <= room), "…")
