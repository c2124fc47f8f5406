"""The pane of the computation graph: a tree that opens, folds and follows time."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual.binding import Binding, BindingType

from bpdebug.debugger import Moment
from bpdebug.graph import Graph
from bpdebug.tui.draw.labels import (
    NO_MARKS,
    draw_row,
    drawn_from,
    levels_to_skip,
    marks_of,
)
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.tree import GraphTree, Row
from bpdebug.tui.panes.cursor_pane import CursorPane


class GraphPane(CursorPane):
    """The computation graph as a tree."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "fold(True)", show=False, id="graph.fold"),
        Binding("right", "fold(False)", show=False, id="graph.unfold"),
        Binding("space", "toggle_node", show=False, id="graph.toggle"),
    ]

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.nodes_tree: GraphTree | None = None
        self._graph: Graph | None = None
        self._first: list[int] = []
        self._row_at: list[int] = []
        self._made: dict[int, list[Line]] = {}
        self._drawn: dict[int, tuple[Hashable, list[Line]]] = {}
        """By node: the lines made last, and everything that they were made from."""
        self._marks = NO_MARKS
        self._revealed: object = None

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        if self.nodes_tree is None or self._graph is not moment.graph:
            self._graph = moment.graph
            self._drawn.clear()
            kept = self.nodes_tree.open if self.nodes_tree is not None else None
            self.nodes_tree = GraphTree(moment.graph)
            if kept is not None:
                self.nodes_tree.adopt(kept)
        self._made.clear()
        where = (moment.iteration.number, moment.position)
        if where != self._revealed:
            self._revealed = where
            # What is folded while time stands stays so: the marks show where it is.
            self.nodes_tree.reveal(moment.node)
            if moment.edge is not None:
                self.nodes_tree.reveal(moment.edge.output)
        self._marks = marks_of(moment, self.nodes_tree)
        self._measure()
        node = (moment.iteration.number, moment.node)
        if node != self._followed:
            self._followed = node
            self.cursor = self.nodes_tree.row_of.get(moment.node, 0)
            self.followed_anew = True

    def scroll_along(self) -> None:
        if self.followed_anew:
            self.bring_into_view(*self.lines_of(self.cursor))
            self.followed_anew = False

    def _measure(self) -> None:
        """Lay rows of one or two lines out; only their heights, not their text."""
        assert self.nodes_tree is not None
        self._first, self._row_at = [], []
        for at, row in enumerate(self.nodes_tree.rows):
            self._first.append(len(self._row_at))
            self._row_at.extend([at] * self.nodes_tree.height(row))

    def line_count(self) -> int:
        return len(self._row_at)

    def entries(self) -> int:
        return len(self._first)

    def lines_of(self, entry: int) -> tuple[int, int]:
        assert self.nodes_tree is not None
        first = self._first[entry]
        return first, first + self.nodes_tree.height(self.nodes_tree.rows[entry]) - 1

    def entry_at(self, line: int) -> int:
        return self._row_at[line]

    def line(self, y: int, width: int) -> Line:
        assert self.nodes_tree is not None and self.moment is not None
        row = self._row_at[y]
        if row not in self._made:
            self._made[row] = self._row(self.nodes_tree.rows[row], width)
        lines = self._made[row]
        at = y - self._first[row]
        return lines[at] if at < len(lines) else Line()

    def _row(self, row: Row, width: int) -> list[Line]:
        """A row's lines; from before where nothing that they are made from is another."""
        assert self.nodes_tree is not None and self.moment is not None
        skip = levels_to_skip(self.nodes_tree, self.moment.node, width)
        key = (row, width, skip, *drawn_from(self.moment, row, self._marks))
        before = self._drawn.get(row.node)
        if row.repeated or before is None or before[0] != key:
            drawn = draw_row(self.nodes_tree, row, self.moment, self.look, width, skip, self._marks)
            if row.repeated:
                return drawn
            before = self._drawn[row.node] = key, drawn
        return before[1]

    def entry_now(self) -> int | None:
        if self.nodes_tree is None or self.moment is None:
            return None
        return self.nodes_tree.row_of.get(self.moment.node)

    def node(self) -> int:
        """The node at the tree's cursor."""
        assert self.nodes_tree is not None
        return self.nodes_tree.rows[self.cursor].node

    def show_node(self, node: int) -> None:
        """Open the tree down to a node and put the cursor there."""
        assert self.nodes_tree is not None
        self.nodes_tree.reveal(node)
        self._relaid()
        self.put_cursor(self.nodes_tree.row_of[node])

    def action_fold(self, shut: bool) -> None:
        """Close or open the node at the cursor; left on a closed one goes to its parent."""
        assert self.nodes_tree is not None
        row = self.nodes_tree.rows[self.cursor]
        if row.children and row.open == shut:
            self.action_toggle_node()
        elif shut and row.node in self.nodes_tree.parent:
            self.put_cursor(self.nodes_tree.row_of[self.nodes_tree.parent[row.node]])

    def action_toggle_node(self) -> None:
        """Open or close the node at the cursor."""
        assert self.nodes_tree is not None
        row = self.nodes_tree.rows[self.cursor]
        if row.children:
            self.nodes_tree.toggle(row.node)
            self._relaid()
            self.put_cursor(self.nodes_tree.row_of[row.node])

    def _relaid(self) -> None:
        self._measure()
        self._made.clear()
        self.redraw()
