"""The pane of the backward program: a listing with breakpoints, whose sections fold."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from bpdebug.debugger import Moment
from bpdebug.debugger.program import LineKind, Listing, ProgramLine
from bpdebug.tui.draw.fold import FORWARD, HEADING, Fold
from bpdebug.tui.draw.group_lines import GUTTER, sign_column
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.program import draw_line, entry_of, line_of
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.wording import Script


def chooses(chain: int, column: int, *, focusing: bool, heading: bool) -> bool:
    """True where a click on a line of the program does what enter does there.

    `chain` counts clicks on the same spot. The click that focuses the pane does nothing else. After
    that, a single click is enough in the gutter, for a breakpoint, and on a heading, to fold what
    is below it; elsewhere it takes a double click.
    """
    if chain == 1:
        return not focusing and (heading or column < GUTTER)
    return chain == 2 and not heading and column >= GUTTER


class ProgramPane(CursorPane):
    """The program as a listing, with its forward and update sections and groups folded or open."""

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
        self._moved = 0
        """Rows by which folding has moved the line at the pane's cursor."""
        self._relisted = False
        """True where the lines are of another listing than those before."""
        self._unfolded = False
        """True when the group at the pane's cursor is about to be unfolded."""

    def follow(self, listing: Listing) -> None:
        """Take the listing for the next moment to draw."""
        self._listing = listing

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        if self._listing is None:
            return
        # The cursor keeps its line, even if rows appear or disappear above it, until the debugger
        # moves to another line.
        line, row = self.line_at_cursor(), self.cursor
        entry = self.entry() if line > HEADING else None
        relisted = self.fold is not None and self.fold.listing is not self._listing
        if relisted and entry is not None:
            line = self._listing.line_like(entry)
        current = line_of(moment, self._listing)
        self.fold = Fold(self._listing, current, self._folded)
        passed = moment.passed.index if moment.passed is not None else None
        now = (moment.iteration.number, moment.phase, moment.tick.index, passed)
        if now != self._followed:
            self._followed = now
            if not (relisted and self._unfolded):
                line = current
                self.followed_anew = True
        self.cursor = self.fold.row_of(line)
        self._moved = self.cursor - row if relisted and not self.followed_anew else 0
        self._relisted = relisted

    def line_at_cursor(self) -> int:
        """The line under the cursor, as the module `fold` counts lines."""
        if self.fold is None or not 0 <= self.cursor < len(self.fold):
            return HEADING
        return self.fold[self.cursor]

    def scroll_along(self) -> None:
        if self._moved:
            # Groups above the cursor were folded or unfolded: its line stays where it is.
            self.scroll_to(y=self.scroll_offset.y + self._moved, animate=False, immediate=True)
            self._moved = 0
        if self._unfolded and self._relisted:
            self._unfolded = False
            self._show_unfolded()
        now = self.entry_now()
        if self.followed_anew and now is not None:
            self.bring_into_view(now)
            self.followed_anew = False

    def _show_unfolded(self) -> None:
        """Bring what was unfolded at the pane's cursor into view, as far as there is room."""
        entry = self.entry()
        if self.fold is None or entry is None or entry.kind is not LineKind.HEADING:
            return
        last = self.fold.listing.last_of_group(entry)
        room = self.scrollable_content_region.height
        self.bring_into_view(self.cursor, min(self.fold.row_of(last), self.cursor + room - 1))

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
        return bool(section) or self._toggle_group(shut)

    def _toggle_group(self, shut: bool | None) -> bool:
        """Ask for the group at the cursor to be folded or unfolded; False on other lines.

        To fold what is a line of an open group goes to the group's heading.
        """
        group = self.group()
        if self.moment is None or not group:
            return shut is True and self._to_heading()
        folded = group in self.moment.folded
        if shut is None or shut != folded:
            self._unfolded = folded
            self.post_message(self.Folding(group, shut=not folded))
        return True

    def _to_heading(self) -> bool:
        """Put the cursor on the heading of the innermost group that its line is in."""
        line = self.line_at_cursor()
        entry = self.entry()
        if self.fold is None or entry is None or line <= HEADING or not entry.depth:
            return False
        while line > HEADING and not (
            self.fold.listing[line].group and self.fold.listing[line].depth < entry.depth
        ):
            line -= 1
        self.put_cursor(self.fold.row_of(line))
        return True

    def innermost_group(self) -> str:
        """The group of the cursor's line, or the innermost that the line is in; else empty."""
        entry = self.entry()
        if entry is None or self.moment is None or entry.kind is not LineKind.EDGE:
            return self.group()
        graph = self.moment.graph
        return graph.nodes[graph.edges[entry.index].output].group

    def group(self) -> str:
        """The group whose line or heading the cursor is on, also a layer's; empty elsewhere."""
        entry = self.entry()
        if self.fold is None or entry is None:
            return ""
        return entry.group or self.fold.listing.layer_group(entry)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked, and choose it where `chooses` says so.

        A drag does nothing.
        """
        at = event.get_content_offset(self)
        dragged = self.pressed is not None and self.pressed != event.screen_offset
        if at is None or dragged or at.y + self.scroll_offset.y >= self.line_count():
            return
        self.put_cursor(at.y + self.scroll_offset.y)
        heading = self._is_heading()
        folds = heading or self._on_sign(at.x)
        if not (heading or self.location()):
            return
        if chooses(event.chain, at.x, focusing=self.focusing, heading=folds):
            if at.x < GUTTER and not heading:
                super().action_choose()  # the gutter is for breakpoints, also beside a group
            else:
                self.action_choose()

    def _is_heading(self) -> bool:
        """True on a line whose only action is to fold or unfold what is below it."""
        entry = self.entry()
        section = self.fold is not None and bool(self.fold.section(self.line_at_cursor()))
        return section or (
            entry is not None and entry.kind is LineKind.HEADING and bool(self.group())
        )

    def _on_sign(self, column: int) -> bool:
        """True for the cells of the sign on the line of a folded group."""
        entry = self.entry()
        if entry is None or entry.kind is not LineKind.GROUP:
            return False
        return sign_column(entry) <= column <= sign_column(entry) + 1

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
        if entry is None or self.moment is None:
            return ""
        graph = self.moment.graph
        if group := self.group():
            return group
        if self._is_heading():
            return ""
        if entry.kind is LineKind.EDGE:
            edge = graph.edges[entry.index]
            return f"{graph.nodes[edge.output].label} -> {graph.nodes[edge.operand].label}"
        if entry.kind is LineKind.UPDATE:
            return graph.nodes[self.moment.iteration.updates[entry.index].parameter].label
        return "" if entry.kind is LineKind.HEADING else graph.nodes[entry.index].label
