"""The application: themes, palette, and the debugger's screen."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial

from textual.app import App, SystemCommand
from textual.filter import LineFilter
from textual.screen import Screen

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.tui import ascii
from bpdebug.tui.draw.line import Look
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.tui.theme import DARK, LIGHT

TERMINATED = 128 + signal.SIGTERM
"""Exit status of a program that was asked to end, as shells count it."""


class BpdebugApp(App[None]):
    """Shows one debugger."""

    TITLE = "bpdebug"
    ENABLE_COMMAND_PALETTE = True
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
    """
    CSS += ascii.CSS

    def __init__(self, debugger: Debugger, look: Look) -> None:
        super().__init__()
        self.debugger = debugger
        self.look = look
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.set_class(not look.unicode, "-ascii")
        self._ascii = ascii.AsciiFilter(enabled=not look.unicode)

    def on_mount(self) -> None:
        """From before the first paint on, being asked to end is heard."""
        with suppress(NotImplementedError, RuntimeError, ValueError):
            # Asked to end from outside, the terminal is put back as it was. Not everywhere is
            # there a way to hear it.
            asyncio.get_running_loop().add_signal_handler(
                signal.SIGTERM, partial(self.exit, return_code=TERMINATED)
            )

    def on_ready(self) -> None:
        """The first screen stands: what start-up made stays, and collection begins."""
        gc.freeze()
        gc.enable()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters; where the terminal shows ASCII only, ours too."""
        return [*super().get_line_filters(), *([self._ascii] if self._ascii.enabled else [])]

    def get_default_screen(self) -> Screen[None]:
        """The debugger's screen is the only one below the boxes."""
        return DebuggerScreen(self.debugger, self.look)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every command by name, and the theme."""
        yield SystemCommand("theme", "change the colours", self.action_change_theme)
        if not isinstance(screen, DebuggerScreen):
            return
        for command in COMMANDS:
            if not command.name:
                continue
            # A command without a key of its own is not asked for its argument elsewhere.
            if command.keys or not command.usage:
                run = partial(screen.action_command, command.id)
            else:
                run = partial(screen.ask, command)
            yield SystemCommand(command.name, command.summary, run)
