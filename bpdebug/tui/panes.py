"""The panes: thin widgets around the drawings in `draw`."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.debugger.program import LineKind, Listing
from bpdebug.graph import Graph
from bpdebug.tui.draw.deltas import draw_deltas
from bpdebug.tui.draw.labels import draw_row, levels_to_skip
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.draw.parameters import Drawn, draw_parameters
from bpdebug.tui.draw.program import draw_line
from bpdebug.tui.draw.timeline import draw_timeline, position_at
from bpdebug.tui.draw.tree import GraphTree
from bpdebug.tui.line_pane import LinePane


class BlockPane(LinePane):
    """A pane whose lines are made all at once, since there are only as many as fit."""

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.block: list[Line] = []

    def line_count(self) -> int:
        return len(self.block)

    def line(self, y: int, width: int) -> Line:
        return self.block[y]


class MultiplicationPane(BlockPane):
    """The current vector-Jacobian product with its cells."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_multiplication(moment, self.look, width, height)
        self.entitle(escape(draw_title(moment, self.look, width - 2)[0].plain))


class DeltaPane(BlockPane):
    """Every layer's δ."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_deltas(moment, self.look, width)


class ParameterPane(BlockPane):
    """Values, gradients, changes and new values."""

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self._drawn: Drawn = {}
        self._span: tuple[int, int] | None = None

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block, span = draw_parameters(moment, self.look, width, height, self._drawn)
        rate = moment.problem.rate(moment.iteration.number)
        alpha = "α" if self.look.unicode else "alpha"
        self.entitle(self._titles[0], f"{alpha} = {rate:g}" if rate is not None else "no optimizer")
        self._span = span

    def scroll_along(self) -> None:
        if self._span is not None:
            self.bring_into_view(*self._span)


class CursorPane(LinePane):
    """A pane with a line cursor of its own, moved with the arrow keys and the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False),
        Binding("down", "cursor(1)", show=False),
        Binding("pageup", "cursor(-10)", show=False),
        Binding("pagedown", "cursor(10)", show=False),
        Binding("home", "cursor(-1000000)", show=False),
        Binding("end", "cursor(1000000)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Chosen(Message):
        """Enter was pressed on an entry, or it was clicked while the cursor stood on it."""

        def __init__(self, pane: CursorPane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.cursor = 0
        self.followed_anew = False
        """True when time moved to another entry, which must come into view."""
        self._followed: object = None

    def on_resize(self) -> None:
        """Whatever the size is, the entry under the cursor stays in view."""
        self.followed_anew = True
        super().on_resize()
        if self.moment is not None and self.entries():
            self.scroll_along()

    def entries(self) -> int:
        """How many entries the cursor moves over."""
        raise NotImplementedError

    def lines_of(self, entry: int) -> tuple[int, int]:
        """First and last line of an entry."""
        raise NotImplementedError

    def entry_at(self, line: int) -> int:
        """The entry that a line belongs to."""
        raise NotImplementedError

    def action_cursor(self, by: int) -> None:
        """Move the pane's cursor."""
        self.put_cursor(self.cursor + by)

    def put_cursor(self, entry: int) -> None:
        """Set the pane's cursor, and keep it visible."""
        self.cursor = min(max(entry, 0), max(self.entries() - 1, 0))
        if self.entries():
            self.bring_into_view(*self.lines_of(self.cursor))
        self.repaint()

    def action_choose(self) -> None:
        """Tell the screen that the entry was chosen."""
        if self.entries():
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a click where it stands chooses."""
        line = event.get_content_offset(self)
        if line is None:
            return
        at = line.y + self.scroll_offset.y
        if at >= self.line_count():
            return
        entry = self.entry_at(at)
        if entry == self.cursor and event.chain > 1:
            self.action_choose()
        self.put_cursor(entry)

    def line_is_cursor(self, y: int) -> bool:
        return self.entry_at(y) == self.cursor


class ProgramPane(CursorPane):
    """The backward program as a listing."""

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.listing: Listing | None = None
        self.current = 0

    def follow(self, listing: Listing) -> None:
        """Take the listing of the moment to come."""
        self.listing = listing

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        if self.listing is None:
            return
        at = self.listing.line_at(moment.position)
        if (moment.iteration.number, at) != self._followed:
            # The cursor follows time, and stays where the user put it while time stands.
            self._followed = (moment.iteration.number, at)
            self.cursor = at
            self.followed_anew = True
        self.current = at

    def scroll_along(self) -> None:
        if self.followed_anew:
            self.bring_into_view(self.current)
            self.followed_anew = False

    def line_count(self) -> int:
        return len(self.listing) if self.listing is not None else 0

    entries = line_count

    def lines_of(self, entry: int) -> tuple[int, int]:
        return entry, entry

    def entry_at(self, line: int) -> int:
        return line

    def line(self, y: int, width: int) -> Line:
        assert self.listing is not None and self.moment is not None
        return draw_line(self.listing, y, self.moment, self.current, self.look, width)

    def place(self) -> str:
        """What to break on at the cursor's line, as a command's argument; empty on a heading."""
        if self.listing is None or self.moment is None:
            return ""
        entry = self.listing[self.cursor]
        graph = self.moment.graph
        if entry.kind is LineKind.EDGE:
            edge = graph.edges[entry.index]
            return f"{graph.nodes[edge.output].label} -> {graph.nodes[edge.operand].label}"
        if entry.kind is LineKind.UPDATE:
            return graph.nodes[self.moment.iteration.updates[entry.index].parameter].label
        return graph.nodes[graph.loss].label if entry.kind is LineKind.SEED else ""


class GraphPane(CursorPane):
    """The computation graph as a tree."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "fold(True)", show=False),
        Binding("right", "fold(False)", show=False),
        Binding("space", "toggle_node", show=False),
    ]

    def __init__(self, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.nodes_tree: GraphTree | None = None
        self._graph: Graph | None = None
        self._first: list[int] = []
        self._row_at: list[int] = []
        self._made: dict[int, list[Line]] = {}

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        if self.nodes_tree is None or self._graph is not moment.graph:
            self._graph = moment.graph
            kept = self.nodes_tree.open if self.nodes_tree is not None else None
            self.nodes_tree = GraphTree(moment.graph)
            if kept is not None:
                self.nodes_tree.adopt(kept)
        self._made.clear()
        where = (moment.iteration.number, moment.node)
        self.nodes_tree.reveal(moment.node)
        if moment.edge is not None:
            self.nodes_tree.reveal(moment.edge.output)
        self._measure()
        if where != self._followed:
            self._followed = where
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
            entry = self.nodes_tree.rows[row]
            skip = levels_to_skip(self.nodes_tree, self.moment.node, width)
            self._made[row] = draw_row(self.nodes_tree, entry, self.moment, self.look, width, skip)
        lines = self._made[row]
        at = y - self._first[row]
        return lines[at] if at < len(lines) else Line()

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


class TimelinePane(BlockPane):
    """The iteration as one line."""

    class Sought(Message):
        """A place on the line was clicked."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_timeline(moment, self.look, width)]

    def on_click(self, event: events.Click) -> None:
        """Go to the place that was clicked."""
        at = event.get_content_offset(self)
        if at is None or self.moment is None:
            return
        width = self.scrollable_content_region.width
        position = position_at(self.moment, self.look, width, at.x)
        if position is not None:
            self.post_message(self.Sought(position))


def escape(text: str) -> str:
    """Text as a border title, where square brackets would be markup."""
    return text.replace("[", r"\[")
