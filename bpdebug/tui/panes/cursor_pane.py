"""Panes with a cursor of their own, which the arrow keys and the mouse move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region
from textual.message import Message

from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.wording import Script


class CursorPane(LinePane):
    """A pane whose cursor moves from entry to entry; an entry is a line, or several."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False, id="pane.up"),
        Binding("down", "cursor(1)", show=False, id="pane.down"),
        Binding("pageup", "cursor(-10)", show=False, id="pane.page_up"),
        Binding("pagedown", "cursor(10)", show=False, id="pane.page_down"),
        Binding("home", "cursor(-1000000)", show=False, id="pane.first"),
        Binding("end", "cursor(1000000)", show=False, id="pane.last"),
        Binding("enter", "choose", show=False, id="pane.choose"),
    ]

    class Chosen(Message):
        """The user pressed enter on an entry, or double-clicked it."""

        def __init__(self, pane: CursorPane) -> None:
            super().__init__()
            self.pane = pane

    class Folding(Message):
        """The user wants a group folded (`shut`) or unfolded at the pane's cursor."""

        def __init__(self, group: str, *, shut: bool) -> None:
            super().__init__()
            self.group, self.shut = group, shut

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self.cursor = 0
        self._just_focused = False
        """True while the event that focused the pane is handled. A click that focused it belongs to
        that event."""
        self.pressed: Offset | None = None
        """Where on the screen the last click began; None before any."""
        self.focusing = False
        """True for the click that focused the pane."""
        self.followed_anew = False
        """True when the debugger has moved to another entry, which must come into view."""
        self._followed: object = None
        """The iteration and the node or line to which the pane's cursor has followed the debugger;
        it follows again when they change."""

    def on_resize(self) -> None:
        """Keep the entry under the cursor in view."""
        self.followed_anew = True
        super().on_resize()
        if self.moment is not None and self.entries():
            self.scroll_along()

    def on_focus(self) -> None:
        """Remember the focus until the events that came with it are handled."""
        self._just_focused = True
        self.call_later(self._settled)

    def _settled(self) -> None:
        self._just_focused = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where a click began, and whether it focused the pane."""
        self.pressed, self.focusing = event.screen_offset, self._just_focused

    def entries(self) -> int:
        """How many entries the cursor moves over."""
        return self.line_count()

    def lines_of(self, entry: int) -> tuple[int, int]:
        """First and last line of an entry."""
        return entry, entry

    def entry_at(self, line: int) -> int:
        """The entry that a line belongs to; −1 below the last entry."""
        return line

    def region_now(self) -> Region | None:
        """The part of the screen with the current tick's entry; None where it is not visible."""
        entry = self.entry_now()
        if entry is None or not self.display or self.moment is None:
            return None
        first, last = self.lines_of(entry)
        room = self.content_region
        region = Region(room.x, room.y + first - self.scroll_offset.y, room.width, last - first + 1)
        return region.intersection(room) or None

    def entry_now(self) -> int | None:
        """The entry of the current tick; None in a pane that has no such entry."""
        return None

    def action_cursor(self, by: int) -> None:
        """Move the pane's cursor by some entries."""
        self.put_cursor(self.cursor + by)

    def put_cursor(self, entry: int) -> None:
        """Put the pane's cursor on an entry, or on the nearest there is, and scroll to it."""
        self.cursor = min(max(entry, 0), max(self.entries() - 1, 0))
        if self.entries():
            self.bring_into_view(*self.lines_of(self.cursor))
        self.repaint()

    def action_choose(self) -> None:
        """Tell the screen that the user chose the entry at the cursor."""
        if self.entries():
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the entry that was clicked; a double click chooses it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y + self.scroll_offset.y >= self.line_count():
            return
        entry = self.entry_at(offset.y + self.scroll_offset.y)
        if entry == self.cursor and event.chain > 1:
            self.action_choose()
        self.put_cursor(entry)

    def line_is_cursor(self, y: int) -> bool:
        return self.entry_at(y) == self.cursor


class EntryPane(CursorPane):
    """A pane whose entries have several lines each, given by `put` or counted by `lay_out`."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._spans: list[tuple[int, int]] = []
        """By entry: its first and last line."""
        self._entry_of: list[int] = []
        """By line: its entry."""
        self._lines: list[Line] = []

    def put(self, entries: Sequence[Sequence[Line]]) -> None:
        """Take the lines of each entry, from the top."""
        self.lay_out(map(len, entries))
        self._lines = [line for lines in entries for line in lines]

    def line(self, y: int, width: int) -> Line:
        return self._lines[y]

    def lay_out(self, heights: Iterable[int]) -> None:
        """Take the number of lines of each entry, from the top."""
        self._spans, self._entry_of = [], []
        for entry, height in enumerate(heights):
            first = len(self._entry_of)
            self._spans.append((first, first + height - 1))
            self._entry_of += [entry] * height

    def line_count(self) -> int:
        return len(self._entry_of)

    def entries(self) -> int:
        return len(self._spans)

    def lines_of(self, entry: int) -> tuple[int, int]:
        return self._spans[entry]

    def entry_at(self, line: int) -> int:
        return self._entry_of[line] if line < len(self._entry_of) else -1
