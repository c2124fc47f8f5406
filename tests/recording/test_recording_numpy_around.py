"""What stands around a trace: packages that the code calls, other threads, what is left behind."""

from __future__ import annotations

import importlib
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.recording.from_numpy import trace
from bpdebug.recording.names import LocalNames
from tests.recording.gradients import agrees

W = np.array([0.5, -1.0, 2.0])
X = np.array([1.0, 2.0, 4.0])


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A function that installs a module of that text, and imports it where that is wanted."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    made = []

    def install(name, text, *, load=True):
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
        made.append(name)
        importlib.invalidate_caches()
        return importlib.import_module(name) if load else None

    yield install
    for name in made:
        sys.modules.pop(name, None)


def test_a_package_that_the_code_calls_gets_plain_arrays(installed):
    package = installed(
        "smoothing",
        """
        import numpy as np

        def smoothed(given):
            given = np.asarray(given)
            made = np.zeros(len(given))
            assert type(given) is type(made) is np.ndarray, "a plain array is wanted"
            for at in range(len(given)):
                made[at] = given[: at + 1].mean()
            return memoryview(made).tolist()
        """,
    )

    def loss(W, x):
        return (W * np.array(package.smoothed(x))).sum()

    agrees(loss, {"W": W}, x=X)


def test_a_learned_array_that_a_package_takes_names_the_users_line(installed):
    package = installed(
        "taking", "import numpy as np\ndef taken(a):\n    return np.asarray(a) * 2\n"
    )

    def loss(W):
        return (W * package.taken(W)).sum()

    with pytest.raises(BpdebugError, match=r"test_recording_numpy_around\.py:\d+: here the num"):
        trace(loss, {"W": W}, {})


def test_a_traced_function_of_a_package_is_the_users_own(installed):
    package = installed(
        "network",
        """
        import numpy as np

        def loss(W, x):
            h = np.zeros(3)
            for at in range(3):
                h[at] = W[at] * x[at]
            return (h**2).sum()
        """,
    )
    agrees(package.loss, {"W": W}, x=X)


def test_what_a_module_imported_while_it_was_recorded_is_numpys_afterwards(installed, monkeypatch):
    text = "from numpy import zeros\ndef made():\n    return zeros(3)\n"
    installed("lazily", text, load=False)
    monkeypatch.setattr("bpdebug.recording.from_numpy.users.INSTALLED", ())  # code of the user

    def loss(W):
        import lazily

        h = lazily.made()
        h[:] = W
        return (h**2).sum()

    agrees(loss, {"W": W})
    assert type(sys.modules["lazily"].made()) is np.ndarray

    def of_module(W):
        h = zeros(3)  # noqa: F821 - the module has it
        h[:] = W
        return (h**2).sum()

    scope = vars(sys.modules["lazily"])
    agrees(FunctionType(of_module.__code__, scope), {"W": W})  # a later trace sees it
    assert type(sys.modules["lazily"].made()) is np.ndarray


def of_global(x):
    return (W * x).sum()


def test_traces_in_several_threads_over_one_global_follow_each_other():
    entered, go = threading.Event(), []
    before = globals()["W"]

    def slow(x):
        entered.set()
        end = time.monotonic() + 5
        while not go and time.monotonic() < end:  # it does not wait for a thread
            time.sleep(0.01)
        return (W * x).sum()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(trace, slow, {"weights": before}, {"x": X})
        assert entered.wait(20)
        second = pool.submit(trace, of_global, {"weights": before}, {"x": X})
        with pytest.raises(TimeoutError):
            second.result(0.3)  # it stands in line
        go.append(1)
        assert first.result(20).made
        assert second.result(20).made
    assert globals()["W"] is before


def test_a_trace_in_a_thread_that_a_traced_function_waits_for_is_refused():
    problems = []

    def inner():
        try:
            trace(lambda W: (W**2).sum(), {"W": W}, {})
        except BpdebugError as error:
            problems.append(str(error))

    def loss(W):
        thread = threading.Thread(target=inner, daemon=True)
        thread.start()
        thread.join(5)
        return (W**2).sum()

    trace(loss, {"W": W}, {})
    assert problems
    assert all("one after the other" in one for one in problems)


def test_another_run_on_other_arrays_leaves_no_trace(capsys):
    def loss(W, x):
        print("forward")  # noqa: T201 - what the code prints
        return (W * x * (np.random.rand(3) < 2)).sum()

    recording = trace(loss, {"W": W}, {"x": X})
    assert capsys.readouterr().out == "forward\n"
    np.random.seed(7)
    wanted = np.random.rand()
    np.random.seed(7)
    recording.run_on({"x": X + 1}, {})
    assert np.random.rand() == wanted
    assert capsys.readouterr().out == ""


def test_rows_of_a_buffer_are_named_once(monkeypatch):
    asked = []
    name = LocalNames._name

    def counted(self, *args):
        asked.append(args)
        name(self, *args)

    monkeypatch.setattr(LocalNames, "_name", counted)

    def loss(W, steps):
        hs = np.zeros((int(steps), 3))
        hs[0] = W
        for at in range(1, len(hs)):
            hs[at] = np.tanh(hs[at - 1] * W)
        return hs.sum()

    work = []
    for steps in (40, 80):
        asked.clear()
        trace(loss, {"W": W}, {"steps": steps})
        work.append(len(asked))
    assert work[1] < 2.5 * work[0]
