"""Runs that fail are not passed over: each with the fault that its finding must name."""

import numpy as np
import pytest

from bpdebug.diagnosis.rules.course import oscillates
from tests.diagnosis.runs import diagnosed, ids

XOR = """
[inputs]
x = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
y = [[0.0], [1.0], [1.0], [0.0]]
[network]
loss = "binary_cross_entropy"
[[network.layers]]
units = 1
activation = "{activation}"
weights = [[{a}, {b}]]
bias = [{bias}]
[optimizer]
name = "sgd"
learning_rate = 0.5
[run]
iterations = {iterations}
"""


def kinds(diagnosis):
    return [one.id for one in diagnosis.findings]


@pytest.mark.parametrize(
    ("a", "b", "bias", "iterations"), [(0.5, -0.3, 0.2, 1000), (0.05, -0.03, 0.0, 30)]
)
def test_one_unit_cannot_do_xor_and_ends_with_one_output_for_all(tmp_path, a, b, bias, iterations):
    text = XOR.format(activation="sigmoid", bias=bias, a=a, b=b, iterations=iterations)
    (found,) = diagnosed(tmp_path, text).findings
    assert found.id == "too-small-network"
    assert found.evidence.endswith("has no hidden layer, and the best one explains 0 % of y")
    (same,) = [one for one in found.symptoms if one.id == "same-output"]
    assert same.subject == "ŷ"
    assert "from one of 4 examples to another (near 0." in same.evidence


def test_outputs_that_differ_by_rounding_are_told_with_a_bound(tmp_path):
    text = XOR.format(activation="sigmoid", bias=0.2, a=0.5, b=-0.3, iterations=1000)
    assert "differs by less than 1e−9 from one of 4 examples" in same_output(tmp_path, text)
    text = XOR.format(activation="sigmoid", bias=0.0, a=0.05, b=-0.03, iterations=30)
    assert "differs by no more than 0.00" in same_output(tmp_path, text)


def same_output(tmp_path, text):
    """The evidence that the output is the same for every example."""
    (found,) = diagnosed(tmp_path, text).findings
    return next(one.evidence for one in found.symptoms if one.id == "same-output")


STILL = """
[parameters]
w = [0.3]
[graph]
L = "sum(1 + 1e-5 * (w - 0.30001) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 20
"""


def test_a_gradient_of_rounding_is_told_with_a_bound_where_the_loss_stands_still(tmp_path):
    found = diagnosed(tmp_path, STILL).findings
    (found,) = [one for one in found if one.id == "loss-stands-still"]
    assert found.evidence.endswith("is ‖∂L/∂w‖, below 1e−9")


SWING = """
[inputs]
x = [1.0, 2.0, 3.0]
y = [2.0, 4.0, 6.0]
[parameters]
w = [0.0]
[graph]
L = "mean((w * x - y) ** 2)"
[optimizer]
name = "momentum"
learning_rate = {rate}
momentum = {momentum}
[run]
iterations = {iterations}
"""


@pytest.mark.parametrize(("rate", "iterations"), [(0.05, 20), (0.05, 200), (0.002, 300)])
def test_a_momentum_of_1_swings_with_a_period(tmp_path, rate, iterations):
    text = SWING.format(rate=rate, momentum=1.0, iterations=iterations)
    (found,) = diagnosed(tmp_path, text).findings
    assert found.id == "wrong-optimizer-setting"
    assert "momentum below 1" in found.remedy
    (swings,) = [one for one in found.symptoms if one.id == "loss-oscillates"]
    assert "it began at 18.67" in swings.evidence


@pytest.mark.parametrize(("momentum", "swings"), [(0.8, False), (1.0, True)])
def test_swings_that_die_out_are_none(tmp_path, momentum, swings):
    text = SWING.format(rate=0.05, momentum=momentum, iterations=30)
    text = text.replace("** 2)", "** 2) + 30")
    assert ("loss-oscillates" in ids(diagnosed(tmp_path, text).findings)) == swings


@pytest.mark.parametrize("pace", [0.5, 0.8, 1.5, 2.0, np.pi])
def test_turns_are_counted_and_smaller_swings_told_from_steady_ones(pace):
    at = np.arange(40)
    steady = np.cos(pace * at)
    assert not oscillates.damped(steady)
    assert oscillates.damped(steady * 0.9**at)
    assert abs(len(oscillates.turning_points(steady, 0.5)) - pace * 39 / np.pi) <= 2
    assert oscillates.turning_points(at / 40, 0.25) == []


NORMALISED = """
[inputs]
x = [[0.2, 0.9, 0.4], [0.7, 0.1, 0.3]]
[parameters]
W = [[0.5, -0.3, 0.8], [0.1, 0.7, -0.6], [0.4, 0.2, 0.3], [-0.9, 0.5, 0.1]]
gamma = [1.0, 1.0, 1.0, 1.0]
beta = [0.0, 0.0, 0.0, 0.0]
[graph]
a = "x @ W.T"
xc = "a - mean(a, axis=1, keepdims=True)"
y = "xc / sqrt(mean(xc ** 2, axis=1, keepdims=True) + 1e-5) * gamma + beta"
L = "{loss}"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 20
"""


def test_the_sum_of_what_was_normalised_gives_a_gradient_of_rounding(tmp_path):
    (found,) = diagnosed(tmp_path, NORMALISED.format(loss="sum(y)")).findings
    assert (found.id, found.subject) == ("gradient-is-rounding", "W")
    assert "∂L/∂W is beyond 1e−13 of the terms" in found.evidence
    assert "they cancel, and rounding is left" in found.evidence
    assert found.evidence.endswith("W made larger by 10 % changes L by less than 1e−9")
    assert kinds(diagnosed(tmp_path, NORMALISED.format(loss="mean((y - 1) ** 2)"))) == []


def test_a_gradient_that_is_small_in_all_its_terms_is_not_rounding(tmp_path):
    text = NORMALISED.format(loss="1e-14 * mean((y - 1) ** 2)")
    assert "gradient-is-rounding" not in kinds(diagnosed(tmp_path, text))


STRETCHED = """
[inputs]
x = [[-1.0], [0.0], [1.0], [2.0]]
y = {target}
[parameters]
W = [[0.1]]
b = [0.0]
[graph]
p = "x @ W.T + b"
L = "mean((p - {used}) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 200
"""
FLAT = "{ value = [-2.0, 0.0, 2.0, 4.0], batch = false }"


def test_a_target_without_the_units_axis_is_stretched(tmp_path):
    (found,) = diagnosed(tmp_path, STRETCHED.format(target=FLAT, used="y")).findings
    assert found.id == "shape-broadcast"
    assert "p has shape (4, 1) and y has shape (4)" in found.evidence
    assert found.remedy == "give y the shape (4, 1)"
    assert [one.id for one in found.symptoms] == ["same-output"]


def test_a_target_of_the_right_shape_is_not(tmp_path):
    text = STRETCHED.format(target=FLAT, used="reshape(y, shape=(4, 1))")
    assert kinds(diagnosed(tmp_path, text)) == []
    column = "[[-2.0], [0.0], [2.0], [4.0]]"
    assert kinds(diagnosed(tmp_path, STRETCHED.format(target=column, used="y"))) == []


ONE_UNIT = """
[inputs]
x = [[0.1, 0.9], [0.8, 0.2], [0.5, 0.4]]
y = [[1.0], [0.0], [1.0]]
[parameters]
W1 = [[0.3, -0.2], [0.5, 0.7]]
W2 = [[0.4, -0.6]]
[graph]
h = "tanh(x @ W1.T)"
z = "h @ W2.T"
p = "{output}"
L = "mean((p - y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 20
"""


@pytest.mark.parametrize("output", ["softmax(z)", "exp(z) / sum(exp(z), axis=1, keepdims=True)"])
def test_a_softmax_over_one_unit_explains_that_nothing_moves(tmp_path, output):
    text = ONE_UNIT.format(output=output)
    (found,) = diagnosed(tmp_path, text).findings
    assert found.id == "softmax-over-one-unit"
    assert "loss-stands-still" in [one.id for one in found.symptoms]


def test_a_softmax_along_the_rows_is_another_matter(tmp_path):
    assert "softmax-over-one-unit" not in kinds(
        diagnosed(tmp_path, ONE_UNIT.format(output="sigmoid(z)"))
    )


def test_an_output_is_told_that_its_targets_lie_out_of_reach(tmp_path):
    text = ONE_UNIT.format(output="relu(z)").replace("[0.0]", "[-3.0]")
    found = diagnosed(tmp_path, text).findings[0]
    assert (found.id, found.subject) == ("wrong-output-activation", "p")
    assert "p is never below 0, and 1 of 3 numbers of y are" in found.evidence
    scaled = text.replace("p - y", "5 * p - 3 - y")
    assert "wrong-output-activation" not in kinds(diagnosed(tmp_path, scaled))
    clipped = text.replace("p - y", "minimum(p, 9) - y")
    assert "wrong-output-activation" in kinds(diagnosed(tmp_path, clipped))


def test_weights_over_a_log_softmax_are_no_targets(tmp_path):
    text = ONE_UNIT.format(output="log_softmax(z)").replace("mean((p - y) ** 2)", "-mean(p * y)")
    assert "wrong-output-activation" not in kinds(diagnosed(tmp_path, text))


DEEP = """
[inputs]
x = {x}
y = {y}
[network]
loss = "mean_squared_error"
{layers}
[optimizer]
name = "sgd"
learning_rate = 0.05
[run]
iterations = 30
"""
LAYER = """
[[network.layers]]
units = {units}
activation = "{activation}"
weights = {{ init = "uniform", low = -{spread}, high = {spread}, seed = {seed} }}
"""


def deep(activation, spread):
    rng = np.random.default_rng(1)
    layers = [(16, activation)] * 5 + [(1, "identity")]
    return DEEP.format(
        x=rng.normal(size=(16, 8)).tolist(),
        y=rng.normal(size=(16, 1)).tolist(),
        layers="".join(
            LAYER.format(units=units, activation=name, spread=spread, seed=seed)
            for seed, (units, name) in enumerate(layers, start=3)
        ),
    )


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_first_weights_that_are_too_small_let_the_gradient_vanish(tmp_path, activation):
    found = diagnosed(tmp_path, deep(activation, 0.05)).findings[0]
    small = activation == "relu"
    assert found.id == ("bad-init" if small else "vanishing-gradient")
    assert ("vanishing-gradient" in ids(found.symptoms)) == small
    assert ("relu" in found.remedy) == (activation == "tanh")
    assert "vanishing-gradient" not in kinds(diagnosed(tmp_path, deep(activation, 0.6)))


DEAD_BELOW = """
[inputs]
x = [[0.2, 0.9], [0.7, 0.1], [0.4, 0.5]]
y = [[1.0], [0.0], [2.0]]
[parameters]
W1 = [[-0.5, -0.3], [-0.1, -0.7]]
W2 = [[0.4, 0.2], [-0.9, 0.5]]
W3 = [[0.3, 0.8]]
b3 = [0.0]
[graph]
h1 = "relu(x @ W1.T)"
h2 = "tanh(h1 @ W2.T)"
p = "h2 @ W3.T + b3"
L = "mean((p - y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 30
"""


@pytest.mark.parametrize("above", ["tanh", "relu"])
def test_random_weights_above_a_dead_layer_are_not_called_symmetric(tmp_path, above):
    text = DEAD_BELOW.replace("tanh", above)
    (found,) = diagnosed(tmp_path, text).findings
    assert (found.id, found.subject) == ("dying-relu", "layer 1")
    assert found.evidence.startswith("all 2 units give 0")
    assert "bias" not in found.remedy
    follows = [(one.id, one.subject) for one in found.symptoms]
    moves = [subject for kind, subject in follows if kind == "never-moves"]
    assert moves == ["W₁", "W₂", "W₃"]
    assert (("dying-relu", "layer 2") in follows) == (above == "relu")


def test_what_does_not_follow_from_a_dead_layer_stays_a_finding(tmp_path):
    text = DEAD_BELOW.replace("@ W3.T + b3", "@ W3.T + b3 + u * 0").replace(
        "b3 = [0.0]", "b3 = [0.0]\nu = [0.5]"
    )
    dead, still = diagnosed(tmp_path, text).findings
    assert dead.id == "dying-relu"
    assert "u" not in [one.subject for one in dead.symptoms]
    assert (still.id, still.subject) == ("never-moves", "u")


def test_one_dead_unit_swallows_nothing(tmp_path):
    text = DEAD_BELOW.replace("[-0.1, -0.7]", "[0.1, 0.7]").replace(
        'L = "mean((p - y) ** 2)"', 'q = "softmax(p)"\nL = "mean((q - y) ** 2)"'
    )
    found = diagnosed(tmp_path, text).findings
    assert found[0].id == "softmax-over-one-unit"
    assert "never-moves" in [one.id for one in found[0].symptoms]
    assert "never-moves" not in [one.id for f in found[1:] for one in f.symptoms]


def test_steps_that_go_up_are_told_from_steps_that_are_too_large(tmp_path):
    text = SWING.format(rate=0.05, momentum=0.0, iterations=20)
    up = text.replace("momentum = 0.0", "momentum = 0.0\nmaximize = true")
    found = diagnosed(tmp_path, up).findings[0]
    assert found.id == "loss-sign-flipped"
    assert "maximize" in found.remedy
    far = text.replace("rate = 0.05", "rate = 0.3")
    found = diagnosed(tmp_path, far).findings[0]
    assert found.id == "learning-rate-too-high"
    assert "with a tenth of the rate it ends at" in found.evidence
    assert "loss-diverges" in ids(found.symptoms)


def test_a_loss_that_falls_slowly_and_steadily_wants_a_larger_rate(tmp_path):
    text = SWING.format(rate=1e-4, momentum=0.0, iterations=30)
    found, few = diagnosed(tmp_path, text).findings
    assert (found.id, few.id) == ("learning-rate-too-low", "too-few-iterations")
    assert "with 10 times the rate it ends at" in found.evidence
    assert "after 300 iterations it is at" in few.evidence
    assert "it falls in 29 of 29 steps" in found.evidence
    assert "larger learning rate" in found.remedy


def test_a_loss_that_is_flat_where_the_output_stands_is_named(tmp_path):
    text = ONE_UNIT.format(output="identity(z)").replace(
        "mean((p - y) ** 2)", "-mean(y * log(maximum(p - 9, 1e-7)))"
    )
    (found,) = diagnosed(tmp_path, text).findings
    assert (found.id, found.subject) == ("loss-output-mismatch", "p")
    assert {"never-moves", "loss-stands-still"} <= {one.id for one in found.symptoms}


def test_margins_that_are_all_kept_are_no_fault(tmp_path):
    text = ONE_UNIT.format(output="identity(z)").replace(
        "mean((p - y) ** 2)", "mean(maximum(p - y - 9, 0))"
    )
    assert "loss-output-mismatch" not in kinds(diagnosed(tmp_path, text))
