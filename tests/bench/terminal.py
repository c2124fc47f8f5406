"""A terminal that a program runs in: its keys are bytes written, its paint is bytes read."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter

QUIET = 0.25
"""A repaint is over when nothing has come for so long."""


class Terminal:
    """One program in a pseudo-terminal of its own."""

    def __init__(self, arguments: Sequence[str], columns: int = 120, rows: int = 36) -> None:
        self.started = perf_counter()
        self.output = b""
        """The bytes of the last repaint."""
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, *arguments])
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, size)

    def settle(self, patience: float = 20.0) -> tuple[float, int]:
        """Read until it is quiet; when the last byte came, and how many bytes."""
        last, count, wait = 0.0, 0, patience
        pieces = []
        while select.select([self.file], [], [], wait)[0]:
            try:
                data = os.read(self.file, 65536)
            except OSError:
                break
            if not data:
                break
            last, count, wait = perf_counter(), count + len(data), QUIET
            pieces.append(data)
        self.output = b"".join(pieces)
        return last, count

    def press(self, keys: bytes) -> float | None:
        """Seconds from writing a key's bytes to the last byte of the repaint; None if none came."""
        begun = perf_counter()
        os.write(self.file, keys)
        last, count = self.settle(patience=2.0)
        return last - begun if count else None

    def close(self) -> None:
        """End the program and its terminal."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()
