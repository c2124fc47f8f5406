"""The pane of watches and breakpoints, which is hidden while there are none."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.tui.draw.breakpoints import BreakpointEntry, draw_entry, entries
from bpdebug.tui.panes.cursor_pane import EntryPane
from bpdebug.wording import Script


class BreakpointsPane(EntryPane):
    """Watches and breakpoints; enter goes to the next hit, delete removes, space enables."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "change('remove')", show=False, id="stops.remove"),
        Binding("space", "change('switch')", show=False, id="stops.switch"),
    ]

    class Changed(Message):
        """The user wants an entry removed (`how` is "remove") or switched on or off ("switch")."""

        def __init__(self, entry: BreakpointEntry, how: str) -> None:
            super().__init__()
            self.entry, self.how = entry, how

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._entries: list[BreakpointEntry] = []

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self._entries = entries(moment)
        self.put([draw_entry(moment, entry, self.script, width) for entry in self._entries])
        self.cursor = min(self.cursor, max(len(self._entries) - 1, 0))

    def entry(self) -> BreakpointEntry | None:
        """The entry at the pane's cursor; None in an empty pane."""
        return self._entries[self.cursor] if self._entries else None

    def action_change(self, how: str) -> None:
        """Ask the screen to remove the entry at the cursor, or to switch it on or off."""
        entry = self.entry()
        if entry is not None:
            self.post_message(self.Changed(entry, how))
