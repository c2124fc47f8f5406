"""Update rules: their arithmetic, their lines as data, and the lean form that replays use."""

from string import Formatter

import numpy as np
import pytest

from bpdebug.optimizer import RULES, apply_rule, run_rule


def numbers(rule):
    return {name: np.float64(value) for name, value in rule.settings.items()}


def test_sgd_takes_a_step_against_the_gradient():
    theta, gradient = np.array([1.0, -2.0]), np.array([0.5, 4.0])
    lines, states = run_rule(
        RULES["sgd"], 3, theta, gradient, {"learning_rate": np.float64(0.1)}, {}
    )
    (line,) = lines
    np.testing.assert_allclose(line.after, [0.95, -2.4])
    np.testing.assert_array_equal(line.before, [1.0, -2.0])
    assert line.parameter == 3
    assert states == {}
    np.testing.assert_array_equal(theta, [1.0, -2.0])


def test_defaults_are_those_of_pytorch():
    assert RULES["sgd"].settings == {"learning_rate": 0.001}


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_lean_form_computes_the_same_bits(name):
    rule = RULES[name]
    theta, gradient = np.array([1.0, -2.0]), np.array([0.5, 4.0])
    states = {state: np.full(2, start) for state, start in rule.states.items()}
    lean_theta, lean_states = theta, dict(states)
    for _ in range(3):
        lines, states = run_rule(rule, 0, theta, gradient, numbers(rule), states)
        theta = lines[-1].after
        lean_theta, lean_states = apply_rule(rule, lean_theta, gradient, numbers(rule), lean_states)
        np.testing.assert_array_equal(lean_theta, theta)
        for state in rule.states:
            np.testing.assert_array_equal(lean_states[state], states[state])


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_is_complete(name):
    rule = RULES[name]
    assert rule.name == name
    assert rule.lines[-1].target == "theta"
    known = {"theta", "g", *rule.settings, *rule.states}
    for line in rule.lines:
        for template in (line.text, line.why):
            used = {part for _, part, _, _ in Formatter().parse(template) if part is not None}
            assert used <= known
        known.add(line.target)
    assert set(rule.symbols) <= known
    assert "learning_rate" in rule.settings
