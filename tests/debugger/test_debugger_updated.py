"""After an update it is said which value of a parameter is meant; arrays of truth have brackets."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from tests.debugger.sessions import do
from tests.graphs import two_layer_problem

USED = "value(W1) is what the pass used"


@pytest.fixture
def updated(debugger):
    """At the end of the first iteration, where all updates are done."""
    do(debugger, f"goto {debugger.timeline.total}")
    return debugger


@pytest.mark.parametrize(
    ("expression", "note"),
    [
        ("W1", f"  (W₁ after its update; {USED})"),
        ("norm(W1)/norm(grad(W1))", f"  (W₁ after its update; {USED})"),
        ("W1 @ x", f"  (W₁ after its update; {USED})"),
        ("W1 @ x + b1", f"  (W₁ and b₁ after their updates; {USED})"),
        ("norm(W1) < 1", f"  (W₁ after its update; {USED})"),
        ("grad(W1)", ""),
        ("value(W1)", ""),
        ("new(W1)", ""),
        ("change(W1)", ""),
        ("z1", ""),
        ("loss", ""),
    ],
)
def test_print_and_watch_say_that_a_parameter_is_new(updated, expression, note):
    shown = do(updated, f"print {expression}")
    assert shown.endswith(note)
    assert ("after" in shown) is bool(note)
    assert do(updated, f"watch {expression}") == f"watch 1: {shown}"


def test_before_its_update_there_is_nothing_to_say(debugger):
    run = debugger.run
    iteration = run.iteration(1)
    w1 = debugger.timeline.graph.names["W1"]
    for position in range(1, debugger.timeline.total + 1):
        do(debugger, "first", f"goto {position}")
        shown = do(debugger, "print W1[0,0]")
        after = debugger.moment.updated(w1)
        assert (USED in shown) is after
        value = iteration.after["W1"] if after else iteration.before["W1"]
        assert shown.startswith(f"W1[0,0] = {float(np.asarray(value)[0, 0]):.6g}")


def test_info_has_both_values(updated):
    values = [do(updated, f"print {name}(W1)").split(" = ")[1] for name in ("value", "new")]
    lines = do(updated, "info W1").splitlines()
    assert f"  value      {values[0]}  (what the pass used)" in lines
    assert f"  new value  {values[1]}" in lines


def test_a_grid_has_the_note_in_its_title():
    problem = two_layer_problem(1)
    problem.data["x"] = np.array([0.05, 0.1])
    debugger = Debugger(Run(problem))
    do(debugger, "goto $")
    shown = do(debugger, "print W1 @ W1 @ reshape(concat(W1, W1, W1, axis=1), shape=(2, 6))")
    assert shown.splitlines()[0].endswith(f"shape (2, 6)  (W₁ after its update; {USED}):")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("print x == y", "x == y = [False, False]"),
        ("print x < y", "x < y = [False, True]"),
        ("print value(W1) == value(W1).T", "[[True, False], [False, True]]"),
        ("print grad(b1) == grad(b1)", "grad(b1) == grad(b1) = [True, True]"),
        ("print loss > 0", "loss > 0 = True"),
        ("print isnan(x)", "isnan(x) = [False, False]"),
        ("print concat(x, x, x, y, y) < 0.5", "8 of 10 entries are True"),
    ],
)
def test_arrays_of_truth_have_brackets(updated, line, shown):
    assert do(updated, line).endswith(shown)


def test_truth_of_cells_that_are_still_to_come_is_a_dot(debugger):
    do(debugger, "first", "until z1 -> b1")
    first = debugger.moment.gradient(debugger.timeline.graph.names["b1"]).window()[0][0]
    assert do(debugger, "print grad(b1) > 0") == (
        f"grad(b1) > 0 = [{bool(first > 0)}, ·]  (partial: 1 of 2 cells)"
    )
