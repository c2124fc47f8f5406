"""The pane of the computation graph: a tree that opens, folds and follows the debugger."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from bpdebug.debugger import Moment
from bpdebug.tui.draw.graph_groups import opened, sign_columns
from bpdebug.tui.draw.graph_rows import NO_SIGNS, draw_row, drawn_from, levels_to_skip, signs_of
from bpdebug.tui.draw.graph_tree import GraphTree, Row
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.cursor_pane import EntryPane
from bpdebug.wording import Script


def node_now(moment: Moment) -> int:
    """The node that a tick writes; where it has passed a folded group, the group's result."""
    return moment.node if moment.passed is None else moment.passed.group.result


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
        self._line: int | None = None
        """The line of the screen that the row at the cursor had before groups were folded."""
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
            self._tree = GraphTree(moment.graph, moment.closed_groups)
            if previous is not None:
                self._tree.adopt(previous.open)
        elif moment.closed_groups != previous.closed:
            at_cursor = self.node()
            self._line = self.lines_of(self.cursor)[0] - self.scroll_offset.y
            previous.fold(moment.closed_groups)
            self.cursor = previous.row_of[previous.in_view(at_cursor)]
        self._rows.clear()
        now = (moment.iteration.number, moment.position)
        if now != self._revealed:
            self._revealed = now
            # Only when the debugger moves: what the user folds after that stays folded.
            self.nodes_tree.reveal(moment.node)
            if moment.edge is not None:
                self.nodes_tree.reveal(moment.edge.output)
            self.nodes_tree.reveal(node_now(moment))
        self._signs = signs_of(moment, self.nodes_tree)
        self._lay_rows_out()
        node = (moment.iteration.number, node_now(moment))
        if node != self._followed:
            self._followed = node
            self.cursor = self.nodes_tree.row(node_now(moment)) or 0
            self.followed_anew = True

    def scroll_along(self) -> None:
        self._keep_in_place()
        if self.followed_anew:
            self.bring_into_view(*self.lines_of(self.cursor))
            self.followed_anew = False

    def _keep_in_place(self) -> None:
        """After folding, scroll so that the row at the cursor stays where it is on the screen."""
        before, self._line = self._line, None
        if before is not None and not self.followed_anew and self.entries():
            first, last = self.lines_of(self.cursor)
            self.scroll_to(y=max(first - before, 0), animate=False, immediate=True)
            self.bring_into_view(first, last)

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
        skip = levels_to_skip(self.nodes_tree, node_now(self.moment), width)
        key = (row, width, skip, self.moment.folded, *drawn_from(self.moment, row, self._signs))
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
        return self.nodes_tree.row(node_now(self.moment))

    def node(self) -> int:
        """The node at the tree's cursor; of a folded group, its result."""
        return self.nodes_tree.rows[self.cursor].node

    def group(self) -> str:
        """The folded group at the cursor, or the open one whose result is there; else empty."""
        row = self.nodes_tree.rows[self.cursor]
        return row.group or opened(self.nodes_tree, row)

    def location(self) -> str:
        """The folded group at the cursor, as a location of a breakpoint; empty on another row."""
        return self.nodes_tree.rows[self.cursor].group

    def innermost_group(self) -> str:
        """The group at the cursor, or the innermost that computes its node; else empty."""
        return self.group() or self.nodes_tree.graph.nodes[self.node()].group

    def show_node(self, node: int) -> None:
        """Open the tree down to a node and put the cursor there."""
        self.nodes_tree.reveal(node)
        self._relaid()
        self.put_cursor(self.nodes_tree.row(node) or 0)

    def action_fold(self, shut: bool) -> None:
        """Close or open the node at the cursor, or open its folded group.

        To close a closed node goes to its parent.
        """
        row = self.nodes_tree.rows[self.cursor]
        if row.children and row.open == shut:
            self._toggle(row)
        elif row.group and not shut:
            self.post_message(self.Folding(row.group, shut=False))
        elif shut and row.node in self.nodes_tree.parent:
            self.put_cursor(self.nodes_tree.row_of[self.nodes_tree.parent[row.node]])

    def action_toggle_node(self) -> None:
        """Fold or unfold the group at the cursor; elsewhere open or close the node."""
        row, group = self.nodes_tree.rows[self.cursor], self.group()
        if group and self.moment is not None:
            self.post_message(self.Folding(group, shut=group not in self.moment.folded))
        elif row.children:
            self._toggle(row)

    def _toggle(self, row: Row) -> None:
        """Open or close the node of a row."""
        self.nodes_tree.toggle(row.node)
        self._relaid()
        self.put_cursor(self.nodes_tree.row_of[row.node])

    def on_click(self, event: events.Click) -> None:
        """On the sign of a row, do what space does there."""
        at = event.get_content_offset(self)
        if at is None or event.chain > 1 or self.focusing:
            return
        y = at.y + self.scroll_offset.y
        row = self.entry_at(y) if y < self.line_count() else -1
        if row < 0 or y != self.lines_of(row)[0]:
            return
        if at.x in sign_columns(self.line(y, self._room.width)):
            self.put_cursor(row)
            self.action_toggle_node()

    def _relaid(self) -> None:
        self._lay_rows_out()
        self._rows.clear()
        self.redraw()
