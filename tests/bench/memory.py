"""Keeps freed memory in the process, for both sides of a ratio."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""The numbers of glibc's mallopt."""
ENOUGH = 1 << 29


def keep_freed_memory() -> None:
    """Stop glibc from giving pages back between passes; does nothing elsewhere.

    Whether it does depends on whether a pass's arrays come to a little more or a little less than
    its threshold, and costs a fifth of a large pass: luck, which would hide what is measured.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(TRIM_THRESHOLD, ENOUGH)
        mallopt(MMAP_THRESHOLD, ENOUGH)
