"""The rows of the graph's tree as lines: name, op, value, and the gradient once it exists."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.breakpoint import Target
from bpdebug.expression.named import nodes_labelled
from bpdebug.graph import Node
from bpdebug.records import record, replace
from bpdebug.ticks import Phase, Status
from bpdebug.ticks.group_gradients import left_by
from bpdebug.tui.draw.breakpoint_signs import sign_of
from bpdebug.tui.draw.changed import changed, gradient_changed, gradient_progress, value_changed
from bpdebug.tui.draw.counters import cells_done, contributions_done, fitting
from bpdebug.tui.draw.graph_groups import (
    formula_of_group,
    group_head,
    name_of_group,
    script_within,
    sign_of_row,
)
from bpdebug.tui.draw.graph_tree import GraphTree, Row
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.summary import summary
from bpdebug.tui.draw.theirs import gradient_mark, marked
from bpdebug.wording import Script, node_name, value_formula, width
from bpdebug.wording.ascii import GUIDES

NARROW = 30
"""Below this width levels stand closer, and a node's gradient replaces its formula."""
FOR_VALUE = 10
"""Cells that a long name leaves to the numbers behind it."""
FEWEST_DIGITS = 3
"""With fewer digits a scalar's value and gradient do not stand side by side: one is left out."""
FOR_NUMBER = 8
"""Cells of a short number, an ellipsis, and the blanks before them."""
SHORT_NAME = 2
"""Cells of a usual name, such as `W₁`."""
FOR_FORMULA = 6
"""Cells of the shortest formula; with less room it is left out."""
DIGITS = 4
"""Digits of a value's first number for which a formula leaves room."""
LABEL = 12
"""Cells of a row that its guides leave to its label."""
NAME_AT = 4
"""Cells before a name, without those of its guides: two signs and the node's own guide."""
WHOLE = 99
"""Room in which every number is whole."""


def levels_to_skip(tree: GraphTree, node: int, room: int) -> int:
    """How many levels of guides to leave out in all rows, so that a deep node's row has room."""
    at = tree.row(node)
    depth = tree.rows[at].depth if at is not None else 0
    most = levels_that_fit(room)
    if room >= NARROW:
        most = min(most, room // 6)
    return depth - most if depth - 1 > most else 0


def step(room: int) -> int:
    """Cells of a level's guides: 2, or 1 where there is little room."""
    return 1 if room < NARROW else 2


def levels_that_fit(room: int) -> int:
    """The levels of guides that leave room for a name and a number."""
    least = NAME_AT + SHORT_NAME + FOR_NUMBER if room < NARROW else LABEL
    return max((room - least) // step(room), 1)


def draw_row(
    tree: GraphTree,
    row: Row,
    moment: Moment,
    script: Script,
    room: int,
    skip: int = 0,
    signs: RowSigns | None = None,
) -> list[Line]:
    """A row's lines: the node with its op and value, and on a second line an array's gradient.

    `skip` levels of guides are left out; `signs` None means those of the moment.
    """
    node = tree.graph.nodes[row.node]
    signs = NO_SIGNS if row.repeated else signs or signs_of(moment, tree)
    arrow = signs.now.get(row.node, "")
    head = Line(signs.breakpoints.get(row.node, " "), "warning").add(arrow or " ", "now")
    head.add(guide_text(row, script, skip, room), "quiet")
    name = name_of(tree, row, script)
    if row.repeated:
        return [head.add(script.either("↑ ", "^ "), "quiet").add(name, "quiet")]
    fold = sign_of_row(tree, row, moment, script)
    mark = marked(gradient_mark(moment, row.node), script)
    least = LABEL - mark.width
    longest = max(room - head.width - FOR_VALUE - mark.width, least)
    cut = script.cut_middle if "." in tree.graph.nodes[row.node].name else script.cut
    label = Line(cut(name, longest), "now" if arrow else "name")
    head.add(fold, "quiet").extend(label).extend(mark)
    formula = formula_of(moment, row, script)
    if not node.shape:
        return [scalar_row(head, moment, node, formula, script, room)]
    below = Line("  ").add(continued(row, script, skip, room), "quiet")
    status = moment.gradient(row.node).status
    if row.group:
        group_head(head, moment, row, room, script)
        if status is Status.NONE:
            return [head]
        return [head, with_gradient(below, moment, row.node, script, room)]
    takes_turns = room < NARROW and status is not Status.NONE
    left = room - head.width - 4 - number_width(moment, row.node, script)
    if formula and not takes_turns and (width(formula) <= left or left >= FOR_FORMULA):
        head.add("  ").extend(Line(formula, "quiet").cut(left))
    value_behind(head, moment, row.node, room, script)
    if status is Status.NONE:
        return [head]
    if formula and takes_turns and status is Status.PENDING:
        # The formula has the second line until the gradient takes it, so that the value stays.
        return [head, below.extend(Line(formula, "quiet").cut(room - below.width))]
    return [head, with_gradient(below, moment, row.node, script, room)]


def value_behind(head: Line, moment: Moment, node: int, room: int, script: Script) -> Line:
    """Append a node's value: two blanks after the line's text, or one where that shows more."""
    left = room - head.width - 2
    near, far = (value_text(moment, node, left + closer, script) for closer in (1, 0))
    gap = "  " if near[0] == far[0] else " "
    return head.add(gap).add(*near)


def number_width(moment: Moment, node: int, script: Script) -> int:
    """Cells of a value's first number with `DIGITS` digits, and of an ellipsis for the rest."""
    value = moment.value(node)
    if value is None or not value.size:
        return 1
    text = script.at_most(DIGITS).number(float(value.flat[0]))
    return len(text) + (2 if value.size > 1 else 0)


def drawn_from(moment: Moment, row: Row, signs: RowSigns) -> tuple[Hashable, ...]:
    """Everything of a moment that a row's lines depend on, as a cache key."""
    node = row.node
    return (
        moment.iteration.number,
        moment.value(node) is None or moment.updated(node),
        gradient_progress(moment.gradient(node)),
        value_changed(moment, node),
        gradient_changed(moment, node),
        signs.now.get(node),
        signs.breakpoints.get(node),
        moment.comparison,
    )


def scalar_row(
    head: Line, moment: Moment, node: Node, formula: str, script: Script, room: int
) -> Line:
    """A scalar's row: formula, value and gradient on a single line, the formula if it fits."""
    has_gradient = moment.gradient(node.index).status is not Status.NONE
    if formula:
        numbers = value_text(moment, node.index, WHOLE, script)[0]
        if has_gradient:
            gradient = gradient_text(moment, node.index, script, WHOLE)[0]
            numbers += f"  {gradient_sign(script)}{gradient}"
        if head.width + 2 + width(formula) + 2 + len(numbers) <= room:
            head.add("  ").add(formula, "quiet")
    if has_gradient:
        return beside(head, moment, node.index, script, room)
    return value_behind(head, moment, node.index, room, script)


def name_of(tree: GraphTree, row: Row, script: Script) -> str:
    """What a row is called: its node or its group, without the name of the group of the row above.

    A row that only refers to another has the whole name.
    """
    graph = tree.graph
    if row.group:
        return name_of_group(graph, row, script)
    return node_name(graph, row.node, script_within(graph, row.within, script))


def formula_of(moment: Moment, row: Row, script: Script) -> str:
    """The formula of a named node, or of a closed group.

    Empty for a leaf, and without a name, which is its formula.
    """
    graph = moment.graph
    node = graph.nodes[row.node]
    if row.group:
        return formula_of_group(graph, row, script)
    if not node.name or node.op is None:
        return ""
    return value_formula(graph, row.node, script_within(graph, node.group, script))


def gradient_sign(script: Script) -> str:
    """The sign before a gradient: `∂ `."""
    return script.text("∂ ")


def beside(head: Line, moment: Moment, node: int, script: Script, room: int) -> Line:
    """Append a scalar's value and gradient, with as many digits as fit.

    Where both do not fit, the gradient stands alone, or the value while there is no gradient.
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
    """Append `∂` and a node's gradient as far as it has come."""
    below.add(gradient_sign(script), "quiet")
    return below.add(*gradient_text(moment, node, script, room - below.width))


def value_text(moment: Moment, node: int, room: int, script: Script) -> tuple[str, str]:
    """A node's value in at most `room` cells, and its role; `·` while it is not computed."""
    value = moment.value(node)
    new = value_changed(moment, node)
    if value is None:
        return "·", changed("pending", new)
    return summary(value, room, script), changed("text", new)


@record
class RowSigns:
    """Signs before the rows, by node; those of a hidden row belong to the nearest row above it."""

    now: Mapping[int, str]
    """`▶` at the node that is being written, `◆` at the node that its gradient comes from."""
    breakpoints: Mapping[int, str]
    """`●` at a breakpoint, `◐` if it has a condition, `○` if it is disabled."""


NO_SIGNS = RowSigns({}, {})


def signs_of(moment: Moment, tree: GraphTree) -> RowSigns:
    """The signs of a moment."""
    now: dict[int, str] = {}
    if moment.edge is not None:
        now[tree.in_view(moment.edge.output)] = "◆"
    if moment.passed is not None and moment.passed.backward:
        # All operands of a group that was passed as a whole have been written.
        for node in left_by(moment.graph, moment.passed):
            now[tree.in_view(node)] = "▶"
        now[tree.in_view(moment.passed.group.result)] = "◆"
    elif moment.phase is not Phase.START:
        now[tree.in_view(moment.node)] = "▶"
    breakpoints: dict[int, str] = {}
    for point in moment.breakpoints:
        # A breakpoint on an edge is shown at the operand, where the gradient is written.
        label = point.operand or point.node
        sign = sign_of(point)
        nodes: Iterable[int] = nodes_labelled(moment.graph, label) if label else ()
        if point.target is Target.GROUP:
            nodes = [moment.graph.groups[point.node].result]
        for node in nodes:
            row = tree.in_view(node)
            if breakpoints.get(row, "○") == "○":
                breakpoints[row] = sign
    return RowSigns(now, breakpoints)


def bars(row: Row, skip: int, room: int) -> str:
    """The guides of the levels above a row, without the first `skip` levels.

    A row so deep that its name and a number would not fit loses more levels.
    """
    # The root's children have no line above them: the loss is their heading.
    levels = range(row.depth - 2 - skip, -1, -1)
    most = levels_that_fit(room)
    cells = step(room)
    guides = [("│" if row.guides >> level & 1 else " ").ljust(cells) for level in levels]
    if not skip and len(guides) <= most:
        return "".join(guides)
    # The sign for levels that are left out takes the room of a level.
    return "‥" + "".join(guides[max(len(guides) - most + 1, 0) :])


def guide_text(row: Row, script: Script, skip: int, room: int) -> str:
    """The guides that tie a row to its parent; for a row among the skipped levels, its depth."""
    if row.depth == 0:
        return ""
    if row.depth <= skip:
        text = f"‥{row.depth} "
    else:
        text = bars(row, skip, room) + ("╰ " if row.last else "├ ")
    return text if script.unicode else text.translate(GUIDES)


def continued(row: Row, script: Script, skip: int, room: int) -> str:
    """The guides of a row's second line."""
    if row.depth and row.depth <= skip:
        return " " * len(f"‥{row.depth} ")
    text = ""
    if row.depth:
        text = bars(row, skip, room) + (" " if row.last else "│").ljust(step(room))
    text += "│ " if row.open else " " if room < NARROW else "  "
    return text if script.unicode else text.translate(GUIDES)


def gradient_text(moment: Moment, node: int, script: Script, room: int) -> tuple[str, str]:
    """A node's gradient as far as it has come, in at most `room` cells, and its role."""
    state = moment.gradient(node)
    new = gradient_changed(moment, node)
    if state.status is Status.PENDING:
        return "·", changed("pending", new)
    if state.status is Status.WHOLE:
        # The recorded sum: to add the contributions of large arrays at each key takes time.
        recorded = moment.recorded.gradients[node]
        total = state.whole[0] if recorded is None else recorded
        return summary(np.asarray(total), room, script), changed("text", new)
    return progress_text(moment, node, room), changed("now", new)


def progress_text(moment: Moment, node: int, room: int) -> str:
    """How far a partial gradient has come: `5 of 6 cells`, or how many contributions."""
    state = moment.gradient(node)
    if state.expected == 1:
        wordings = (*cells_done(state.reached, state.reachable), "partial")
    else:
        wordings = (*contributions_done(state.arrived, state.expected), "partial")
    return fitting(wordings, room, "…")
