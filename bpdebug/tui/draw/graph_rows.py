"""The rows of the graph's tree as lines: name, op, value, and the gradient once it exists."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.expression.places import nodes_labelled
from bpdebug.graph import Node
from bpdebug.record import record, replace
from bpdebug.trace import Phase, Status
from bpdebug.tui.draw.changed import changed, gradient_changed, progress, value_changed
from bpdebug.tui.draw.counters import cells_done, contributions_done, fitting
from bpdebug.tui.draw.graph_tree import GraphTree, Row
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.signs import sign_of
from bpdebug.tui.draw.summary import summary
from bpdebug.wording import Script, node_name, value_formula, width

NARROW = 30
"""Below this width levels stand closer, and an op gives its place to its result's gradient."""
PLAIN_GUIDES = str.maketrans("│╰├‥", "|`|:")


FOR_VALUE = 10
"""Cells that a long name leaves to the numbers behind it."""
FEWEST_DIGITS = 3
"""Value and gradient of a scalar stand side by side with so many digits, or only one of them."""
FOR_NUMBER = 8
"""Cells of a short number, of the ellipsis for the rest, and of what parts it from a name."""
SHORT_NAME = 2
"""Cells of the names that textbooks give."""
FOR_FORMULA = 6
"""A formula that would get fewer cells is left out."""
DIGITS = 4
"""So many digits of a number come before its op's formula."""


def levels_to_skip(tree: GraphTree, node: int, room: int) -> int:
    """How many levels of guides to leave out, so that a deep node's own row has room."""
    at = tree.row_of.get(node)
    depth = tree.rows[at].depth if at is not None else 0
    most = levels_that_fit(room)
    if room >= NARROW:
        most = min(most, room // 6)
    return depth - most if depth - 1 > most else 0


def step(room: int) -> int:
    """Cells of one level: the tree is drawn closer where there is little room."""
    return 1 if room < NARROW else 2


def levels_that_fit(room: int) -> int:
    """Levels that a row may have above its own, and still have room for a name and a number."""
    least = NAME_AT + SHORT_NAME + FOR_NUMBER if room < NARROW else LABEL
    return max((room - least) // step(room), 1)


def draw_row(
    tree: GraphTree,
    row: Row,
    moment: Moment,
    script: Script,
    room: int,
    skip: int = 0,
    marks: Marks | None = None,
) -> list[Line]:
    """One row: the node with its op and value, and below it the gradient where there is one."""
    node = tree.graph.nodes[row.node]
    marks = NO_MARKS if row.repeated else marks or marks_of(moment, tree)
    arrow = marks.now.get(row.node, "")
    head = Line(marks.stops.get(row.node, " "), "warning").add(arrow or " ", "now")
    head.add(guide_text(row, script, skip, room), "quiet")
    name = node_name(tree.graph, row.node, script)
    if row.repeated:
        return [head.add(script.either("↑ ", "^ "), "quiet").add(name, "quiet")]
    fold = "" if not row.children or row.open else script.either("▸ ", "+ ")
    shown = Line(name, "now" if arrow else "name")
    head.add(fold, "quiet").extend(shown.cut(max(room - head.width - FOR_VALUE, LABEL)))
    if not node.shape:
        return [scalar_row(head, moment, node, script, room)]
    below = Line("  ").add(continued(row, script, skip, room), "quiet")
    status = moment.gradient(row.node).status
    formula = formula_of(moment, node, script)
    takes_turns = room < NARROW and status is not Status.NONE
    left = room - head.width - 4 - number_width(moment, row.node, script)
    if formula and not takes_turns and (width(formula) <= left or left >= FOR_FORMULA):
        head.add("  ").extend(Line(formula, "quiet").cut(left))
    value_behind(head, moment, row.node, room, script)
    if status is Status.NONE:
        return [head]
    if formula and takes_turns and status is Status.PENDING:
        # The second line is the formula's until the gradient comes; the value stays where it is.
        return [head, below.extend(Line(formula, "quiet").cut(room - below.width))]
    return [head, with_gradient(below, moment, row.node, script, room)]


def value_behind(head: Line, moment: Moment, node: int, room: int, script: Script) -> Line:
    """A row's value behind what stands there, a little closer where that shows more of it."""
    left = room - head.width - 2
    near, far = (value_text(moment, node, left + closer, script) for closer in (1, 0))
    gap = "  " if near[0] == far[0] else " "
    return head.add(gap).add(*near)


def number_width(moment: Moment, node: int, script: Script) -> int:
    """Cells of a value's first number with a few digits, and of the ellipsis for the rest."""
    value = moment.value(node)
    if value is None or not value.size:
        return 1
    text = script.at_most(DIGITS).number(float(value.flat[0]))
    return len(text) + (2 if value.size > 1 else 0)


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


def scalar_row(head: Line, moment: Moment, node: Node, script: Script, room: int) -> Line:
    """A scalar has everything on one line; value and gradient share what the op leaves them."""
    has_gradient = moment.gradient(node.index).status is not Status.NONE
    formula = formula_of(moment, node, script)
    if formula:
        whole = value_text(moment, node.index, WHOLE, script)[0]
        if has_gradient:
            whole += (
                f"  {gradient_sign(script)}{gradient_text(moment, node.index, script, WHOLE)[0]}"
            )
        if head.width + 2 + width(formula) + 2 + len(whole) <= room:
            head.add("  ").add(formula, "quiet")
    if has_gradient:
        return beside(head, moment, node.index, script, room)
    return value_behind(head, moment, node.index, room, script)


def formula_of(moment: Moment, node: Node, script: Script) -> str:
    """The op of a node that has a name of its own; empty for others, and for leaves."""
    if not node.name or node.op is None:
        return ""
    return value_formula(moment.graph, node.index, script)


def gradient_sign(script: Script) -> str:
    """What stands before a gradient."""
    return script.text("∂ ")


def beside(head: Line, moment: Moment, node: int, script: Script, room: int) -> Line:
    """A scalar's value and gradient side by side, with fewer digits where there is little room.

    Where both have no room with the fewest, the gradient stands alone once there is one.
    """
    left = room - head.width - 2
    sign = f"  {gradient_sign(script)}"
    for digits in range(script.digits, FEWEST_DIGITS - 1, -1):
        few = replace(script, digits=digits)
        value = value_text(moment, node, WHOLE, few)
        gradient = gradient_text(moment, node, few, WHOLE)
        if len(value[0]) + len(sign) + len(gradient[0]) <= left:
            return head.add("  ").add(*value).add(sign, "quiet").add(*gradient)
    if moment.gradient(node).status is Status.PENDING:
        return value_behind(head, moment, node, room, script)
    return with_gradient(head.add(" "), moment, node, script, room)


def with_gradient(below: Line, moment: Moment, node: int, script: Script, room: int) -> Line:
    """The second line: `∂` and the gradient as far as it has come."""
    below.add(gradient_sign(script), "quiet")
    return below.add(*gradient_text(moment, node, script, room - below.width))


def value_text(moment: Moment, node: int, room: int, script: Script) -> tuple[str, str]:
    """A node's value in so many cells, with its role."""
    value = moment.value(node)
    new = value_changed(moment, node)
    if value is None:
        return "·", changed("pending", new)
    return summary(value, room, script), changed("text", new)


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

    A row so deep that its name and a number had no room loses more of them.
    """
    # The root's children have no line above them: the loss is their heading.
    levels = range(row.depth - 2 - skip, -1, -1)
    most = levels_that_fit(room)
    cells = step(room)
    shown = [("│" if row.guides >> level & 1 else " ").ljust(cells) for level in levels]
    if not skip and len(shown) <= most:
        return "".join(shown)
    # The sign for what is left out takes a level's place.
    return "‥" + "".join(shown[max(len(shown) - most + 1, 0) :])


LABEL = 12
"""Cells of a row that its guides leave to its label."""
NAME_AT = 4
"""A name has two marks and its own guide before it, whatever the levels above take."""
WHOLE = 99
"""Room in which every number is whole."""


def guide_text(row: Row, script: Script, skip: int, room: int) -> str:
    """The lines that tie a row to its parent; left of what is shown stands the depth instead."""
    if row.depth == 0:
        return ""
    if row.depth <= skip:
        text = f"‥{row.depth} "
    else:
        text = bars(row, skip, room) + ("╰ " if row.last else "├ ")
    return text if script.unicode else text.translate(PLAIN_GUIDES)


def continued(row: Row, script: Script, skip: int, room: int) -> str:
    """The guides of a row's second line."""
    if row.depth and row.depth <= skip:
        return " " * len(f"‥{row.depth} ")
    text = ""
    if row.depth:
        text = bars(row, skip, room) + (" " if row.last else "│").ljust(step(room))
    text += "│ " if row.open else " " if room < NARROW else "  "
    return text if script.unicode else text.translate(PLAIN_GUIDES)


def gradient_text(moment: Moment, node: int, script: Script, room: int) -> tuple[str, str]:
    """A node's gradient as far as it has come, in so many cells, with its role."""
    state = moment.gradient(node)
    new = gradient_changed(moment, node)
    if state.status is Status.PENDING:
        return "·", changed("pending", new)
    if state.status is Status.WHOLE:
        # What all contributions come to is recorded: adding large arrays takes time at each key.
        recorded = moment.recorded.gradients[node]
        total = state.whole[0] if recorded is None else recorded
        return summary(np.asarray(total), room, script), changed("text", new)
    return progress_text(moment, node, room), changed("now", new)


def progress_text(moment: Moment, node: int, room: int) -> str:
    """How far a gradient has come that is still accumulating."""
    state = moment.gradient(node)
    if state.expected == 1:
        wordings = (*cells_done(state.reached, state.reachable), "partial")
    else:
        wordings = (*contributions_done(state.arrived, state.expected), "partial")
    return fitting(wordings, room, "…")
