"""`previous(…)` in the first iteration: it has no value there, and a mistake in it is told."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.check import check_expectations
from bpdebug.errors import BpdebugError
from bpdebug.expression import NotComputed, evaluate, truth
from bpdebug.run import Expectation, Run
from bpdebug.run.curves import Curves
from bpdebug.run.iteration_end import IterationEnd
from tests.graphs import two_layer_problem


def at_the_end(number: int) -> IterationEnd:
    run = Run(two_layer_problem())
    return IterationEnd(run, run.iteration(number))


@pytest.mark.parametrize("what", ["loss", "W1", "grad(W1)", "delta(2)", "iteration"])
def test_nothing_comes_before_the_first(what):
    with pytest.raises(NotComputed):
        evaluate(f"previous({what})", at_the_end(1))
    np.testing.assert_array_equal(
        evaluate(f"previous({what})", at_the_end(2)), evaluate(what, at_the_end(1))
    )


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("loss < previous(loss)", None),
        ("loss == previous(loss)", None),
        ("not loss < previous(loss)", None),
        ("iteration == 1 or loss < previous(loss)", True),
        ("iteration > 1 and loss < previous(loss)", False),
    ],
)
def test_a_condition_on_it_is_undecided_unless_the_rest_decides(condition, holds):
    assert truth(condition, at_the_end(1)) is holds


def test_it_goes_back_one_iteration_each():
    assert evaluate("previous(previous(iteration))", at_the_end(3)) == 1
    with pytest.raises(NotComputed):
        evaluate("previous(previous(iteration))", at_the_end(2))


@pytest.mark.parametrize("wrong", ["lss", "grad(nothing)", "delta(9)", "W1 @ W1 @ x[0:1]"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_mistake_in_it_is_told_in_every_iteration(wrong, number):
    with pytest.raises(BpdebugError):
        evaluate(f"previous({wrong})", at_the_end(number))


def test_an_expectation_on_it_in_the_first_iteration_says_why_there_is_none():
    wanted = (Expectation(1, "previous(loss)", "0.3"),)
    run = Run(two_layer_problem(expectations=wanted, file="two.toml"))
    with pytest.raises(BpdebugError, match="nothing comes before the first"):
        check_expectations(run)


def test_a_curve_of_it_begins_with_a_gap():
    curve = Curves(Run(two_layer_problem())).curve("previous(iteration)", 1, 3, 3)
    np.testing.assert_array_equal(curve.values, [np.nan, 1, 2])
