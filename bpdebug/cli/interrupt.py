"""Ctrl+C while a command is at work in line mode: it cancels the command, not the program."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

from bpdebug.run import Cancelled, Run
from bpdebug.run.progress import Remaining, progress_text


@contextmanager
def interruptible(run: Run, *, show: bool) -> Iterator[None]:
    """Let the first Ctrl+C cancel what reports its progress; a second one is the usual interrupt.

    With `show`, long work says on standard error how far it is.
    """
    if current_thread() is not main_thread():
        yield
        return
    watch = Watch(show=show and sys.stderr is not None)
    usual = signal.signal(signal.SIGINT, watch.interrupt)
    run.progress = watch.report
    try:
        yield
    finally:
        run.progress = None
        signal.signal(signal.SIGINT, usual)
        watch.clear()


class Watch:
    """Shows one command's progress, and knows whether it shall end."""

    def __init__(self, *, show: bool) -> None:
        self._show = show
        self._wanted = False
        self._width = 0
        self._remaining = Remaining()

    def interrupt(self, *_: object) -> None:
        """SIGINT came."""
        if self._wanted:
            raise KeyboardInterrupt
        self._wanted = True

    def report(self, done: int, total: int) -> None:
        """How far the work is; `Cancelled` when it shall end."""
        if self._wanted:
            raise Cancelled
        if self._show:
            text = progress_text(done, total, self._remaining.seconds(done, total))
            self._write(f"{text}; Ctrl+C cancels".replace(" · ", ", "))

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._width:
            self._width += 4  # the terminal has written ^C behind it
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        print(f"\r{text.ljust(self._width)}", end="", file=sys.stderr, flush=True)
        self._width = len(text)
