"""Processes of ours on a real terminal, where the system has pseudo-terminals."""

import os
import select
import struct
import sys
import time

import pytest

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")
fcntl = pytest.importorskip("fcntl")

ENTERED = (b"\x1b[?1049h", b"\x1b[?25l", b"\x1b[?1000h")
"""Alternate screen, hidden cursor, mouse."""
LEFT = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l")
PATIENCE = 30
"""Seconds without an end after which a test gives up."""


class Terminal:
    """A process of ours on a terminal."""

    def __init__(self, *arguments):
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLUMNS="100", LINES="30")
            # A size of its own, so that nothing is painted anew just for a new size.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", 30, 100, 0, 0))
            os.execv(sys.executable, [sys.executable, *arguments])
        self.modes = termios.tcgetattr(self.end)
        self.seen = b""

    def read(self, until):
        """Read until that is true of what was read, or the process is gone."""
        end = time.monotonic() + PATIENCE
        while not until(self.seen):
            ready, _, _ = select.select([self.end], [], [], 0.05)
            assert time.monotonic() < end, "nothing came any more"
            try:
                more = os.read(self.end, 65536) if ready else b""
            except OSError:
                return
            self.seen += more

    def until(self, wanted):
        """Read until something comes; what was read up to there."""
        self.read(lambda seen: wanted in seen)
        before, found, self.seen = self.seen.partition(wanted)
        assert found
        return before + found

    def stopped(self):
        """Read until the process is stopped; what was read. A terminal that nobody reads waits."""
        state = []

        def is_stopped(seen):
            pid, how = os.waitpid(self.pid, os.WUNTRACED | os.WNOHANG)
            state.extend([how] if pid else [])
            return bool(pid)

        self.read(is_stopped)
        assert os.WIFSTOPPED(state[0])
        seen, self.seen = self.seen, b""
        return seen

    def rest(self):
        """Everything up to the end of the process."""
        self.read(lambda seen: False)
        return self.seen

    def status(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
