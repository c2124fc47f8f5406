"""The pane of watches and breakpoints: it is there when there is something in it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.tui.draw.stops import StopEntry, draw_stop, stops
from bpdebug.tui.panes.cursor_pane import EntryPane
from bpdebug.wording import Script


class StopsPane(EntryPane):
    """Enter jumps, delete removes, space enables or disables."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "change('remove')", show=False, id="stops.remove"),
        Binding("space", "change('switch')", show=False, id="stops.switch"),
    ]

    class Changed(Message):
        """A person wants an entry removed, or switched on or off."""

        def __init__(self, entry: StopEntry, how: str) -> None:
            super().__init__()
            self.entry, self.how = entry, how

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._stops: list[StopEntry] = []

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self._stops = stops(moment)
        self.put([draw_stop(moment, stop, self.script, width) for stop in self._stops])
        self.cursor = min(self.cursor, max(len(self._stops) - 1, 0))

    def stop(self) -> StopEntry | None:
        """The entry at the pane's cursor."""
        return self._stops[self.cursor] if self._stops else None

    def action_change(self, how: str) -> None:
        """Tell the screen what shall become of the entry at the cursor."""
        stop = self.stop()
        if stop is not None:
            self.post_message(self.Changed(stop, how))
