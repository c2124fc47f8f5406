"""The pane of the backward program: a listing with breakpoints, whose sections fold."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset

from bpdebug.debugger import Moment
from bpdebug.debugger.program import LineKind, Listing, ProgramLine
from bpdebug.tui.draw.fold import FORWARD, HEADING, Fold
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.program import GUTTER, draw_line, entry_of, line_of
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.wording import Script


def chooses(chain: int, column: int, *, focusing: bool, heading: bool) -> bool:
    """True where a click on a line of the program does what enter does there.

    `chain` counts clicks on the same spot. The click that focuses the pane does nothing else. After
    that, a single click is enough in the gutter, for a breakpoint, and on a heading, to fold its
    section; elsewhere it takes a double click.
    """
    if chain == 1:
        return not focusing and (heading or column < GUTTER)
    return chain == 2 and not heading and column >= GUTTER


class ProgramPane(CursorPane):
    """The program as a listing, with its forward and update sections folded or open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "fold(True)", show=False, id="program.fold"),
        Binding("right", "fold(False)", show=False, id="program.unfold"),
        Binding("space", "choose", show=False, id="program.choose"),
    ]

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self.fold: Fold | None = None
        self._listing: Listing | None = None
        self._folded = frozenset({FORWARD})
        self._pressed: Offset | None = None
        self._just_focused = False
        """True while the event that focused the pane is handled. A click that focused it belongs to
        that event."""
        self._focusing = False
        """True for the click that focused the pane."""

    def follow(self, listing: Listing) -> None:
        """Take the listing for the next moment to draw."""
        self._listing = listing

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        if self._listing is None:
            return
        # The cursor keeps its line, even if rows appear or disappear above it, until the debugger
        # moves to another line.
        line = self.line_at_cursor()
        current = line_of(moment, self._listing)
        self.fold = Fold(self._listing, current, self._folded)
        if (moment.iteration.number, current) != self._followed:
            self._followed = (moment.iteration.number, current)
            line = current
            self.followed_anew = True
        self.cursor = self.fold.row_of(line)

    def line_at_cursor(self) -> int:
        """The line under the cursor, as the module `fold` counts lines."""
        if self.fold is None or not 0 <= self.cursor < len(self.fold):
            return HEADING
        return self.fold[self.cursor]

    def scroll_along(self) -> None:
        now = self.entry_now()
        if self.followed_anew and now is not None:
            self.bring_into_view(now)
            self.followed_anew = False

    def line_count(self) -> int:
        return len(self.fold) if self.fold is not None else 0

    def line(self, y: int, width: int) -> Line:
        assert self.fold is not None and self.moment is not None
        return draw_line(self.fold, self.fold[y], self.moment, self.script, width)

    def entry_now(self) -> int | None:
        return None if self.fold is None else self.fold.row_of(self.fold.current)

    def reveal(self) -> None:
        """Put the cursor on the current line."""
        now = self.entry_now()
        if now is not None:
            self.put_cursor(now)

    def action_choose(self) -> None:
        """Fold or unfold a heading's section; tell the screen that another line was chosen."""
        if not self._toggle():
            super().action_choose()

    def action_fold(self, shut: bool) -> None:
        """Close or open the section of the heading at the cursor."""
        self._toggle(shut)

    def _toggle(self, shut: bool | None = None) -> bool:
        """Fold or unfold the section whose heading is at the cursor; False on another line.

        With `shut`, fold it (True) or unfold it (False); without, change it.
        """
        section = self.fold.section(self.line_at_cursor()) if self.fold is not None else ""
        if section and shut != (section in self._folded):
            self._folded ^= {section}
            self.redraw()
        return bool(section)

    def on_focus(self) -> None:
        """Remember the focus until the events that came with it are handled."""
        self._just_focused = True
        self.call_later(self._settled)
        super().on_focus()

    def _settled(self) -> None:
        self._just_focused = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where a click began, and whether it focused the pane."""
        self._pressed, self._focusing = event.screen_offset, self._just_focused

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked, and choose it where `chooses` says so.

        A drag does nothing.
        """
        at = event.get_content_offset(self)
        dragged = self._pressed is not None and self._pressed != event.screen_offset
        if at is None or dragged or at.y + self.scroll_offset.y >= self.line_count():
            return
        self.put_cursor(at.y + self.scroll_offset.y)
        acts = bool(self.location()) or self._is_heading()
        if acts and chooses(
            event.chain, at.x, focusing=self._focusing, heading=not self.location()
        ):
            self.action_choose()

    def _is_heading(self) -> bool:
        return self.fold is not None and bool(self.fold.section(self.line_at_cursor()))

    def entry(self) -> ProgramLine | None:
        """The entry at the cursor; a forward op's `index` is its node. None before a drawing."""
        if self.fold is None:
            return None
        return entry_of(self.fold.listing, self.line_at_cursor())

    def location(self) -> str:
        """The location of a breakpoint on the cursor's line: `z1 -> W1` for an edge, else a node.

        It is a command's argument; empty on a heading.
        """
        entry = self.entry()
        if entry is None or self.moment is None or self._is_heading():
            return ""
        graph = self.moment.graph
        if entry.group:
            return entry.group
        if entry.kind is LineKind.EDGE:
            edge = graph.edges[entry.index]
            return f"{graph.nodes[edge.output].label} -> {graph.nodes[edge.operand].label}"
        if entry.kind is LineKind.UPDATE:
            return graph.nodes[self.moment.iteration.updates[entry.index].parameter].label
        return "" if entry.kind is LineKind.HEADING else graph.nodes[entry.index].label
