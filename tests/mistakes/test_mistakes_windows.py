"""Numbers of a convolutional network: right ones agree, and wrong ones are found where they are."""

import numpy as np
import pytest

from bpdebug.mistakes.handed import Precision
from bpdebug.mistakes.judge import judge
from bpdebug.run import Run
from bpdebug.scenario import load

SCENARIO = """
[inputs]
x = { shape = [3, 1, 6, 5], init = "normal", seed = 1, batch = false }
y = [1, 0, 1]

[parameters]
w = { shape = [2, 1, 3, 2], init = "normal", std = 0.3, seed = 2 }
b = { shape = [2], init = "normal", std = 0.3, seed = 3 }
V = { shape = [2, 8], init = "normal", std = 0.3, seed = 4 }

[graph]
z = "conv2d(x, w, b)"
p = "max_pool2d(tanh(z), size=2)"
s = "reshape(p, shape=(3, -1)) @ V.T"
L = "cross_entropy(s, y)"
"""
EXACT = Precision()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("windows") / "net.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return Run(load(path))


@pytest.fixture(scope="module")
def right(run):
    recorded = run.iteration(1).recorded
    names = ("w", "b", "V", "z", "p")
    return {
        f"grad({name})": np.asarray(recorded.gradients[recorded.graph.names[name]])
        for name in names
    } | {"value(p)": np.asarray(recorded.values[recorded.graph.names["p"]])}


def first_example(run):
    """∂L/∂w of the first example alone."""
    recorded = run.iteration(1).recorded
    x, delta = (
        np.asarray(found[recorded.graph.names[name]])
        for found, name in ((recorded.values, "x"), (recorded.gradients, "z"))
    )
    found = np.zeros((2, 1, 3, 2))
    for a, b in np.ndindex(3, 2):
        found[:, 0, a, b] = (delta[0] * x[0, 0, a : a + 4, b : b + 4]).sum(axis=(1, 2))
    return found


def test_right_numbers_agree(run, right):
    assert judge(run, right, EXACT).agrees


def test_a_pooled_value_that_is_rounded_still_has_a_winner_in_every_window(run, right):
    """No printed number equals a cell, but the gradient goes where the right one went."""
    given = right | {"value(p)": np.round(right["value(p)"], 4)}
    precision = dict.fromkeys(given, EXACT) | {"value(p)": Precision(4, 4)}
    assert judge(run, given, precision).agrees


@pytest.mark.parametrize(
    "wrong",
    [
        lambda run, w: w[:, :, ::-1, ::-1],
        lambda run, w: first_example(run),
        lambda run, w: 2 * w,
        lambda run, w: -w,
        lambda run, w: w.sum(axis=0, keepdims=True),
        lambda run, w: np.swapaxes(w, 2, 3),
    ],
    ids=["flipped", "one example", "twice", "sign", "summed", "transposed"],
)
def test_a_wrong_gradient_of_the_kernel_is_found_where_it_is(run, right, wrong):
    verdict = judge(run, right | {"grad(w)": wrong(run, right["grad(w)"])}, EXACT)
    assert not verdict.agrees
    status = {one.handed.name: one.status.value for one in verdict.arrays}
    assert {name for name, value in status.items() if value == "agrees"} == set(right) - {"grad(w)"}
