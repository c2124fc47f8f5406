"""The computation graph as a tree, from the loss down to the leaves: which rows there are.

A node that several ops use is drawn once; where it appears again stands `↑ name`. Rows exist only
below nodes that are open, and nothing recurses: a chain of thousands of ops is a long list.
"""

from __future__ import annotations

from bpdebug.graph import Graph, Kind
from bpdebug.record import record

OPEN_AT_FIRST = 400
"""Graphs up to so many nodes start with every node open."""


@record
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

    def in_view(self, node: int) -> int:
        """The node itself where it has a row, else the nearest one above it that has."""
        at: int | None = node
        while at is not None and at not in self.row_of:
            at = self.parent.get(at)
        return self.graph.loss if at is None else at

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
