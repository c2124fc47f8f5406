"""`state(W, m)`: what an optimizer keeps and makes, at the cursor, in conditions and in curves."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.run.curves import Curves
from tests.scenario.scenarios import failure, loaded, write

TEXT = """
[parameters]
w = [1.0, 2.0]
b = { value = 1.0, frozen = true }
[graph]
L = "sum(w ** 2) + b"
[optimizer]
name = "adam"
learning_rate = 0.1
clip_norm = 1000.0
[run]
iterations = 4
"""


@pytest.fixture
def debugger(tmp_path):
    return Debugger(Run(loaded(tmp_path, TEXT)))


def said(debugger, *lines):
    return [debugger.execute(line).note for line in lines][-1]


def test_a_state_is_old_until_its_line_has_run(debugger):
    # ‖∇L‖, k and g come before m; the gradient is [2, 4].
    said(debugger, "goto iteration 1", "goto $", "goto iteration 1", "break w", "continue")
    said(debugger, "continue")
    while "g ← " not in said(debugger, "info line"):
        said(debugger, "next")
    assert said(debugger, "print state(w, m)") == "state(w, m) = [0, 0]"
    assert said(debugger, "print state(w, scale)") == "state(w, scale) = 1"
    assert "not computed yet" in said(debugger, "print state(w, m_hat)")
    assert said(debugger, "next", "print state(w, m)") == "state(w, m) = [0.2, 0.4]"
    assert said(debugger, "next", "next", "print state(w, m_hat)") == "state(w, m_hat) = [2, 4]"
    assert said(debugger, "goto iteration 2", "print state(w, m)") == "state(w, m) = [0.2, 0.4]"
    assert "not computed yet" in said(debugger, "print state(w, m_hat)")
    assert said(debugger, "print previous(state(w, m_hat))").endswith(" = [2, 4]")


def test_a_condition_on_a_state_stops_at_the_very_line(debugger):
    run = debugger.run
    kept = [  # m[0] by iteration
        next(u.after[0] for u in run.iteration(number).updates if u.line.target == "m")
        for number in range(1, 5)
    ]
    bound = (kept[1] + kept[2]) / 2
    said(debugger, "first", f"break state(w, m)[0] > {float(bound)!r}", "continue")
    assert debugger.moment.iteration.number == 3
    assert debugger.moment.update.line.target == "m"
    said(debugger, "goto $", "rcontinue")
    assert debugger.moment.iteration.number == 3


def test_a_curve_of_a_state_is_its_value_at_the_end_of_each_iteration(debugger):
    curve = Curves(debugger.run).curve("norm(state(w, v))")
    last = [
        next(u.after for u in debugger.run.iteration(n).updates if u.line.target == "v")
        for n in range(1, 5)
    ]
    np.testing.assert_allclose(curve.values, [np.linalg.norm(v) for v in last], rtol=1e-15)


MISTAKES = (
    ("state(w, mm)", "has no 'mm'; did you mean 'm'?"),
    ("state(ww, m)", "'ww' has no optimizer; did you mean 'w'?"),
    ("state(b, m)", "'b' has no optimizer"),
    ("state(w, theta)", "has no 'theta'"),
    ("state(w)", "as in state(W1, m)"),
    ("state(w, m + 1)", "as in state(W1, m)"),
)


@pytest.mark.parametrize(("text", "problem"), MISTAKES)
def test_a_mistake_says_what_there_is(debugger, text, problem):
    for command in ("print", "watch", "break"):
        reply = debugger.execute(f"{command} {text}{' > 0' * (command == 'break')}")
        assert (reply.ok, problem in reply.note) == (False, True)


def test_an_expectation_may_read_a_state(tmp_path):
    expect = '[[expect]]\nvalue = "state(w, m)[1]"\nis = "0.4"\n'
    assert check(Run(loaded(tmp_path, TEXT + expect))).ok
    assert not check(Run(loaded(tmp_path, TEXT + expect.replace("0.4", "0.5")))).ok
    error = failure(write(tmp_path, TEXT + expect.replace(", m)", ", n)")))
    assert error.key == "expect #1.value"
    assert "has no 'n'" in error.problem


def test_a_scenario_may_have_a_node_named_state(tmp_path):
    text = '[parameters]\nstate = 2.0\n[graph]\nL = "state ** 2"\n'
    assert said(Debugger(Run(loaded(tmp_path, text))), "print state + 1") == "state + 1 = 3"
