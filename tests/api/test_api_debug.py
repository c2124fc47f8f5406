"""`debug` on a real terminal, inside an event loop, in a notebook, and without any terminal."""

import asyncio
import gc
import os
import signal
import sys
import threading
from types import SimpleNamespace

import pytest

import bpdebug
from bpdebug.api.process import collection_as_it_was, no_running_loop
from bpdebug.tui.screens import Screens
from tests.terminals import LEFT

PLAIN = """
import bpdebug, gc, signal
signal.signal(signal.SIGWINCH, handler := lambda *_: None)
run = bpdebug.load("two_layer")
run.debug(breaks=["W1"], fresh=True)
assert signal.getsignal(signal.SIGWINCH) is handler
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
assert gc.isenabled() and not gc.get_freeze_count()
print("after", run.loss)
"""
IN_A_LOOP = """
import asyncio, bpdebug
async def main():
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    bpdebug.load("two_layer").debug(fresh=True)
    assert asyncio.get_running_loop() is loop and asyncio.current_task() is task
    await asyncio.sleep(0.01)
    print("after")
asyncio.run(main())
"""
IN_A_CALLBACK = """
import asyncio, bpdebug
loop = asyncio.new_event_loop()
def call():
    bpdebug.load("two_layer").debug(fresh=True)
    loop.call_later(0.01, end)
def end():
    print("after")
    loop.stop()
loop.call_soon(call)
loop.run_forever()
loop.close()
"""
AGAINST = """
import bpdebug
run = bpdebug.load("two_layer")
verdict = run.compare({"W1": run.gradients()["W1"] * 2, "b1": run.gradients()["b1"]})
run.debug(against=verdict, fresh=True)
print("after")
"""


@pytest.mark.parametrize(
    "code",
    [PLAIN, IN_A_LOOP, pytest.param(IN_A_CALLBACK, marks=pytest.mark.thorough), AGAINST],
    ids=["plain", "in a loop", "in a callback", "against"],
)
def test_the_screen_opens_and_python_goes_on(code, terminal, own_folders):
    process = terminal("-W", "error", "-c", code)
    if code == AGAINST:
        process.until(b"constant-factor")
        os.write(process.end, b"\x1b")
        process.until(b"quit")
    else:
        process.until(b"quit")
    os.write(process.end, b"\x11")
    seen = process.rest()
    assert all(mode in seen for mode in LEFT)
    assert b"Traceback" not in seen
    assert b"after" in seen.split(b"\x1b[?1049l")[-1]
    assert process.status() == 0


@pytest.mark.parametrize("frozen", [False, True])
def test_what_the_caller_froze_stays_frozen(frozen):
    before = gc.get_freeze_count()
    try:
        if frozen:
            gc.freeze()
        with collection_as_it_was():
            gc.freeze()
        assert bool(gc.get_freeze_count()) == bool(frozen or before)
    finally:
        gc.unfreeze()


def test_a_signal_to_end_ends_the_process(terminal, own_folders):
    process = terminal("-c", PLAIN)
    process.until(b"quit")
    os.kill(process.pid, signal.SIGTERM)
    assert b"after" not in process.rest().split(b"\x1b[?1049l")[-1]
    assert process.status() == 128 + signal.SIGTERM


def test_without_a_terminal_it_says_what_to_do():
    with pytest.raises(
        bpdebug.BpdebugError, match=r"no terminal to draw on; .*run\.export.*run\.save"
    ):
        bpdebug.load("two_layer").debug()


def test_in_a_notebook_it_says_what_to_do_instead(monkeypatch, capsys):
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert bpdebug.load("two_layer").debug() is None
    told = capsys.readouterr().out
    assert "`bpdebug FOLDER` in a terminal" in told
    assert "run.save(FOLDER)" in told


def test_ipython_on_a_terminal_is_no_notebook(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=SimpleNamespace))
    with pytest.raises(bpdebug.BpdebugError, match="no terminal"):
        bpdebug.load("two_layer").debug()


@pytest.fixture
def opened(monkeypatch):
    """What a screen was opened with, on a pretended terminal."""
    calls = []
    monkeypatch.setattr("bpdebug.api.screen.require_terminal", lambda instead: None)
    monkeypatch.setattr(Screens, "debug", lambda self, *given: calls.append(given) or 0)
    return calls


@pytest.mark.parametrize("breaks", ["W1", ["W1"], ("W1",), iter(["W1"])])
def test_breakpoints_are_those_that_were_given(opened, breaks):
    bpdebug.load("two_layer").debug(breaks=breaks)
    ((_, conditions, comparison),) = opened
    assert (conditions, comparison) == (["W1"], None)


def test_a_mistake_in_a_breakpoint_is_told_before_the_screen_opens(opened):
    with pytest.raises(bpdebug.BpdebugError, match=r"^breaks: .*W9"):
        bpdebug.load("two_layer").debug(breaks=["W9"])
    with pytest.raises(bpdebug.BpdebugError, match=r"^against: "):
        bpdebug.load("two_layer").debug(against={"W1": 1.0})
    assert opened == []


def test_another_thread_is_refused(opened):
    found = []

    def call():
        with pytest.raises(bpdebug.BpdebugError, match="needs the main thread"):
            bpdebug.load("two_layer").debug()
        found.append(True)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert found == [True]
    assert opened == []


async def test_a_loop_of_its_own_can_run_inside_another():
    outer = asyncio.get_running_loop(), asyncio.current_task()

    async def inner():
        await asyncio.sleep(0)
        return asyncio.get_running_loop()

    with no_running_loop():
        loop = asyncio.run(inner())
    assert loop is not outer[0]
    assert outer == (asyncio.get_running_loop(), asyncio.current_task())
