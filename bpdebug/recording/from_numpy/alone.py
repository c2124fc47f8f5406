"""One trace runs at a time: it replaces functions of NumPy, globals and closures for a while."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident

from bpdebug.errors import BpdebugError

LOCK = Lock()
RUNNING: list[int] = []
"""The thread that traces; empty where none does."""
WAITING = ("wait", "join", "_wait_for_tstate_lock", "acquire")
"""Methods of Python's threading in which a thread waits for another one."""
LOOK = 0.05
"""Seconds after which a trace that waits looks what the other one does."""


@contextmanager
def alone() -> Iterator[None]:
    """Run the user's code while no other trace does; a trace in another thread is waited for.

    BpdebugError inside a traced function, also in a thread for which that function waits.
    """
    thread = get_ident()
    if thread in RUNNING:
        raise BpdebugError("a trace runs inside a traced function; trace them one after the other")
    while not LOCK.acquire(timeout=LOOK):
        if any(waits(other) for other in list(RUNNING)):
            raise BpdebugError(
                "a trace runs in another thread, and that one waits for threads; trace the "
                "functions one after the other"
            )
    try:
        RUNNING.append(thread)
        yield
    finally:
        RUNNING.remove(thread)
        LOCK.release()


def waits(thread: int) -> bool:
    """Whether a thread waits for another one, by what Python's library is called for in it."""
    frame = sys._current_frames().get(thread)
    code = frame.f_code if frame else None
    return code is not None and code.co_filename == threading.__file__ and code.co_name in WAITING
