"""The thread that records: PyTorch calls hooks for all threads, and one block runs at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident

from bpdebug.errors import BpdebugError

_recording = Lock()
"""Held while a block is recorded, in whichever thread."""
_owner: int | None = None


@contextmanager
def alone() -> Iterator[None]:
    """Let this thread record. BpdebugError where a block is being recorded already."""
    global _owner
    if not _recording.acquire(blocking=False):
        if here():
            raise BpdebugError("a block is being recorded already; end it before another begins")
        raise BpdebugError(
            "another thread records a block, and one is recorded at a time; begin when it has ended"
        )
    _owner = get_ident()
    try:
        yield
    finally:
        _owner = None
        _recording.release()


def here() -> bool:
    """Whether it is this thread that records."""
    return _owner == get_ident()
