"""A hand-written ReLU and `relu` are told apart by nothing but their name, zero biases or not."""

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.debugger import Debugger
from bpdebug.run import Run
from tests.scenario.scenarios import loaded

CLASSIFIER = """
[inputs]
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 0]
[parameters]
W1 = [[0.6, -0.4, 0.3], [0.2, 0.7, -0.5]]
b1 = [{bias}, {bias}, {bias}]
W2 = [[0.5, -0.3], [0.8, 0.4], [-0.6, 0.9]]
b2 = [0.0, 0.0]
[graph]
h1 = "{relu}"
scores = "h1 @ W2 + b2"
loss = "cross_entropy(scores, y)"
"""
BY_HAND = ("maximum(0, X @ W1 + b1)", "maximum(X @ W1 + b1, 0.0)")


def run_of(tmp_path, relu, bias="0.0"):
    return Run(loaded(tmp_path, CLASSIFIER.format(relu=relu, bias=bias)))


@pytest.mark.parametrize("bias", ["0.0", "0.1", "-0.2"])
@pytest.mark.parametrize("by_hand", BY_HAND)
def test_both_have_one_gradient(tmp_path, by_hand, bias):
    relu = run_of(tmp_path, "relu(X @ W1 + b1)", bias).iteration(1).recorded
    found = run_of(tmp_path, by_hand, bias).iteration(1).recorded
    for name in ("W1", "b1", "W2", "b2", "h1"):
        a, b = (np.asarray(run.gradients[run.graph.names[name]]) for run in (relu, found))
        np.testing.assert_array_equal(a, b)


def test_numpys_mask_gives_the_same_numbers(tmp_path):
    """The backward pass of np.maximum(0, z) as a course writes it: dz[z <= 0] = 0."""
    recorded = run_of(tmp_path, BY_HAND[0]).iteration(1).recorded
    value = {name: np.asarray(recorded.values[i]) for name, i in recorded.graph.names.items()}
    p = np.exp(value["scores"]) / np.exp(value["scores"]).sum(axis=1, keepdims=True)
    p[range(4), value["y"].astype(int)] -= 1
    dz = (p / 4) @ value["W2"].T
    dz[value["X"] @ value["W1"] + value["b1"] <= 0] = 0
    np.testing.assert_allclose(
        recorded.gradients[recorded.graph.names["b1"]], dz.sum(axis=0), rtol=1e-12
    )
    np.testing.assert_allclose(
        recorded.gradients[recorded.graph.names["W1"]], value["X"].T @ dz, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("relu", "taken"),
    [
        ("relu(X @ W1 + b1)", "on the kink of relu at h1: at 0 the slope is taken as 0"),
        (BY_HAND[0], "on the kink of maximum at h1: on a tie the number wins, and the slope is 0"),
    ],
)
def test_the_check_says_what_the_slope_on_the_kink_is(tmp_path, relu, taken):
    lines = check(run_of(tmp_path, relu)).lines()
    said = [line for line in lines if line.startswith("gradient of b1")]
    assert "3 entries not checkable here" in said[0]
    assert taken.replace("slope is 0", "slope is taken as 0") in said[0]


def test_info_counts_the_cells_on_the_kink(tmp_path):
    debugger = Debugger(run_of(tmp_path, BY_HAND[0]))
    assert "  kink       3 of 12 cells stand on the kink: on a tie the number wins" in (
        debugger.execute("info h1").text
    )
    assert "kink" not in debugger.execute("info scores").text
    beside = Debugger(run_of(tmp_path, BY_HAND[0], "0.1"))
    assert "kink" not in beside.execute("info h1").text


@pytest.mark.parametrize(
    "loss", ["sum(norm(x - 2, axis=1))", "sum(normalize(x - 2))", "sum(std(x, axis=1))"]
)
def test_a_row_on_the_kink_leaves_the_other_rows_to_be_checked(tmp_path, loss):
    text = f"""[parameters]
x = [[2.0, 2.0], [1.0, 4.0], [0.5, 3.0]]
[graph]
L = "{loss}"
"""
    (array,) = check(Run(loaded(tmp_path, text))).arrays
    assert (array.agreeing, array.differing, sum(array.skipped.values())) == (4, 0, 2)
