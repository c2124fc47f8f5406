"""The screen as a process on a real terminal: how it ends, fails, and is put aside."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.terminals import ENTERED, LEFT, termios

FAILING = (
    "import sys\n"
    "from bpdebug.tui.screen import DebuggerScreen\n"
    "from bpdebug.cli.main import main\n"
    "def fail(screen): raise RuntimeError('the [b]roof[/b] is down')\n"
    "DebuggerScreen.action_zoom = fail\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


@pytest.mark.parametrize(
    ("how", "status"),
    [("q", 0), ("ctrl+q", 0), ("sigterm", 128 + signal.SIGTERM), ("failure", 2)],
)
def test_the_terminal_is_put_back_and_the_status_is_right(how, status, terminal, own_folders):
    started = ("-c", FAILING) if how == "failure" else ("-m", "bpdebug")
    process = terminal(*started, "two_layer")
    opening = process.until(b"quit")
    assert all(mode in opening for mode in ENTERED)
    assert termios.tcgetattr(process.end)[3] != process.modes[3], "the terminal stayed cooked"
    if how == "sigterm":
        os.kill(process.pid, signal.SIGTERM)
    else:
        os.write(process.end, {"q": b"q", "ctrl+q": b"\x11", "failure": b"z"}[how])
    seen = process.rest()
    assert all(mode in seen for mode in LEFT)
    assert b"Traceback" not in seen
    assert termios.tcgetattr(process.end) == process.modes
    assert process.status() == status
    if how == "failure":
        told = seen.split(b"\x1b[?1049l")[-1].decode()
        assert "bpdebug: error: the screen failed (RuntimeError: the [b]roof[/b] is down)" in told
        report = re.search(r"report it with the file (\S+)", told)[1]
        assert Path(report).is_relative_to(own_folders)
        assert "in fail" in Path(report).read_text(encoding="utf-8")


def test_put_aside_and_brought_back(terminal):
    process = terminal("-m", "bpdebug", "two_layer")
    process.until(b"quit")
    os.write(process.end, b"\x1a")
    seen = process.stopped()
    assert all(mode in seen for mode in LEFT)
    assert termios.tcgetattr(process.end) == process.modes
    os.kill(process.pid, signal.SIGCONT)
    process.until(ENTERED[0])
    # The footer may change first; the header comes with all of the screen.
    assert process.until(b"bpdebug"), "the screen was not painted again"
    os.write(process.end, b"q")
    process.rest()
    assert process.status() == 0


@pytest.mark.parametrize("how", ["q", "sigterm", "failure", "the terminal closes"])
def test_what_was_set_up_is_kept_however_it_ends(how, terminal, own_folders):
    started = ("-c", FAILING) if how == "failure" else ("-m", "bpdebug")
    process = terminal(*started, "two_layer", "--break", "z1")
    process.until(b"quit")
    if how == "the terminal closes":
        os.kill(process.pid, signal.SIGHUP)
    elif how == "sigterm":
        os.kill(process.pid, signal.SIGTERM)
    else:
        os.write(process.end, b"q" if how == "q" else b"z")
    process.rest()
    process.status()
    (kept,) = own_folders.rglob("kept/*.json")
    assert '"text": "z1"' in kept.read_text(encoding="utf-8")
    again = terminal("-m", "bpdebug", "two_layer", "--fresh")
    assert "●".encode() not in again.until(b"quit")
    os.write(again.end, b"q")
    again.rest()
    assert again.status() == 0
    assert kept.exists()


@pytest.mark.parametrize("how", ["ctrl+q", "sigterm", "sighup"])
def test_long_work_does_not_keep_the_program(how, terminal):
    one = terminal("-m", "bpdebug", "xor", "--iterations", "10000000", "--fresh")
    one.until(b"quit")
    os.write(one.end, b">")
    one.until(b"esc cancels")
    if how == "ctrl+q":
        os.write(one.end, b"\x11")
    else:
        os.kill(one.pid, getattr(signal, how.upper()))
    one.rest()  # it fails where the process is still there after PATIENCE
    assert one.status() in (0, 128 + signal.SIGTERM, 128 + signal.SIGHUP)
