"""The one-line widgets above and below the panes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.message import Message

from bpdebug.debugger import Moment
from bpdebug.tui.draw.header import draw_header, draw_too_small
from bpdebug.tui.keys.hints import HintRegion, draw_footer
from bpdebug.tui.layout import SMALLEST
from bpdebug.tui.panes.block_pane import BlockPane
from bpdebug.tui.panes.pane_spec import Hint
from bpdebug.wording import Script


class Bar(BlockPane, can_focus=False):
    """A pane of one line without a border."""

    DEFAULT_CSS = """
    Bar {
        border: none; padding: 0; height: 1; background: $panel;
        scrollbar-size: 0 0; scrollbar-gutter: auto; overflow: hidden hidden;
    }
    Bar:focus { border: none; }
    """


class Header(Bar):
    """The scenario's title, and where the cursor is."""

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = [draw_header(moment, self.script, width)]


class Footer(Bar):
    """The count being typed; else the last message; else the keys that matter now."""

    class Pressed(Message):
        """Sent when the user clicks a key."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self.message, self.ok = "", True
        self.offered_keys: Sequence[Hint] = ()
        """Keys for what may follow the message."""
        self.count = ""
        self.welcome = ""
        """A greeting before the keys at a user's first start, until the first command."""
        self.pane = ""
        """The id of the focused pane, whose own keys are shown."""
        self.replaced: Mapping[str, str] = {}
        """The user's own keys, by the usual keys that they replace."""
        self.too_small = False
        """True where the screen is too small for the panes: the footer says so in their place."""
        self._spots: list[HintRegion] = []

    def show_message(self, message: str, *, ok: bool = True) -> None:
        """Show a message until the next command."""
        self.set_message(message, ok=ok)
        self.redraw()

    def set_message(self, message: str, *, ok: bool = True) -> None:
        """Set the message to show when the footer is drawn next."""
        self.message, self.ok, self.offered_keys = message, ok, ()

    def offer_keys(self, keys: Sequence[Hint]) -> None:
        """Show keys after the message until the next command; none after an error."""
        self.offered_keys = keys if self.ok else ()
        self.redraw()

    def put(self, *, count: str | None = None, pane: str | None = None) -> None:
        """Show a count, or the keys of a pane; None leaves either as it is."""
        before = self.count, self.pane
        self.count = self.count if count is None else count
        self.pane = self.pane if pane is None else pane
        if (self.count, self.pane) != before:
            self.redraw()

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        if self.too_small:
            self.block, self._spots = draw_too_small(SMALLEST, width, height), []
            return
        line, self._spots = draw_footer(
            moment,
            self.script,
            width,
            pane=self.pane,
            count=self.count,
            message=self.message,
            ok=self.ok,
            replaced=self.replaced,
            offered_keys=self.offered_keys,
            welcome=self.welcome,
        )
        self.block = [line]

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked; a click on a message replaces it by the keys."""
        for spot in self._spots:
            if spot.start <= event.x < spot.end:
                self.post_message(self.Pressed(spot.key))
                return
        if self.message:
            self.show_message("")
