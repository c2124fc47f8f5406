"""What every test stands on: folders of its own, so that none meets a person's files."""

import os
import signal
from contextlib import suppress
from itertools import count

import pytest

from bpdebug.cli.main import one_thread

one_thread()  # as the command line does, before numpy is loaded


@pytest.fixture(autouse=True, scope="session")
def signals_as_usual():
    """What the tests start can be interrupted, also where the tests themselves cannot.

    A shell's background jobs ignore SIGINT, `nohup` ignores SIGHUP, and what a process ignores its
    children ignore.
    """
    usual = {signal.SIGINT: signal.default_int_handler}
    usual |= {
        getattr(signal, name): signal.SIG_DFL
        for name in ("SIGHUP", "SIGQUIT", "SIGTERM")
        if hasattr(signal, name)
    }
    ignored = [number for number in usual if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, usual[number])
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="session")
def homes(tmp_path_factory):
    """New paths without end: a folder of pytest's own for each test would take longer than most."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_folders(homes, monkeypatch):
    """Home, configuration and state below a temporary folder, also for processes that are started.

    Returns that folder.
    """
    home = next(homes)
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".state"), ("DATA", ".data")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    for name in ("BPDEBUG_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    yield home
    with suppress(OSError):  # something is in it
        home.rmdir()


@pytest.fixture
def terminal():
    """Starts a process of ours on a terminal, with these arguments of Python."""
    from tests.terminals import Terminal

    made = []

    def start(*arguments):
        made.append(Terminal(*arguments))
        return made[-1]

    yield start
    for one in made:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)  # only where a test failed is it still there
        os.close(one.end)
