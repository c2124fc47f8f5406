"""The application: themes, palette, and the debugger's screen."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.screen import Screen

from bpdebug.debugger import Debugger
from bpdebug.tui.keys.bindings import replaced_keys
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.tui.terminal_app import TerminalApp
from bpdebug.tui.theme import ascii
from bpdebug.tui.theme.palettes import DARK
from bpdebug.wording import width

if TYPE_CHECKING:
    from bpdebug.tui.config.saved_session import SavedSession


class BpdebugApp(TerminalApp[None]):
    """The application that shows a debugger."""

    TITLE = "bpdebug"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    DebuggerScreen { layout: vertical; background: $background; }
    #panes { height: 1fr; width: 100%; }
    #timeline {
        height: 3; border-title-color: $foreground; overflow: hidden hidden; scrollbar-gutter: auto;
    }
    DebuggerScreen.-low #timeline { border: none; height: 1; padding: 0; }
    DebuggerScreen.-narrow #panes LinePane { padding: 0; }
    DebuggerScreen.-tiny #panes, DebuggerScreen.-tiny #timeline, DebuggerScreen.-tiny #header
        { display: none; }
    DebuggerScreen.-tiny #footer { height: 1fr; }
    """
    CSS += ascii.CSS

    def __init__(
        self,
        debugger: Debugger,
        *,
        theme: str = DARK.name,
        keys: Mapping[str, str] | None = None,
        notices: Sequence[str] = (),
        welcome: str = "",
        saved_session: SavedSession | None = None,
        verdict: bool = False,
        hints: Callable[[], list[str]] | None = None,
    ) -> None:
        """With `verdict` the box of the comparison's verdict is open at the start.

        `hints` finds what is wrong before the run; it is called once, after the first paint.
        """
        super().__init__(debugger.script, theme=theme)
        self.debugger = debugger
        self._notices = notices
        """Messages for the start, which share a line where they fit in one."""
        self._verdict = verdict
        self._hints = hints
        self._welcome = welcome
        """A greeting for a new user, in the footer until the first reply; empty for none."""
        self.next_scenario: Path | None = None
        """The scenario to open after this screen, or `TOUR`; None where the program shall end."""
        self._saved_session = saved_session
        self._bottom: DebuggerScreen | None = None
        self._keys = keys or {}
        self.set_keymap(self._keys)

    def release(self) -> None:
        """End the background work at its next report."""
        background = self._bottom.background if self._bottom is not None else None
        if background is not None:
            background.close()

    def on_ready(self) -> None:
        """Show the message for the start; resume the garbage collection that start-up paused."""
        if self._notices:
            line = "; ".join(self._notices)
            self.show_message(line if width(line) < self.size.width else "\n".join(self._notices))
        if self._verdict and self._bottom is not None and self.debugger.comparison is not None:
            from bpdebug.tui.overlays.verdict import show_verdict

            show_verdict(self._bottom, self.debugger.comparison)
        gc.freeze()
        gc.enable()
        if self._hints is not None and self._bottom is not None:
            from bpdebug.tui.work.hinting import tell_hints

            self.run_worker(tell_hints(self._bottom, self._hints))

    def end_at_once(self, asked: signal.Signals) -> None:
        """End on a signal, after saving the session."""
        self.save()
        super().end_at_once(asked)

    def save(self) -> str:
        """Save breakpoints, watches and marks; returns what went wrong, empty for nothing."""
        return self._saved_session.save() if self._saved_session is not None else ""

    def show_message(self, sentence: str) -> None:
        """Show a sentence in the footer, or in a box where it is too long for the footer."""
        screen = self.screen
        if not isinstance(screen, DebuggerScreen):
            super().show_message(sentence)
        elif "\n" not in sentence and width(sentence) < self.size.width:
            screen.footer.show_message(sentence, ok=False)
        else:
            from bpdebug.tui.overlays.text_box import TextBox

            self.push_screen(TextBox("Note", sentence))

    def get_default_screen(self) -> Screen[None]:
        """The debugger's screen, which lies below all boxes."""
        screen = DebuggerScreen(self.debugger)
        screen.footer.replaced = replaced_keys(self._keys) if self._keys else {}
        screen.footer.welcome = self._welcome
        self._bottom = screen
        return screen

    async def on_event(self, event: events.Event) -> None:
        """Handle a key that no widget used.

        A key typed before an opening prompt was ready is passed on to the prompt.
        """
        is_key = isinstance(event, events.Key) and event.is_forwarded
        hold = getattr(self.screen, "hold_early_key", None) if is_key else None
        if hold is None or not hold(event):
            await super().on_event(event)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run a key's action, after telling the screen of it."""
        if isinstance(self.screen, DebuggerScreen):
            self.screen.before_action(action if isinstance(action, str) else action[1])
        return await super().run_action(action, default_namespace, namespaces)
