"""An app and its terminal: themes, NO_COLOR, ASCII, suspending, and a clean end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from rich.console import RenderableType
from textual.filter import LineFilter

from bpdebug.tui.textual_private import (
    EndsByItself,
    can_suspend,
    close_at_once,
    exception_of,
)
from bpdebug.tui.theme import ascii
from bpdebug.tui.theme.palettes import DARK, THEMES
from bpdebug.wording import Script

Result = TypeVar("Result")
NO_SUSPEND = "This terminal cannot suspend a program."


class TerminalApp(EndsByItself[Result]):
    """An app that leaves the terminal as it was when it ends, is suspended, or fails."""

    def __init__(self, script: Script, *, theme: str = DARK.name) -> None:
        if os.environ.get("NO_COLOR") == "":
            del os.environ["NO_COLOR"]  # as good as not set: https://no-color.org
        super().__init__()
        self.failure: BaseException | None = None
        """The exception that ended the app, where one did."""
        for ours in THEMES:
            self.register_theme(ours)
        self.theme = theme
        self.script = script
        self.set_class(not script.unicode, "-ascii")
        self._ascii = ascii.AsciiFilter(enabled=not script.unicode)

    def on_mount(self) -> None:
        """Handle the signals that ask to end, from before the first paint on."""
        for asked in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            if asked is None:
                continue
            # The terminal is put back as it was. Some platforms have no such handlers.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(
                    asked, partial(self.end_at_once, asked)
                )

        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))

    def end_at_once(self, asked: signal.Signals) -> None:
        """End on a signal, with the exit status that shells give it."""
        self.exit(return_code=128 + asked)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters; and the ASCII filter where the terminal shows ASCII only."""
        return [*super().get_line_filters(), *([self._ascii] if self._ascii.enabled else [])]

    def action_suspend_process(self) -> None:
        """Suspend to the shell, whose `fg` brings the screen back."""
        if can_suspend(self) and hasattr(signal, "SIGTSTP"):
            super().action_suspend_process()
        else:
            self.show_message(NO_SUSPEND)

    def release(self) -> None:
        """Release what would keep the program alive, after the app has ended."""

    def show_message(self, sentence: str) -> None:
        """Show a sentence on the screen."""
        self.notify(sentence, markup=False)

    # Textual prints its own traceback, with the values of variables, over the shell. The user
    # gets a sentence instead, from the caller of the app, once the terminal is put back.

    def panic(self, *renderables: RenderableType) -> None:
        """End after a failure that Textual can explain."""
        self.fail()

    def fail(self) -> None:
        """End after any failure, which `failure` remembers."""
        self.failure = self.failure or exception_of(self) or sys.exc_info()[1] or RuntimeError()
        close_at_once(self)
