"""A condition that does not stop is never passed in silence: true already, or comparing NaN."""

import numpy as np
import pytest

from bpdebug.cli.main import main
from bpdebug.debugger import Debugger, Instant
from bpdebug.debugger.cursor import normalized
from bpdebug.run import Run
from tests.debugger.sessions import do, every_place
from tests.graphs import two_layer_problem
from tests.scenario.scenarios import loaded, write

SCENARIO = """
[inputs]
x = [2.0, 0.0]
[parameters]
w = [0.5, 0.25]
[graph]
z = "w * x"
h = "sqrt(z) + x"
L = "sum(h)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 2
"""


def opened(iterations=1):
    return Debugger(Run(two_layer_problem(iterations)))


def test_break_says_that_a_condition_is_true_from_the_start_on():
    debugger = opened()
    assert do(debugger, "break norm(W1) > 0.1") == (
        "breakpoint 1: norm(W1) > 0.1 (already true here, from the start on)"
    )
    assert do(debugger, "continue").splitlines()[0] == (
        "not hit: norm(W1) > 0.1 was true already, from the start on, "
        "and does not become true again"
    )
    assert debugger.instant == (1, debugger.timeline.backward_end)


def test_a_condition_on_the_loss_has_been_true_since_its_tick():
    debugger = opened()
    do(debugger, "step 3")
    tick = debugger.timeline.forward
    assert do(debugger, "tbreak loss > 0") == (
        f"temporary breakpoint 1: loss > 0 (already true here, since tick {tick})"
    )
    assert do(debugger, "continue").startswith(
        f"not hit: loss > 0 was true already, since tick {tick}, and does not become true again"
    )
    do(debugger, "rcontinue")
    assert debugger.instant == (1, tick)


def test_at_the_very_tick_it_becomes_true_there():
    debugger = opened(2)
    assert debugger.instant == (1, debugger.timeline.forward)
    assert do(debugger, "break loss > 0") == ("breakpoint 1: loss > 0 (it becomes true right here)")
    assert do(debugger, "continue").startswith("breakpoint 1: loss > 0")
    assert debugger.instant == (2, debugger.timeline.forward)
    do(debugger, "rcontinue")
    assert debugger.instant == (1, debugger.timeline.forward)
    assert do(debugger, "rcontinue").startswith(
        "not hit: loss > 0 is true for the first time there"
    )


def test_backwards_a_condition_that_was_always_true_says_so():
    debugger = opened(2)
    do(debugger, "break norm(W1) > 0.1", "goto $")
    assert do(debugger, "rcontinue").startswith("not hit: norm(W1) > 0.1 is true from the start on")


@pytest.mark.parametrize(
    "line", ["break loss < 0", "break z1", "break z2 -> W2", "break z1 if loss > 0"]
)
def test_what_is_not_true_yet_has_nothing_to_add(line):
    debugger = opened()
    do(debugger, "first")
    assert do(debugger, line) == f"breakpoint 1: {line.removeprefix('break ')}"


def test_a_condition_that_never_holds_ends_the_pass_as_ever():
    debugger = opened()
    do(debugger, "break loss < 0")
    assert do(debugger, "continue").startswith("iteration 1/1")


@pytest.mark.parametrize(
    "condition", ["norm(W1) > 0.545", "loss > 0.29", "iteration == 2", "W1[0,0] < 0.15"]
)
def test_what_is_said_is_true_at_every_place(condition):
    run = Run(two_layer_problem(2))
    for place in every_place(run):
        debugger = Debugger(run)
        debugger.go(place)
        holds = debugger.holds(condition)
        answer = do(debugger, f"break {condition}")
        assert ("true" in answer) is bool(holds)
        if "since tick" not in answer:
            continue
        since = int(answer.split("since tick ")[1].split(")")[0])
        iteration = place.iteration
        assert all(
            debugger.truth(Instant(iteration, t), condition)
            for t in range(since, place.position + 1)
        )
        before = normalized(run, Instant(iteration, since - 1))
        assert not debugger.truth(before, condition)


def test_a_break_option_that_is_true_at_the_opening_says_so(tmp_path, capsys):
    path = str(write(tmp_path, SCENARIO))
    assert main([path, "--break", "norm(w) > 0.1", "-c", "continue"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("breakpoint 1: norm(w) > 0.1 (already true here, from the start on)")
    assert lines[1].startswith("not hit: norm(w) > 0.1 was true already")
    assert main([path, "--break", "loss < 0", "-c", "print x"]) == 0
    assert capsys.readouterr().out == "x = [2, 0]\n"


def test_a_condition_that_compares_nan_says_so(tmp_path):
    debugger = Debugger(Run(loaded(tmp_path, SCENARIO)))
    told = "norm(grad(w)) is NaN, which is neither below, above nor equal to any number; isnan asks"
    do(debugger, "break norm(grad(w)) > 1e9")
    assert do(debugger, "continue").startswith(f"not hit: norm(grad(w)) > 1e9: {told}")
    assert told in do(debugger, "print norm(grad(w)) < 1")
    assert told in do(debugger, "break norm(grad(w)) < 1")
    assert "NaN" not in do(debugger, "print norm(w) < 1 and isnan(norm(grad(w)))")
    assert "NaN" not in do(debugger, "print any(isnan(grad(w)))")


def test_a_loss_that_is_nan_moves_by_nothing(tmp_path):
    from bpdebug.tui.draw.multiplication import draw_multiplication
    from tests.tui.drawing import LOOK

    text = SCENARIO.replace("[0.5, 0.25]", "[-0.5, 0.25]")
    debugger = Debugger(Run(loaded(tmp_path, text)))
    do(debugger, "step")
    drawn = "\n".join(line.plain for line in draw_multiplication(debugger.moment, LOOK, 60, 20))
    assert "L is NaN" in drawn
    assert "L moves by 1" not in drawn


def test_no_step_is_blamed_for_what_was_not_finite_before(tmp_path):
    nan_gradient = Debugger(Run(loaded(tmp_path, SCENARIO)))
    told = do(nan_gradient, "promise")
    assert "nothing can be promised: the gradient is not finite" in told
    assert "step is too large" not in told
    text = SCENARIO.replace("[0.5, 0.25]", "[-0.5, 0.25]")
    nan_loss = Debugger(Run(loaded(tmp_path, text)))
    told = do(nan_loss, "promise")
    assert "nothing can be promised: the loss is not finite before the update" in told
    assert "step is too large" not in told
    assert np.isnan(nan_loss.run.iteration(1).loss)
