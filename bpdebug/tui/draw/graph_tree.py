"""The computation graph as a tree, from the loss down to the leaves: which rows there are.

A node that several ops use is drawn in full once; its other rows say `↑ name`. Only open nodes have
rows below them. A closed group is a single row, that of its result, with the group's operands below
it. Nothing recurses, so a chain of thousands of ops is no problem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bpdebug.graph import Graph, Kind
from bpdebug.graph.groups import Group, Origin, around
from bpdebug.records import record

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
    group: str = ""
    """The closed group that the row stands for; empty for a node's own row."""
    within: str = ""
    """The group of the row above, whose name is left out in front of this row's."""


class GraphTree:
    """The graph as a tree: which nodes are open, and the rows that follow from that."""

    def __init__(self, graph: Graph, closed: Collection[str] = ()) -> None:
        """`closed` are the names of the groups that have a row each."""
        self.graph = graph
        self.closed = frozenset(closed)
        self.results = {
            group.result: group.name
            for group in graph.groups.values()
            if group.origin is not Origin.LAYER
        }
        """By the result of a group: the group; of several the innermost. Layers are left out."""
        self._parent: dict[int, int] | None = None
        self._stand_in: dict[int, int] = {}
        """By node of a closed group: the result, in whose row it is."""
        self._group_at: dict[int, Group] = {}
        """By such a result: the closed group."""
        self._contract()
        every = self._walk(open_nodes=None)
        self.open: set[int] = {row.node for row in every[:OPEN_AT_FIRST] if row.children}
        self.rows: list[Row] = []
        self.row_of: dict[int, int] = {}
        """By node that has a row in full, as itself or as the result of a closed group: the row."""
        self._fill()

    @property
    def parent(self) -> dict[int, int]:
        """By node with a row, hidden or not: the node of the row above."""
        if self._parent is None:
            self._walk(open_nodes=None)
        assert self._parent is not None
        return self._parent

    def fold(self, closed: Collection[str]) -> None:
        """Close these groups and no others; what is inside a group that opens is open."""
        if self.closed == closed:
            return
        groups = self.graph.groups
        for name in self.closed.difference(closed):
            if name in groups:
                self.open.update(groups[name].nodes[-OPEN_AT_FIRST:])
        self.closed = frozenset(closed)
        self._contract()
        self._parent = None
        self._fill()

    def shown_as(self, node: int) -> int:
        """The node itself, or the result of the outermost closed group that it is in."""
        return self._stand_in.get(node, node)

    def toggle(self, node: int) -> None:
        """Open a closed node, close an open one."""
        self.open ^= {node}
        self._fill()

    def reveal(self, node: int) -> None:
        """Open all nodes above a node, so that it has a row, its own or that of a closed group."""
        node = self.shown_as(node)
        if node in self.row_of:
            return
        above = self.parent.get(node)
        while above is not None:
            self.open.add(above)
            above = self.parent.get(above)
        self._fill()

    def in_view(self, node: int) -> int:
        """The node itself where it has a row, else the nearest node above it that has.

        For a node in a closed group it is the group's result.
        """
        current: int | None = self.shown_as(node)
        while current is not None and current not in self.row_of:
            current = self.parent.get(current)
        return self.shown_as(self.graph.loss) if current is None else current

    def row(self, node: int) -> int | None:
        """The row of a node, or of the closed group that it is in; None where it is hidden."""
        return self.row_of.get(self.shown_as(node))

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

        Constant arrays stay: only plain numbers are left out. Operands in a closed group are that
        group's result; those of a closed group are what it reads from outside.
        """
        nodes = self.graph.nodes
        group = self._group_at.get(node)
        read: Iterable[int] = nodes[node].operands
        if group is not None:
            read = dict.fromkeys((*group.call, *group.operands))
        if self._stand_in:
            read = (self.shown_as(operand) for operand in read)
        operands = [
            operand
            for operand in dict.fromkeys(read)
            if operand != node
            and (nodes[operand].kind is not Kind.CONSTANT or nodes[operand].shape)
        ]
        return sorted(operands, key=lambda operand: not nodes[operand].is_leaf)

    def _own(self, node: int) -> str:
        """The group of what a node's row shows; empty outside of all groups."""
        at = self._group_at.get(node)
        return self.graph.nodes[node].group if at is None else at.name

    def _contract(self) -> None:
        """Find what stands for the nodes of closed groups."""
        self._stand_in, self._group_at = {}, {}
        for name in self.closed:
            group = self.graph.groups.get(name)
            outer = [*around(name)][:-1]
            if group is not None and self.closed.isdisjoint(outer):
                self._group_at[group.result] = group
                self._stand_in.update(dict.fromkeys(group.nodes, group.result))

    def _fill(self) -> None:
        self.rows = self._walk(self.open)
        self.row_of = {row.node: at for at, row in enumerate(self.rows) if not row.repeated}

    def _walk(self, open_nodes: set[int] | None) -> list[Row]:
        """The rows from the loss down; with None every node is open, and parents are found."""
        rows: list[Row] = []
        seen: set[int] = set()
        parent: dict[int, int] = {}
        root = self.shown_as(self.graph.loss)
        pending = [(root, 0, 0, True, "")]
        while pending:
            node, depth, guides, last, within = pending.pop()
            repeated = node in seen
            seen.add(node)
            below = [] if repeated else self.children(node)
            is_open = bool(below) and (open_nodes is None or node in open_nodes)
            own = self._own(node)
            group = own if node in self._group_at else ""
            rows.append(
                Row(node, depth, guides, last, repeated, len(below), is_open, group, within)
            )
            if not is_open:
                continue
            deeper = guides << 1 | (not last)
            for at, child in reversed(list(enumerate(below))):
                if open_nodes is None and child != root:
                    parent.setdefault(child, node)
                pending.append((child, depth + 1, deeper, at == len(below) - 1, own))
        if open_nodes is None:
            self._parent = parent
        return rows
