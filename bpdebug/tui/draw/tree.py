"""The computation graph as a tree, from the loss down to the leaves.

A node that several ops use is drawn once; where it appears again stands `↑ name`. Rows exist only
below nodes that are open, and nothing recurses: a chain of thousands of ops is a long list.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Graph, Kind
from bpdebug.ops import Array
from bpdebug.trace import Phase, Status
from bpdebug.tui.draw.line import Line, Look
from bpdebug.wording import number, pretty, safe, shape_text, value_formula

OPEN_AT_FIRST = 400
"""Graphs up to so many nodes start with every node open."""
NARROW = 30
"""Below this width a value matters more than the formula it comes from."""


@dataclass(frozen=True, slots=True)
class Row:
    """One drawn node."""

    node: int
    depth: int
    guides: int
    """One bit per level above, the nearest lowest: 1 where more children follow below."""
    last: bool
    repeated: bool
    """True where the node is drawn in full elsewhere."""
    children: int
    open: bool


class GraphTree:
    """Which nodes are open, and the rows that follow from it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parent: dict[int, int] = {}
        every = self._walk(open_nodes=None)
        self.open: set[int] = {row.node for row in every[:OPEN_AT_FIRST] if row.children}
        self.rows: list[Row] = []
        self.row_of: dict[int, int] = {}
        self._fill()

    def toggle(self, node: int) -> None:
        """Open a closed node, close an open one."""
        self.open ^= {node}
        self._fill()

    def reveal(self, node: int) -> None:
        """Open whatever hides a node."""
        if node in self.row_of:
            return
        above = self.parent.get(node)
        while above is not None:
            self.open.add(above)
            above = self.parent.get(above)
        self._fill()

    def adopt(self, open_nodes: set[int]) -> None:
        """Open the nodes that were open in a tree of the same scenario with another batch."""
        self.open = {node for node in open_nodes if node < len(self.graph.nodes)}
        self._fill()

    def height(self, row: Row) -> int:
        """Lines a row takes: a second one for the gradient of an array."""
        if row.repeated or not self.graph.nodes[row.node].shape:
            return 1
        return 2 if self.graph.has_gradient(row.node) else 1

    def children(self, node: int) -> list[int]:
        """Operands in the order of the backward pass: leaves first; plain numbers are left out."""
        nodes = self.graph.nodes
        shown = [
            operand
            for operand in dict.fromkeys(nodes[node].operands)
            if nodes[operand].kind is not Kind.CONSTANT or nodes[operand].shape
        ]
        return sorted(shown, key=lambda operand: not nodes[operand].is_leaf)

    def _fill(self) -> None:
        self.rows = self._walk(self.open)
        self.row_of = {row.node: at for at, row in enumerate(self.rows) if not row.repeated}

    def _walk(self, open_nodes: set[int] | None) -> list[Row]:
        """Rows from the loss down. With None every node is open, and parents are noted."""
        rows: list[Row] = []
        seen: set[int] = set()
        pending = [(self.graph.loss, 0, 0, True)]
        while pending:
            node, depth, guides, last = pending.pop()
            repeated = node in seen
            seen.add(node)
            below = [] if repeated else self.children(node)
            is_open = bool(below) and (open_nodes is None or node in open_nodes)
            rows.append(Row(node, depth, guides, last, repeated, len(below), is_open))
            if not is_open:
                continue
            deeper = guides << 1 | (not last)
            for at, child in reversed(list(enumerate(below))):
                if open_nodes is None:
                    self.parent.setdefault(child, node)
                pending.append((child, depth + 1, deeper, at == len(below) - 1))
        return rows


def levels_to_skip(tree: GraphTree, node: int, room: int) -> int:
    """How many levels of guides to leave out, so that a deep node's own row has room."""
    at = tree.row_of.get(node)
    depth = tree.rows[at].depth if at is not None else 0
    return max(0, depth - max(2, room // 6))


def draw_row(
    tree: GraphTree, row: Row, moment: Moment, look: Look, room: int, skip: int = 0
) -> list[Line]:
    """One row: the node with its op and value, and below it the gradient where there is one."""
    node = tree.graph.nodes[row.node]
    gutter = Line(breakpoint_mark(moment, node.label), "warning")
    arrow = now_mark(moment, row)
    gutter.add(arrow or " ", "now")
    head = Line().extend(gutter).add(guide_text(row, look, skip), "quiet")
    name = pretty(node.name, unicode=look.unicode) if node.name else ""
    formula = value_formula(tree.graph, row.node, unicode=look.unicode)
    role = "now" if arrow else "name"
    if row.repeated:
        return [head.add(f"↑ {name or formula}" if look.unicode else f"^ {name}", "quiet")]
    fold = "" if not row.children or row.open else ("▸ " if look.unicode else "+ ")
    head.add(fold, "quiet").add(name or safe(formula), role)
    if name and formula and node.op is not None and room >= NARROW:
        head.add("  ").add(formula, "quiet")
    value = moment.value(row.node)
    gradient = gradient_text(moment, row.node, look)
    scalar = not node.shape
    left = room - head.width - 2
    text = ("·", "pending") if value is None else (summary(value, max(left, 8), look), "text")
    head.add("  ").add(*text)
    if gradient is None:
        return [head]
    if scalar:
        return [head.add("  ∂ " if look.unicode else "  d ", "quiet").add(*gradient)]
    below = Line("  ").add(continued(row, look, skip), "quiet")
    below.add("∂ " if look.unicode else "d ", "quiet")
    if gradient[1] != "pending":
        gradient = (fit_gradient(moment, row.node, room - below.width, look), gradient[1])
    return [head, below.add(*gradient)]


def breakpoint_mark(moment: Moment, label: str) -> str:
    """`●` where a breakpoint stands on the node, `○` where it is disabled."""
    marks = [b.enabled for b in moment.breakpoints if b.node == label and not b.operand]
    return " " if not marks else "●" if any(marks) else "○"


def now_mark(moment: Moment, row: Row) -> str:
    """`▶` at the node that is being written, `◀` at the one its gradient comes from."""
    if moment.phase is Phase.START or row.repeated:
        return ""
    if row.node == moment.node:
        return "▶"
    if moment.edge is not None and row.node == moment.edge.output:
        return "◆"
    return ""


def bars(row: Row, skip: int) -> str:
    """The lines of the levels above a row; the first `skip` levels are left out for all rows."""
    # The root's children have no line above them: the loss is their heading.
    shown = [
        "│ " if row.guides >> level & 1 else "  " for level in range(row.depth - 2 - skip, -1, -1)
    ]
    return ("‥" if skip else "") + "".join(shown)


def guide_text(row: Row, look: Look, skip: int) -> str:
    """The lines that tie a row to its parent."""
    if row.depth == 0:
        return ""
    text = bars(row, skip) + ("╰ " if row.last else "├ ")
    return text if look.unicode else text.translate(PLAIN_GUIDES)


def continued(row: Row, look: Look, skip: int) -> str:
    """The guides of a row's second line."""
    text = bars(row, skip) if row.depth else ""
    text += "" if row.depth == 0 else "  " if row.last else "│ "
    text += "│ " if row.open else "  "
    return text if look.unicode else text.translate(PLAIN_GUIDES)


PLAIN_GUIDES = str.maketrans("│╰├‥", "|`|:")


def gradient_text(moment: Moment, node: int, look: Look) -> tuple[str, str] | None:
    """A node's gradient in a word or two, with its role; None where it has none."""
    state = moment.gradient(node)
    if state.status is Status.NONE:
        return None
    if state.status is Status.PENDING:
        return "·", "pending"
    if state.status is Status.WHOLE:
        if not state.shape:
            return number(float(state.window()[0]), look.digits, unicode=look.unicode), "text"
        return "whole", "text"
    if state.arrived or state.expected > 1:
        return f"partial: {state.arrived} of {state.expected} contributions", "now"
    return f"{state.finished} of {prod(state.shape)} cells", "now"


def fit_gradient(moment: Moment, node: int, room: int, look: Look) -> str:
    """The gradient's numbers where it is whole and they fit; else how far it has come."""
    state = moment.gradient(node)
    text = gradient_text(moment, node, look)
    if state.status is not Status.WHOLE or not state.shape:
        return text[0] if text else ""
    total = state.whole[0]
    for part in state.whole[1:]:
        total = total + part
    return summary(np.asarray(total), room, look)


def summary(value: Array, room: int, look: Look) -> str:
    """As many numbers as fit, after the shape where it is a matrix; never a large tensor's text."""
    array = np.asarray(value)
    if not array.shape:
        return number(float(array), look.digits, unicode=look.unicode)
    tried = [fitted(array, room, Look(min(n, look.digits), look.unicode)) for n in (99, 4, 3)]
    # A short vector is worth more whole with four digits than half of it with six, and one
    # number with three digits more than none.
    whole = [text for text, shown in tried[:2] if shown == array.size]
    some = [text for text, shown in tried if shown]
    return (whole or some or [tried[0][0]])[0]


def fitted(array: Array, room: int, look: Look) -> tuple[str, int]:
    """As many numbers as fit, with an ellipsis for the rest, and how many they are."""
    shape = shape_text(array.shape, unicode=look.unicode)
    text = shape if array.ndim > 1 else ""
    ellipsis = "…" if look.unicode else "..."
    for at, entry in enumerate(array.flat):
        piece = number(float(entry), look.digits, unicode=look.unicode)
        longer = f"{text}  {piece}" if text else piece
        spare = 0 if at + 1 == array.size else len(ellipsis) + 1
        if len(longer) > room - spare:
            return (f"{text} {ellipsis}" if text else ellipsis), at
        text = longer
    return text, array.size
