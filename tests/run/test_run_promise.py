"""Promises: ∂L/∂θ · Δθ beside the real change of the loss, against numpy written by hand."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Promise, Run, promises
from bpdebug.wording import Script, promise_text, step_too_large
from tests.graphs import two_layer_problem


def loss(x, y, p):
    h = 1 / (1 + np.exp(-(p["W1"] @ x + p["b1"])))
    out = 1 / (1 + np.exp(-(p["W2"] @ h + p["b2"])))
    return 0.5 * np.sum((out - y) ** 2)


def test_what_came_is_the_loss_with_that_parameter_moved():
    problem = two_layer_problem()
    run = Run(problem)
    iteration = run.iteration(2)
    x, y = problem.data["x"], problem.data["y"]
    start = loss(x, y, iteration.before)
    *each, together = promises(run, iteration)
    assert [one.parameter for one in each] == list(problem.parameters)
    for one in each:
        moved = {**iteration.before, one.parameter: iteration.after[one.parameter]}
        assert one.actual == pytest.approx(loss(x, y, moved) - start, abs=1e-15)
        gradient = iteration.recorded.gradients[run.graph().names[one.parameter]]
        assert one.predicted == pytest.approx(-0.5 * np.sum(np.square(gradient)), rel=1e-13)
    assert together.actual == pytest.approx(loss(x, y, iteration.after) - start, abs=1e-15)
    assert together.predicted == pytest.approx(sum(one.predicted for one in each))


@pytest.mark.parametrize("rate", [1e-2, 1e-3])
def test_the_smaller_the_step_the_more_of_a_promise_is_kept(rate):
    def error(rate):
        run = Run(two_layer_problem(settings={"learning_rate": rate}))
        return abs(promises(run, run.iteration(1))[-1].fraction - 1)

    # The error of a first-order prediction shrinks with the step itself.
    assert error(rate) / error(10 * rate) == pytest.approx(0.1, rel=0.1)


def test_without_an_update_nothing_is_promised():
    run = Run(two_layer_problem(rule=None))
    assert promises(run, run.iteration(1)) == ()
    reply = Debugger(run).execute("promise")
    assert not reply.ok
    assert "[optimizer]" in reply.text


def test_the_command_says_where_a_step_is_too_large():
    run = Run(two_layer_problem(settings={"learning_rate": 400.0}))
    text = Debugger(run).execute("promise").text
    assert "the step is too large" in text
    good = Debugger(Run(two_layer_problem())).execute("promise").text
    assert "too large" not in good
    assert "all together" in good


def told(predicted, actual, loss=1.0):
    return promise_text(Promise("w", predicted, actual, loss), Script())


def test_verdicts_are_true_where_numbers_are_extreme():
    assert told(-2.2e-32, -1.4e-17) == "too small to tell"
    assert told(0.0, 0.0) == "too small to tell"
    assert told(float("-inf"), float("inf")) == "not finite: the step is too large"
    assert told(float("nan"), -1.0) == "not finite: the step is too large"
    assert told(0.0, -0.1) == "nothing was promised"


def test_an_update_that_goes_uphill_is_not_called_too_large():
    assert told(0.06, 0.09) == "150 %; this update goes uphill"
    assert told(0.06, 0.01).endswith("goes uphill")
    assert told(0.06, -0.01).endswith("goes uphill")
    assert not step_too_large(Promise("w", 0.06, 0.01, 1.0))
    assert step_too_large(Promise("w", -0.06, -0.01, 1.0))
    assert step_too_large(Promise("w", -0.06, float("nan"), 1.0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_promise_that_is_not_finite_is_never_lost_in_rounding(bad):
    """On either side, and beside any number: NaN is greater than nothing, and so not small."""
    for other in (0.0, -1e-30, -0.5):
        assert Promise("w", bad, other, 1.0).measurable
        assert Promise("w", other, bad, 1.0).measurable
    assert Promise("w", 0.0, 0.0, bad).measurable


@pytest.mark.parametrize("loss", [1.0, -1.0, 1e6])
def test_changes_up_to_some_last_places_of_the_loss_are_lost_in_its_rounding(loss):
    last = float(np.spacing(abs(loss)))
    for few in (0.0, 100 * last, -10_000 * last):
        assert not Promise("w", few, few, loss).measurable
        assert Promise("w", few, 1e5 * last, loss).measurable
        assert Promise("w", -1e5 * last, few, loss).measurable
