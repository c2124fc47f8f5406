"""The application: themes, palette, and the debugger's screen."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import App, SystemCommand
from textual.screen import Screen

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.tui.draw.line import Look
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.tui.theme import DARK, LIGHT


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

    def __init__(self, debugger: Debugger, look: Look) -> None:
        super().__init__()
        self.debugger = debugger
        self.look = look
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        """The debugger's screen is the only one below the boxes."""
        return DebuggerScreen(self.debugger, self.look)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every command by name, and the theme."""
        yield from super().get_system_commands(screen)
        if not isinstance(screen, DebuggerScreen):
            return
        for command in COMMANDS:
            needs = "[" in command.usage or " " in command.usage.strip()

            def run(ident: str = command.id, ask: bool = needs and not command.keys) -> None:
                if ask:
                    screen.ask(next(c for c in COMMANDS if c.id == ident))
                else:
                    screen.action_command(ident)

            if command.name:
                yield SystemCommand(command.name, command.summary, run)
