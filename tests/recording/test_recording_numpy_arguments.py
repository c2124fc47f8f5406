"""How arrays reach the function: by name or place, in lists and dicts, as attributes."""

from __future__ import annotations

import functools
from collections import OrderedDict

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.recording.from_numpy import trace
from bpdebug.run import Run
from tests.recording.gradients import agrees, graph, rng

R = rng(3)
X = R.standard_normal((5, 3))
W1, W2 = R.standard_normal((3, 4)), R.standard_normal((4, 2))
SHARED = {"W": R.standard_normal(3)}


def chain(weights, x):
    for w in weights:
        x = np.tanh(x @ w)
    return (x**2).sum()


def test_a_list_of_arrays():
    recording = agrees(chain, {"weights": [W1, W2]}, x=X)
    assert list(recording.arrays) == ["x", "weights_0", "weights_1"]


def test_a_dict_of_arrays_by_their_own_names():
    def loss(params, x):
        assert type(params) is OrderedDict
        return np.mean(np.tanh(x @ params["W1"]) @ params["W2"])

    recording = agrees(loss, {"params": OrderedDict(W1=W1, W2=W2)}, x=X)
    assert graph(recording) == ['loss = "mean(tanh(x @ W1) @ W2)"']


def test_a_list_of_dicts_and_of_pairs():
    def loss(layers, x):
        for layer in layers:
            x = x @ layer["W"] + layer["b"]
        return x.sum()

    layers = [{"W": W1, "b": np.ones(4)}, {"W": W2, "b": np.ones(2)}]
    recording = agrees(loss, {"layers": layers}, x=X)
    assert list(recording.arrays)[1:] == ["layers_0_W", "layers_0_b", "layers_1_W", "layers_1_b"]

    def pairs(layers, x):
        for w, b in layers:
            x = x @ w + b
        return x.sum()

    agrees(pairs, {"layers": [(W1, np.ones(4)), (W2, np.ones(2))]}, x=X)


def test_numbers_are_learned_where_they_are_parameters():
    recording = agrees(lambda w, b, x: np.sum((w * x + b) ** 2), {"w": 0.5, "b": 1}, x=X)
    assert list(recording.arrays) == ["x", "w", "b"]


def test_data_by_place_and_arguments_by_place_alone():
    def loss(x, y, /, W):
        return ((x @ W - y) ** 2).sum()

    y = R.standard_normal((5, 4))
    both = trace(loss, {"W": W1}, {"x": X, "y": y}), trace(loss, {"W": W1}, {}, (X, y))
    assert both[0].text == both[1].text


class Model:
    """Its parameters are in a list of layers."""

    def __init__(self) -> None:
        self.layers = [W1.copy(), W2.copy()]

    def __call__(self, x):
        self.seen = x
        return chain(self.layers, x)


def test_parameters_inside_an_object():
    model = Model()
    given = {"W1": model.layers[0], "W2": model.layers[1]}
    expected = agrees(chain, {"weights": [W1, W2]}, x=X)
    for function in (model, model.__call__, lambda x: model(x)):
        recording = trace(function, given, {"x": X})
        assert loss_of(recording) == loss_of(expected)
        assert [line.split("=")[1] for line in graph(recording)[:1]] == [' "tanh(x @ W1)"']
        assert type(model.layers[0]) is np.ndarray
        assert not hasattr(model, "seen")


def test_parameters_in_a_closure_and_in_globals():
    w = R.standard_normal(3)
    closed = trace(lambda x: (x @ w).sum(), {"w": w}, {"x": X})
    assert graph(closed) == ['loss = "sum(x @ w)"']
    read = trace(reads_a_global, {"W": SHARED["W"]}, {"x": X})
    assert graph(read) == ['loss = "sum(x @ W)"']
    assert type(SHARED["W"]) is np.ndarray


def reads_a_global(x):
    return (x @ SHARED["W"]).sum()


def decorated(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@decorated
def wrapped(x, w, scale=1.0):
    h = x @ w
    return scale * np.sum(h**2)


def test_partial_and_decorated_functions():
    recording = agrees(functools.partial(wrapped, scale=2.0), {"w": W1}, x=X)
    assert graph(recording) == ['h = "x @ w"', 'loss = "2 * sum(h ** 2)"']
    assert recording.title == "wrapped in test_recording_numpy_arguments.py"


@pytest.mark.parametrize(
    ("parameters", "inputs", "said"),
    [
        ({}, {"x": X}, "no parameters are given"),
        ({"w": W1, "q": W2}, {"x": X}, "takes no argument 'q'"),
        ({"w": W1}, {"x": X, "flag": True}, "takes no argument 'flag'"),
        ({"w": W1}, {}, "needs the argument 'x'"),
        ({"w": W1}, {"x": X, "w": W1}, "as data and as a parameter"),
        ({"w": "text"}, {"x": X}, "holds a str"),
        ({"w": W1 * 1j}, {"x": X}, "complex"),
    ],
)
def test_arguments_that_do_not_fit_are_said(parameters, inputs, said):
    with pytest.raises(BpdebugError, match=said):
        trace(wrapped, parameters, inputs)


def test_the_same_function_on_other_arrays_and_sizes():
    def loss(x, y, params):
        z = x @ params["W"]
        return -np.log(np.exp(z)[np.arange(len(y)), y] / np.exp(z).sum(1)).mean()

    recording = trace(loss, {"params": {"W": W1}}, {"x": X, "y": np.array([0, 1, 2, 3, 0])})
    other = {"x": R.standard_normal((2, 6)), "y": np.array([1.0, 4.0])}
    w = R.standard_normal((6, 5))
    assert recording.remake is not None
    found = Run(recording.remake(other, {"W": w}), 1).iteration(1).loss
    np.testing.assert_allclose(found, loss(other["x"], np.array([1, 4]), {"W": w}), rtol=1e-12)
    same = Run(recording.remake({}, {}), 1).iteration(1).loss
    assert same == loss_of(recording)


def test_the_callers_arrays_stay_as_they_are():
    def loss(x, w):
        x -= x.mean()
        w *= 2
        return (x @ w).sum()

    x, w = X.copy(), W1.copy()
    trace(loss, {"w": w}, {"x": x})
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(w, W1)


def loss_of(recording):
    """The loss that the scenario computes."""
    return Run(recording.problem(), 1).iteration(1).loss


def test_an_optimizer_is_that_of_the_scenario():
    optimizer = {"name": "sgd", "learning_rate": 0.1}
    recording = trace(lambda w, x: (x @ w).sum(), {"w": W1}, {"x": X}, optimizer=optimizer)
    moved = Run(recording.problem(2), 2).iteration(2).before["w"]
    np.testing.assert_allclose(moved, W1 - 0.1 * X.sum(0)[:, None], rtol=1e-12)


def test_an_object_that_is_an_argument():
    model = Model()
    given = {"W1": model.layers[0], "W2": model.layers[1]}
    recording = trace(lambda net, x: net(x), given, {"net": model, "x": X})
    assert loss_of(recording) == loss_of(agrees(chain, {"weights": [W1, W2]}, x=X))
    assert type(model.layers[0]) is np.ndarray
