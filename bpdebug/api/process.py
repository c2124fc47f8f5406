"""A process around a screen: its loop, signals and garbage collection are the caller's own."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGTSTP", "SIGCONT", "SIGWINCH", "SIGTTIN", "SIGTTOU")
"""What a screen handles while it is open, where the system has it."""


@contextmanager
def process_as_it_was() -> Iterator[None]:
    """Let a screen run in the main thread of somebody's process, which it leaves as it was."""
    with ExitStack() as stack:
        stack.enter_context(signals_as_they_were())
        stack.enter_context(collection_as_it_was())
        stack.enter_context(no_running_loop())
        yield


@contextmanager
def signals_as_they_were() -> Iterator[None]:
    """Restore the handlers of signals that were set from Python, or were the system's own.

    A running event loop hears of its signals by the descriptor that is restored with them.
    """
    known = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in known}
    wakeup = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            if handler is not None:  # None: by somebody's C code, which Python cannot set again
                signal.signal(number, handler)


@contextmanager
def collection_as_it_was() -> Iterator[None]:
    """Undo the freeze of garbage collection with which a screen starts: objects are others'.

    Where the caller froze some, all stay frozen: they can only be thawed together.
    """
    enabled, frozen = gc.isenabled(), gc.get_freeze_count()
    try:
        yield
    finally:
        if not frozen:
            gc.unfreeze()
        (gc.enable if enabled else gc.disable)()


@contextmanager
def no_running_loop() -> Iterator[None]:
    """Set aside the event loop that runs in this thread, so that a screen can run its own.

    `python -m asyncio`, and IPython for a cell with `await`, call this code from inside their loop,
    which waits for the call to return as it does for any other. A second thread would not do: only
    the main thread gets the signals by which a terminal tells its size.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        yield
        return
    task = asyncio.current_task(loop)
    if task is not None:
        asyncio.tasks._leave_task(loop, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)
        asyncio.set_event_loop(loop)
        if task is not None:
            asyncio.tasks._enter_task(loop, task)
