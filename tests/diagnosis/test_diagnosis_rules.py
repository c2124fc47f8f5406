"""The rules on runs made for them: what is a fault, what only looks like one."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.diagnosis import diagnose
from bpdebug.diagnosis.survey import sampled_numbers
from bpdebug.records import replace
from bpdebug.run import Cancelled, Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from tests.diagnosis.runs import ids
from tests.graphs import two_layer_problem
from tests.scenario.scenarios import loaded


def kinds(problem, iterations=None):
    return ids(diagnose(Run(problem, iterations), Script()).findings)


def test_a_step_that_only_just_holds_makes_the_loss_oscillate():
    problem = load(find("too_large_step"))
    # Every update multiplies theta by 1 − 10·0.2 = −1: the loss stays where it is.
    assert "loss-stands-still" in kinds(replace(problem, settings={"learning_rate": 0.2}))
    assert kinds(replace(problem, settings={"learning_rate": 0.05})) == []


VALLEY = """
[parameters]
t = {start}
[graph]
L = "{loss}"
[optimizer]
{optimizer}
[run]
iterations = {iterations}
"""


def valley(tmp_path, loss, start=0.4, optimizer='name = "sgd"', rate=1.0, iterations=300):
    """A run on one parameter, from a file as a person would write it."""
    optimizer += f"\nlearning_rate = {rate}"
    return loaded(
        tmp_path, VALLEY.format(start=start, loss=loss, optimizer=optimizer, iterations=iterations)
    )


CYCLE = "0.2 - 1.1*t**2 + 1.0666666666666667*t**3"
"""With steps of size 1 from 0.4 it comes back after two."""


@pytest.mark.parametrize("iterations", [50, 300, 4_000])
def test_a_loss_that_goes_up_and_down_by_turns_oscillates_however_long_the_run(
    tmp_path, iterations
):
    assert "loss-oscillates" in kinds(valley(tmp_path, CYCLE, iterations=iterations))


def test_a_loss_below_0_can_diverge_too(tmp_path):
    assert "loss-diverges" in kinds(valley(tmp_path, "5*t**2 - 20", 1.5, rate=0.21, iterations=60))


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_a_parameter_whose_best_value_is_0_may_get_as_small_as_its_steps(tmp_path, name):
    problem = valley(tmp_path, "0.5*t**2", 5.0, f'name = "{name}"', 0.1, 200)
    assert kinds(problem) == []


def test_an_infinity_that_does_not_spread_is_found(tmp_path):
    clipped = 'name = "sgd"\nclip_value = 1.0'
    problem = valley(tmp_path, "5*t + 1/(500 - t)", 1000.0, clipped, 1.0, 1_000)
    (found,) = (f for f in diagnose(Run(problem), Script()).findings if f.id == "not-finite")
    assert (found.iteration, found.position) == (501, 3)


def test_a_run_that_starts_at_its_minimum_has_nothing_wrong(tmp_path):
    assert kinds(valley(tmp_path, "(0.1*t - 0.01)**2 + 1", 0.1 + 1e-15, rate=0.1)) == []


BATCHED = """
[inputs]
x = {x}
y = {y}
[network]
loss = "squared_error"
[[network.layers]]
units = 8
activation = "relu"
weights = {{ init = "he_normal", seed = 1 }}
bias = {{ init = "zeros" }}
[[network.layers]]
units = 1
activation = "identity"
weights = {{ init = "he_normal", seed = 2 }}
bias = {{ init = "zeros" }}
[optimizer]
name = "adam"
learning_rate = 0.01
[run]
iterations = 500
batch_size = {size}
"""


def batched(tmp_path, size, scale=1.0):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(12, 3))
    y = np.sin(x.sum(axis=1, keepdims=True)) * scale
    return loaded(tmp_path, BATCHED.format(x=x.tolist(), y=y.tolist(), size=size))


@pytest.mark.parametrize("size", [1, 3, 5])
def test_a_unit_that_is_0_for_the_last_batch_alone_is_not_dead(tmp_path, size):
    run = Run(batched(tmp_path, size))
    last = run.iteration(run.iterations).after
    z = run.problem.data["x"] @ last["W1"].T + last["b1"]
    dead = (z <= 0).all(axis=0).sum()
    told = [f for f in diagnose(run, Script()).findings if f.id == "dying-relu"]
    assert sum(int(f.evidence.split()[0]) for f in told) == dead


def test_batches_of_all_rows_are_judged_like_none():
    problem = replace(load(find("xor")), settings={"learning_rate": 1e-6}, iterations=200)
    assert "learning-rate-too-low" in kinds(problem)
    assert kinds(replace(problem, batch_size=4)) == kinds(problem)
    assert {"learning-rate-too-low", "loss-stands-still"} & set(
        kinds(replace(problem, batch_size=2))
    )


def test_what_follows_from_a_zero_start_is_told_with_it():
    problem = load(find("symmetric_init"))
    zero = {name: np.zeros_like(value) for name, value in problem.parameters.items()}
    (found,) = diagnose(Run(replace(problem, parameters=zero)), Script()).findings
    assert found.id == "bad-init"
    assert "from it follows" in found.text
    assert "never moves" in found.text


def test_a_frozen_parameter_may_stand_still_and_one_without_a_way_to_the_loss_is_named():
    problem = two_layer_problem(iterations=4, frozen=frozenset({"W1"}))
    assert kinds(problem) == []
    problem = two_layer_problem(iterations=4, settings={"learning_rate": 1e-300})
    found = diagnose(Run(problem), Script()).findings
    assert [one.id for one in found] == ["never-moves"]
    assert found[0].subject == "W₁, b₁, W₂, b₂"
    assert "too small" in found[0].evidence


def test_zero_weights_are_told_from_equal_ones():
    weights = {"W1": np.zeros((2, 2)), "b1": np.zeros(2)}
    problem = two_layer_problem(iterations=2)
    assert "bad-init" not in kinds(problem)
    problem = replace(problem, parameters={**problem.parameters, **weights})
    found = diagnose(Run(problem), Script()).findings
    # W2's columns differ, so the units get different gradients and part at once.
    assert "bad-init" not in [one.id for one in found]
    equal = {**weights, "W2": np.array([[0.4, 0.4], [0.5, 0.5]])}
    problem = replace(problem, parameters={**problem.parameters, **equal})
    assert "bad-init" in kinds(problem)


def test_saturated_hidden_units_are_found_and_saturated_outputs_are_not():
    problem = two_layer_problem(iterations=2)
    hidden = {**problem.parameters, "b1": np.array([9.0, 0.35])}
    (found,) = diagnose(Run(replace(problem, parameters=hidden)), Script()).findings
    assert found.id == "saturated-units"
    assert found.evidence.startswith("1 of 2 units")
    output = {**problem.parameters, "b2": np.array([9.0, 9.0])}
    assert "saturated-units" not in kinds(replace(problem, parameters=output))


@given(st.integers(1, 10**7), st.integers(2, 400))
def test_a_sample_has_both_ends_and_no_more_than_is_allowed(iterations, most):
    numbers = sampled_numbers(iterations, most)
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
        diagnose(run, Script())
    run.progress = None
    assert diagnose(run, Script()).findings == ()
