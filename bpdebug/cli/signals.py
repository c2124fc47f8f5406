"""SIGTERM as an interrupt, so that whatever is half done is cleared away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextmanager
def heeding_sigterm() -> Iterator[None]:
    """Let SIGTERM raise `Terminated`, unless whoever started the program decided otherwise.

    Not for the screen: Textual's loop would take it for a failure of its own.
    """
    usual = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not usual or current_thread() is not main_thread():
        yield
        return
    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def terminate(*_: object) -> None:
    """What SIGTERM does."""
    raise Terminated
