"""Update rules: their arithmetic, their lines as data, and lines that settings switch on."""

from string import Formatter

import numpy as np
import pytest

from bpdebug.optimizer import OPTIMIZERS, RULES, SCHEDULES, ParameterGroup, Updater, run_rule
from tests.optimizer.cases import CASES


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
    # Each default is in force in the traces of test_optimizer_torch; here they are to be read.
    defaults = {
        name: {key: s.default for key, s in optimizer.own.items() if not s.flag}
        for name, optimizer in OPTIMIZERS.items()
    }
    adam = {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert defaults == {
        "sgd": {"learning_rate": 0.001},
        "momentum": {"learning_rate": 0.001, "momentum": 0.9, "dampening": 0.0},
        "nesterov": {"learning_rate": 0.001, "momentum": 0.9},
        "adagrad": {
            "learning_rate": 0.01,
            "lr_decay": 0.0,
            "initial_accumulator_value": 0.0,
            "eps": 1e-10,
        },
        "rmsprop": {"learning_rate": 0.01, "rho": 0.99, "eps": 1e-8, "momentum": 0.0},
        "adam": adam,
        "adamw": {**adam, "weight_decay": 0.01},
        "adadelta": {"learning_rate": 1.0, "rho": 0.9, "eps": 1e-6},
    }


def targets(name, schedule="constant", planned=None, **settings):
    return [line.target for line in OPTIMIZERS[name].rule(settings, schedule, planned).steps]


def test_lines_are_there_for_what_they_do():
    assert targets("sgd") == ["theta"]
    assert targets("sgd", weight_decay=0.1) == ["g", "theta"]
    assert targets("sgd", clip_value=1.0, weight_decay=0.1) == ["g", "g", "theta"]
    assert targets("sgd", clip_norm=1.0) == ["norm", "scale", "g", "theta"]
    assert targets("sgd", "step", {"every": 5.0}) == ["learning_rate", "theta"]
    assert targets("momentum", dampening=0.1) == ["fresh", "v", "theta"]
    assert targets("nesterov") == ["v", "u", "theta"]
    assert targets("rmsprop", centered=True) == ["s", "g_mean", "spread", "theta"]
    assert targets("adam", amsgrad=True) == ["m", "v", "v_max", "m_hat", "v_hat", "theta"]
    assert targets("adamw") == ["theta", "m", "v", "m_hat", "v_hat", "theta"]
    assert targets("adamw", weight_decay=0.0) == targets("adam")


def test_the_norm_that_is_clipped_is_that_of_all_gradients_together():
    rule = OPTIMIZERS["sgd"].rule({"clip_norm": 2.0, "learning_rate": 1.0})
    updater = Updater([ParameterGroup.of(rule, rule.settings, {"a": 0, "b": 1})])
    slopes = [np.array([3.0, 0.0]), np.array(4.0)]
    zeros = {"a": np.zeros(2), "b": np.array(0.0)}
    lines, after, _ = updater.record(zeros, slopes, {"a": {}, "b": {}}, 1)
    assert [(line.line.target, line.parameter, line.shared) for line in lines] == [
        ("norm", 0, True),
        ("scale", 0, True),
        ("g", 0, False),
        ("theta", 0, False),
        ("g", 1, False),
        ("theta", 1, False),
    ]
    assert float(lines[0].after) == 5.0
    assert float(lines[1].after) == 2.0 / (5.0 + 1e-6)
    np.testing.assert_array_equal(after["a"], [-3.0 * lines[1].after, 0.0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_rule_is_complete(case):
    rule = OPTIMIZERS[case.name].rule(case.settings, case.schedule, case.planned)
    assert rule.lines[-1].target == "theta"
    assert rule.settings["learning_rate"] > 0
    known = {"theta", "g", "t", "squares", *rule.settings, *rule.states}
    written = set()
    for line in rule.steps:
        for template in (line.text, line.latex, line.why):
            used = {part for _, part, _, _ in Formatter().parse(template) if part is not None}
            assert used <= known
        known.add(line.target)
        written.add(line.target)
    assert set(rule.states) <= written
    assert known - {"theta", "g", "squares"} <= set(rule.symbols) | {"t"}
    assert set(rule.symbols) == set(rule.latex)


def test_every_setting_says_what_it_does():
    for declared in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        for name, setting in declared.settings.items():
            assert setting.what, name
            if not setting.flag and setting.default is not None:
                assert setting.allows(float(setting.default))
