"""The computation graph as a tree, from the loss down to the leaves: which rows there are.

A node that several ops use is drawn in full once; its other rows say `↑ name`. Only open nodes have
rows below them. Nothing recurses, so a chain of thousands of ops is no problem.
"""

from __future__ import annotations

from bpdebug.graph import Graph, Kind
from bpdebug.record import record

OPEN_AT_FIRST = 400
"""Rows whose nodes are open at first; the nodes of later rows are closed."""


@record
class Row:
    """A row of the tree, which shows a node."""

    node: int
    depth: int
    guides: int
    """One bit per level above, the nearest lowest: 1 where more children follow below."""
    last: bool
    """True for the last child of its parent."""
    repeated: bool
    """True where another row shows the node in full."""
    children: int
    open: bool


class GraphTree:
    """The graph as a tree: which nodes are open, and the rows that follow from that."""

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
        """Open all nodes above a node, so that it has a row."""
        if node in self.row_of:
            return
        above = self.parent.get(node)
        while above is not None:
            self.open.add(above)
            above = self.parent.get(above)
        self._fill()

    def in_view(self, node: int) -> int:
        """The node itself where it has a row, else the nearest node above it that has."""
        current: int | None = node
        while current is not None and current not in self.row_of:
            current = self.parent.get(current)
        return self.graph.loss if current is None else current

    def adopt(self, open_nodes: set[int]) -> None:
        """Open these nodes only, as they were open in the scenario's tree for another batch."""
        self.open = {node for node in open_nodes if node < len(self.graph.nodes)}
        self._fill()

    def height(self, row: Row) -> int:
        """Lines of a row: two for an array with a gradient, else one."""
        if row.repeated or not self.graph.nodes[row.node].shape:
            return 1
        return 2 if self.graph.has_gradient(row.node) else 1

    def children(self, node: int) -> list[int]:
        """A node's operands, leaves first, as the backward pass takes them, without constants.

        Constant arrays stay: only plain numbers are left out.
        """
        nodes = self.graph.nodes
        operands = [
            operand
            for operand in dict.fromkeys(nodes[node].operands)
            if nodes[operand].kind is not Kind.CONSTANT or nodes[operand].shape
        ]
        return sorted(operands, key=lambda operand: not nodes[operand].is_leaf)

    def _fill(self) -> None:
        self.rows = self._walk(self.open)
        self.row_of = {row.node: at for at, row in enumerate(self.rows) if not row.repeated}

    def _walk(self, open_nodes: set[int] | None) -> list[Row]:
        """The rows from the loss down; with None every node is open, and `parent` is filled."""
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
