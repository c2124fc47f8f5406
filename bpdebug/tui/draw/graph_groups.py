"""Groups in the graph's tree: a folded one in a single row, the signs that fold and unfold."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.graph import Graph
from bpdebug.tui.draw.changed import changed, value_changed
from bpdebug.tui.draw.graph_tree import GraphTree, Row
from bpdebug.tui.draw.group_lines import fold_sign
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.measures import measure
from bpdebug.wording import Script, inside, width
from bpdebug.wording.groups import group_expression

SIGNS = frozenset("▸▾▿+-")
"""The signs before a name, also in ASCII."""
FOR_FORMULA = 6
"""Cells of the shortest formula; with less room it is left out."""
DIGITS, FEWEST_DIGITS = 4, 3
"""Digits of a norm, and those that it has in the shortest form."""


def sign_of_row(tree: GraphTree, row: Row, moment: Moment, script: Script) -> str:
    """What stands before a name: `▸` where something is hidden, `▾` where a group is open."""
    if row.group or (row.children and not row.open):
        return script.either("▸ ", "+ ")
    group = opened(tree, row)
    return f"{fold_sign(moment, group, script)} " if group else ""


def opened(tree: GraphTree, row: Row) -> str:
    """The open group whose result a row shows; empty for any other row."""
    return "" if row.group or row.repeated else tree.results.get(row.node, "")


def sign_columns(line: Line) -> range:
    """The cells of the sign of a drawn row; empty for a row without one."""
    at = 0
    for text, role in line.spans:
        if role == "quiet" and text[:1] in SIGNS and text[1:] == " ":
            return range(at, at + 2)
        at += width(text)
    return range(0)


def script_within(graph: Graph, group: str, script: Script) -> Script:
    """The script that leaves out a group's name in front of the names inside it."""
    return inside(graph, graph.groups.get(group), script)


def name_of_group(graph: Graph, row: Row, script: Script) -> str:
    """The name of the closed group that a row stands for."""
    return script_within(graph, row.within, script).name(row.group)


def formula_of_group(graph: Graph, row: Row, script: Script) -> str:
    """`layer_norm(h, g, b)` of a composite; of another group, how many ops it has."""
    script = script_within(graph, row.within, script)
    return group_expression(graph, graph.groups[row.group], script)


def group_head(head: Line, moment: Moment, row: Row, room: int, script: Script) -> Line:
    """Append a closed group's formula as far as it fits, the shape and the norm of its value."""
    value = moment.value(row.node)
    role = changed("text" if value is not None else "pending", value_changed(moment, row.node))
    shape = script.shape(moment.graph.nodes[row.node].shape)
    if value is None:
        ends = [f"{shape}  {script.pending}", script.pending]
    else:
        norm = measure(value).norm
        text, short = (script.at_most(digits).number(norm) for digits in (DIGITS, FEWEST_DIGITS))
        bar, lead = script.either("‖", "|"), script.either("‖·‖ ", "|.| ")
        ends = [f"{shape}  {lead}{text}", f"{lead}{text}", f"{bar}{short}{bar}", script.mark]
    left = room - head.width - 2
    end = next((text for text in ends if width(text) <= left), ends[-1])
    formula = formula_of_group(moment.graph, row, script)
    free = left - width(end) - 2
    if end == ends[0] and (width(formula) <= free or free >= FOR_FORMULA):
        head.add("  ").extend(Line(formula, "quiet").cut(free))
    return head.add("  ").add(end, role)
