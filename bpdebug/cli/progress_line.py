"""Long work on the command line: a line with its progress, and what Ctrl+C does.

At the prompt of --plain, Ctrl+C cancels the command; elsewhere it ends the program.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

from bpdebug.run import Cancelled, Run
from bpdebug.run.progress import RemainingTime, progress_text


@contextmanager
def interruptible(run: Run, *, show: bool) -> Iterator[None]:
    """Let the first Ctrl+C cancel work that reports its progress; a second interrupts as usual.

    With `show`, the progress of long work stands on standard error. A process that was started to
    ignore Ctrl+C, as a shell's background jobs are, goes on ignoring it.
    """
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    line = ProgressLine(show=show and sys.stderr is not None)
    usual = signal.signal(signal.SIGINT, line.interrupt)
    run.progress = line.report
    try:
        yield
    finally:
        run.progress = None
        signal.signal(signal.SIGINT, usual)
        line.clear()


@contextmanager
def show_progress(run: Run) -> Iterator[None]:
    """Show the progress of long work on standard error, where that is a terminal.

    Ctrl+C ends the program. The line is removed at the end.
    """
    line = ProgressLine(show=sys.stderr is not None and sys.stderr.isatty(), ends="ends it")
    run.progress = line.report
    try:
        yield
    finally:
        run.progress = None
        line.clear()


class ProgressLine:
    """The line with the progress of a command, and whether the user has interrupted it."""

    def __init__(self, *, show: bool, ends: str = "cancels") -> None:
        self._show = show
        self._ends = ends
        self._interrupted = False
        self._width = 0
        self._remaining = RemainingTime()

    def interrupt(self, *_: object) -> None:
        """Handle SIGINT: cancel at the next report; at the second SIGINT, interrupt now."""
        if self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True

    def report(self, done: int, total: int) -> None:
        """Show how much is done; raises `Cancelled` after an interrupt."""
        if self._interrupted:
            raise Cancelled
        if self._show:
            text = progress_text(done, total, self._remaining.seconds(done, total))
            self._write(f"{text}; Ctrl+C {self._ends}".replace(" · ", ", "))

    def clear(self) -> None:
        """Remove the line from the terminal."""
        if self._width:
            self._width += 4  # the terminal has written ^C behind it
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        # Remembered before it is written: an interrupt may come as soon as it is.
        line, self._width = text.ljust(self._width), len(text)
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
