"""The screen as a process on a real terminal: how it ends."""

import os
import signal
import sys
import time

import pytest

pty = pytest.importorskip("pty")


def start():
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="100", LINES="30")
        os.execv(sys.executable, [sys.executable, "-m", "bpdebug", "two_layer"])
    return pid, terminal


def read_until(terminal, wanted, seconds=30):
    seen, end = b"", time.monotonic() + seconds
    while wanted not in seen and time.monotonic() < end:
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            break
    return seen


@pytest.mark.parametrize(
    ("how", "status"), [("q", 0), ("ctrl+q", 0), ("sigterm", 128 + signal.SIGTERM)]
)
def test_the_terminal_is_put_back_and_the_status_is_right(how, status):
    pid, terminal = start()
    try:
        assert b"two" in read_until(terminal, b"quit").lower()
        if how == "sigterm":
            os.kill(pid, signal.SIGTERM)
        else:
            os.write(terminal, b"q" if how == "q" else b"\x11")
        seen = read_until(terminal, b"\x1b[?1049l")
        assert b"\x1b[?1049l" in seen, "the alternate screen was not left"
        assert b"Traceback" not in seen
        _, code = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(code) == status
    finally:
        os.close(terminal)
