"""The rules on runs made for them: what is a fault, what only looks like one."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.diagnosis import Kind, diagnose
from bpdebug.diagnosis.survey import chosen
from bpdebug.run import Cancelled, Run
from bpdebug.scenario import find, load
from tests.graphs import two_layer_problem


def kinds(problem, iterations=None):
    return [found.kind for found in diagnose(Run(problem, iterations)).findings]


def test_a_step_that_only_just_holds_makes_the_loss_oscillate():
    problem = load(find("too_large_step"))
    # Every update multiplies theta by 1 − 10·0.2 = −1: the loss stays where it is.
    assert Kind.STANDS_STILL in kinds(replace(problem, settings={"learning_rate": 0.2}))
    assert kinds(replace(problem, settings={"learning_rate": 0.05})) == []


def test_a_loss_that_goes_up_and_down_by_turns_oscillates():
    from bpdebug.diagnosis.case import Case
    from bpdebug.diagnosis.losses import tendency
    from bpdebug.diagnosis.survey import survey

    run = Run(two_layer_problem(iterations=20))
    samples = [sample._replace(loss=1.0 + 0.4 * (-1) ** sample.number) for sample in survey(run)]
    assert [found.kind for found in tendency(Case(run, samples))] == [Kind.OSCILLATES]


def test_a_frozen_parameter_may_stand_still_and_one_without_a_way_to_the_loss_is_named():
    problem = two_layer_problem(iterations=4, frozen=frozenset({"W1"}))
    assert kinds(problem) == []
    problem = two_layer_problem(iterations=4, settings={"learning_rate": 1e-300})
    found = diagnose(Run(problem)).findings
    assert [one.kind for one in found] == [Kind.NEVER_MOVES] * 4
    assert "too small" in found[0].evidence


def test_zero_weights_are_told_from_equal_ones():
    weights = {"W1": np.zeros((2, 2)), "b1": np.zeros(2)}
    problem = two_layer_problem(iterations=2)
    assert Kind.ZERO not in kinds(problem)
    problem = replace(problem, parameters={**problem.parameters, **weights})
    found = diagnose(Run(problem)).findings
    # W2's columns differ, so the units get different gradients and part at once.
    assert Kind.ZERO not in [one.kind for one in found]
    equal = {**weights, "W2": np.array([[0.4, 0.4], [0.5, 0.5]])}
    problem = replace(problem, parameters={**problem.parameters, **equal})
    assert Kind.ZERO in kinds(problem)


def test_saturated_hidden_units_are_found_and_saturated_outputs_are_not():
    problem = two_layer_problem(iterations=2)
    hidden = {**problem.parameters, "b1": np.array([9.0, 0.35])}
    (found,) = diagnose(Run(replace(problem, parameters=hidden))).findings
    assert found.kind is Kind.SATURATED
    assert found.evidence.startswith("1 of 2 units")
    output = {**problem.parameters, "b2": np.array([9.0, 9.0])}
    assert Kind.SATURATED not in kinds(replace(problem, parameters=output))


@given(st.integers(1, 10**7), st.integers(2, 400))
def test_a_sample_has_both_ends_and_no_more_than_is_allowed(iterations, most):
    numbers = chosen(iterations, most)
    assert numbers[0] == 1
    assert numbers[-1] == iterations
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= max(most, 2)


def test_it_can_be_cancelled_and_asked_again():
    run = Run(two_layer_problem(iterations=3))

    def stop(done, total):
        raise Cancelled

    run.progress = stop
    with patch("bpdebug.run.progress.PATIENCE", -1.0), pytest.raises(Cancelled):
        diagnose(run)
    run.progress = None
    assert diagnose(run).findings == ()
