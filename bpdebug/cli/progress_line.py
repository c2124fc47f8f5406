"""Long work on the command line: a line that says how far it is, and what Ctrl+C does to it.

In a conversation it cancels the command, elsewhere it ends the program.
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
    """Let the first Ctrl+C cancel what reports its progress; a second one is the usual interrupt.

    With `show`, long work says on standard error how far it is. A process that was started to
    ignore Ctrl+C, as a shell's background jobs are, goes on ignoring it.
    """
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    watch = ProgressLine(show=show and sys.stderr is not None)
    usual = signal.signal(signal.SIGINT, watch.interrupt)
    run.progress = watch.report
    try:
        yield
    finally:
        run.progress = None
        signal.signal(signal.SIGINT, usual)
        watch.clear()


@contextmanager
def show_progress(run: Run) -> Iterator[None]:
    """Say on standard error how far long work is, where that is a terminal. Ctrl+C ends it all.

    The line is gone at the end.
    """
    watch = ProgressLine(show=sys.stderr is not None and sys.stderr.isatty(), ends="ends it")
    run.progress = watch.report
    try:
        yield
    finally:
        run.progress = None
        watch.clear()


class ProgressLine:
    """Shows one command's progress, and knows whether it shall end."""

    def __init__(self, *, show: bool, ends: str = "cancels") -> None:
        self._show = show
        self._ends = ends
        self._interrupted = False
        self._width = 0
        self._remaining = RemainingTime()

    def interrupt(self, *_: object) -> None:
        """SIGINT came."""
        if self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True

    def report(self, done: int, total: int) -> None:
        """How far the work is; `Cancelled` when it shall end."""
        if self._interrupted:
            raise Cancelled
        if self._show:
            text = progress_text(done, total, self._remaining.seconds(done, total))
            self._write(f"{text}; Ctrl+C {self._ends}".replace(" · ", ", "))

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._width:
            self._width += 4  # the terminal has written ^C behind it
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        # Kept before it is written: an interrupt may come as soon as it is.
        line, self._width = text.ljust(self._width), len(text)
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
