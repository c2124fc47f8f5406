"""The pane of the computation graph: a tree that opens, folds and follows time."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual.binding import Binding, BindingType

from bpdebug.debugger import Moment
from bpdebug.tui.draw.graph_rows import NO_SIGNS, draw_row, drawn_from, levels_to_skip, signs_of
from bpdebug.tui.draw.graph_tree import GraphTree, Row
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.cursor_pane import EntryPane
from bpdebug.wording import Script


class GraphPane(EntryPane):
    """The computation graph as a tree."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "fold(True)", show=False, id="graph.fold"),
        Binding("right", "fold(False)", show=False, id="graph.unfold"),
        Binding("space", "toggle_node", show=False, id="graph.toggle"),
    ]

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._tree: GraphTree | None = None
        self._made: dict[int, list[Line]] = {}
        self._drawn: dict[int, tuple[Hashable, list[Line]]] = {}
        """By node: the lines made last, and everything that they were made from."""
        self._signs = NO_SIGNS
        self._revealed: object = None

    @property
    def nodes_tree(self) -> GraphTree:
        """The tree of the moment that is shown."""
        assert self._tree is not None
        return self._tree

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        before = self._tree
        if before is None or before.graph is not moment.graph:
            self._drawn.clear()
            self._tree = GraphTree(moment.graph)
            if before is not None:
                self._tree.adopt(before.open)
        self._made.clear()
        where = (moment.iteration.number, moment.position)
        if where != self._revealed:
            self._revealed = where
            # What is folded while time stands stays so: the marks show where it is.
            self.nodes_tree.reveal(moment.node)
            if moment.edge is not None:
                self.nodes_tree.reveal(moment.edge.output)
        self._signs = signs_of(moment, self.nodes_tree)
        self._lay_rows_out()
        node = (moment.iteration.number, moment.node)
        if node != self._followed:
            self._followed = node
            self.cursor = self.nodes_tree.row_of.get(moment.node, 0)
            self.followed_anew = True

    def scroll_along(self) -> None:
        if self.followed_anew:
            self.bring_into_view(*self.lines_of(self.cursor))
            self.followed_anew = False

    def _lay_rows_out(self) -> None:
        """Rows take one or two lines; only their heights are asked for, not their text."""
        self.lay_out(map(self.nodes_tree.height, self.nodes_tree.rows))

    def line(self, y: int, width: int) -> Line:
        row = self.entry_at(y)
        if row not in self._made:
            self._made[row] = self._row(self.nodes_tree.rows[row], width)
        lines = self._made[row]
        at = y - self.lines_of(row)[0]
        return lines[at] if at < len(lines) else Line()

    def _row(self, row: Row, width: int) -> list[Line]:
        """A row's lines; from before where nothing that they are made from is another."""
        assert self.moment is not None
        skip = levels_to_skip(self.nodes_tree, self.moment.node, width)
        key = (row, width, skip, *drawn_from(self.moment, row, self._signs))
        before = self._drawn.get(row.node)
        if row.repeated or before is None or before[0] != key:
            drawn = draw_row(
                self.nodes_tree, row, self.moment, self.script, width, skip, self._signs
            )
            if row.repeated:
                return drawn
            before = self._drawn[row.node] = key, drawn
        return before[1]

    def entry_now(self) -> int | None:
        if self._tree is None or self.moment is None:
            return None
        return self.nodes_tree.row_of.get(self.moment.node)

    def node(self) -> int:
        """The node at the tree's cursor."""
        return self.nodes_tree.rows[self.cursor].node

    def show_node(self, node: int) -> None:
        """Open the tree down to a node and put the cursor there."""
        self.nodes_tree.reveal(node)
        self._relaid()
        self.put_cursor(self.nodes_tree.row_of[node])

    def action_fold(self, shut: bool) -> None:
        """Close or open the node at the cursor; left on a closed one goes to its parent."""
        row = self.nodes_tree.rows[self.cursor]
        if row.children and row.open == shut:
            self.action_toggle_node()
        elif shut and row.node in self.nodes_tree.parent:
            self.put_cursor(self.nodes_tree.row_of[self.nodes_tree.parent[row.node]])

    def action_toggle_node(self) -> None:
        """Open or close the node at the cursor."""
        row = self.nodes_tree.rows[self.cursor]
        if row.children:
            self.nodes_tree.toggle(row.node)
            self._relaid()
            self.put_cursor(self.nodes_tree.row_of[row.node])

    def _relaid(self) -> None:
        self._lay_rows_out()
        self._made.clear()
        self.redraw()
