"""The pane of the computation graph: a tree that opens, folds and follows the debugger."""

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
        self._rows: dict[int, list[Line]] = {}
        """By row: the lines drawn for this moment."""
        self._cache: dict[int, tuple[Hashable, list[Line]]] = {}
        """By node: the lines drawn last, after the key of everything that they depend on."""
        self._signs = NO_SIGNS
        self._revealed: object = None
        """The iteration and position whose node was last revealed."""

    @property
    def nodes_tree(self) -> GraphTree:
        """The tree of the current moment."""
        assert self._tree is not None
        return self._tree

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        previous = self._tree
        if previous is None or previous.graph is not moment.graph:
            self._cache.clear()
            self._tree = GraphTree(moment.graph)
            if previous is not None:
                self._tree.adopt(previous.open)
        self._rows.clear()
        now = (moment.iteration.number, moment.position)
        if now != self._revealed:
            self._revealed = now
            # Only when the debugger moves: what the user folds after that stays folded.
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
        """Count the lines of all rows, without drawing them."""
        self.lay_out(map(self.nodes_tree.height, self.nodes_tree.rows))

    def line(self, y: int, width: int) -> Line:
        row = self.entry_at(y)
        if row not in self._rows:
            self._rows[row] = self._row(self.nodes_tree.rows[row], width)
        lines = self._rows[row]
        at = y - self.lines_of(row)[0]
        return lines[at] if at < len(lines) else Line()

    def _row(self, row: Row, width: int) -> list[Line]:
        """A row's lines, from the cache where nothing has changed that they depend on."""
        assert self.moment is not None
        skip = levels_to_skip(self.nodes_tree, self.moment.node, width)
        key = (row, width, skip, *drawn_from(self.moment, row, self._signs))
        cached = self._cache.get(row.node)
        if row.repeated or cached is None or cached[0] != key:
            drawn = draw_row(
                self.nodes_tree, row, self.moment, self.script, width, skip, self._signs
            )
            if row.repeated:
                return drawn
            cached = self._cache[row.node] = key, drawn
        return cached[1]

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
        """Close or open the node at the cursor; to close a closed node goes to its parent."""
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
        self._rows.clear()
        self.redraw()
