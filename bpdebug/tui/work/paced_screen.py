"""When the panes show the debugger's moment: at once, once a frame, or after background work."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.screen import Screen

from bpdebug.debugger import Debugger, Moment

if TYPE_CHECKING:
    from bpdebug.tui.work.background import Background

FRAME = 1 / 30
"""Seconds between two drawings of the panes, at least, while keys are waiting."""


class PacedScreen(Screen[None]):
    """A screen that shows a moment, and draws no more often than the terminal can show."""

    moment: reactive[Moment | None] = reactive(None, always_update=True, repaint=False)

    def __init__(self, debugger: Debugger) -> None:
        super().__init__()
        self.debugger = debugger
        self.background: Background | None = None
        """The thread for long work; None before the first work."""
        self._behind = False
        """True while the panes show an earlier moment than the debugger's."""
        self._drawn = 0.0

    @property
    def busy(self) -> bool:
        """True during background work, which owns the debugger: the screen must not use it."""
        return self.background is not None and self.background.busy

    def refresh_moment(self) -> None:
        """Show the debugger's moment; during background work, show it later."""
        self._behind = self.busy
        if not self._behind:
            self.moment = self.debugger.moment
            self._drawn = monotonic()

    def refresh_soon(self) -> None:
        """Show the debugger's moment, at most once a frame while more keys are waiting."""
        if not self._keys_wait():
            self.refresh_moment()
        elif not self._behind:
            self._behind = True
            self.call_later(self._draw_in_time)

    def _keys_wait(self) -> bool:
        focused = self.focused
        return bool(self.app.message_queue_size or (focused and focused.message_queue_size))

    def _draw_in_time(self) -> None:
        if self._behind and self._keys_wait() and monotonic() - self._drawn < FRAME:
            self.call_later(self._draw_in_time)
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Show the debugger's moment, if the panes do not yet."""
        if self._behind:
            self.refresh_moment()
