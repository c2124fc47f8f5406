"""Classics of hand-written backward passes: right ones agree, and mistakes in them are named."""

from __future__ import annotations

import numpy as np
import pytest

import bpdebug
from tests.recording.test_recording_numpy_classics import (
    cs231n_loss,
    nielsen,
    points,
    sigmoid,
    two_layer_weights,
)


def named(run, backward):
    """The ids of the only explanation of what is wrong."""
    verdict = run.compare(backward)
    assert len(verdict.explanations) == 1, str(verdict)
    return [one.id for one in verdict.explanations[0].mistakes]


# A dict of parameters, with regularisation, as in CS231n.


def cs231n_backward(params, X, y, reg, mask=True, decay=True):
    return_loss, grads = cs231n_loss(params, X, y, reg)
    assert np.isfinite(return_loss)
    del grads["norm"]
    hidden = np.maximum(0, X.dot(params["W1"]) + params["b1"])
    scores = hidden.dot(params["W2"]) + params["b2"]
    d = np.exp(scores - scores.max(axis=1, keepdims=True))
    d /= d.sum(axis=1, keepdims=True)
    d[np.arange(len(y)), y] -= 1
    d = (d / len(y)) @ params["W2"].T * (hidden > 0 if mask else 1)
    grads["W1"] = X.T @ d + (reg if decay else 0) * params["W1"]
    grads["b1"] = d.sum(axis=0)
    return grads


@pytest.fixture(scope="module")
def cs231n():
    return bpdebug.trace(
        cs231n_loss, parameters={"params": two_layer_weights()}, **points(), reg=0.1
    )


def test_a_dict_of_parameters_is_given_as_a_dict(cs231n):
    assert cs231n.compare(cs231n_backward)


def test_mistakes_in_a_two_layer_net(cs231n):
    def no_mask(params, X, y, reg):
        return cs231n_backward(params, X, y, reg, mask=False)

    def no_decay(params, X, y, reg):
        return cs231n_backward(params, X, y, reg, decay=False)

    assert named(cs231n, no_mask) == ["missing-local-derivative"]
    assert named(cs231n, no_decay) == ["path-missing"]


# Lists of weights, one example a column, as in Nielsen's book.


def nielsen_backward(x, y, weights, biases, slope=lambda z: sigmoid(z) * (1 - sigmoid(z))):
    activations, zs = [x], []
    for b, w in zip(biases, weights, strict=True):
        zs.append(w @ activations[-1] + b)
        activations.append(sigmoid(zs[-1]))
    delta = (activations[-1] - y) * slope(zs[-1])
    nabla_b, nabla_w = [None, delta], [None, delta @ activations[-2].T]
    delta = weights[-1].T @ delta * slope(zs[-2])
    nabla_b[0], nabla_w[0] = delta, delta @ activations[-3].T
    return {"biases": nabla_b, "weights": nabla_w}


@pytest.fixture(scope="module")
def columns():
    r = np.random.default_rng(5)
    parameters = {
        "weights": [r.standard_normal((4, 3)), r.standard_normal((2, 4))],
        "biases": [r.standard_normal((4, 1)), r.standard_normal((2, 1))],
    }
    x, y = r.standard_normal((3, 1)), np.array([[0.0], [1.0]])
    return bpdebug.trace(nielsen, x=x, y=y, parameters=parameters)


def test_lists_of_weights_are_given_and_returned_as_lists(columns):
    verdict = columns.compare(nielsen_backward)
    assert verdict, str(verdict)
    assert {one.name for one in verdict.arrays} == {
        *("grad(weights_0)", "grad(weights_1)", "grad(biases_0)", "grad(biases_1)"),
    }


def test_a_missing_transpose_in_columns(columns):
    def wrong(x, y, weights, biases):
        made = nielsen_backward(x, y, weights, biases)
        made["weights"][0] = made["biases"][0] @ x.T * 2
        return made

    assert named(columns, wrong) == ["constant-factor"]


# Classes as labels, one example a row.


def rows_loss(X, labels, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    logits = h @ W2 + b2
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(X)), labels].mean()


def rows_backward(X, labels, W1, b1, W2, b2, slope=lambda h, z: 1 - h**2):
    z = X @ W1 + b1
    h = np.tanh(z)
    logits = h @ W2 + b2
    d = np.exp(logits)
    d /= d.sum(axis=1, keepdims=True)
    d[range(len(X)), labels] -= 1
    d /= len(X)
    dz = d @ W2.T * slope(h, z)
    return {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ d, "b2": d.sum(0)}


@pytest.fixture(scope="module")
def rows():
    data = points(9)
    return bpdebug.trace(rows_loss, X=data["X"], labels=data["y"], parameters=two_layer_weights(8))


SLOPES = {
    "missing-local-derivative": lambda h, z: 1.0,
    "derivative-at-output": lambda h, z: 1 - np.tanh(h) ** 2,
    "derivative-formula-at-input": lambda h, z: 1 - z**2,
    "wrong-derivative": lambda h, z: h * (1 - h),
}


def test_class_numbers_as_labels(rows):
    assert rows.compare(rows_backward)


@pytest.mark.parametrize("mistake", SLOPES)
def test_mistakes_in_a_slope(mistake, rows):
    def wrong(X, labels, W1, b1, W2, b2):
        return rows_backward(X, labels, W1, b1, W2, b2, SLOPES[mistake])

    assert named(rows, wrong) == [mistake]


# Batch norm by hand.


def norm_loss(x, t, gamma, beta, W):
    mu = x.mean(axis=0)
    var = ((x - mu) ** 2).mean(axis=0)
    xhat = (x - mu) / np.sqrt(var + 1e-5)
    return np.mean((np.tanh(gamma * xhat + beta) @ W - t) ** 2)


def norm_backward(x, t, gamma, beta, W, through_mean=True):
    n = len(x)
    mu, var = x.mean(axis=0), x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + 1e-5)
    h = np.tanh(gamma * xhat + beta)
    d_out = 2 * (h @ W - t) / t.size
    d_y = d_out @ W.T * (1 - h**2)
    d_hat = d_y * gamma
    d_x = d_hat - xhat * (d_hat * xhat).mean(axis=0)
    if through_mean:
        d_x = d_x - d_hat.mean(axis=0)
    d_x = d_x / np.sqrt(var + 1e-5)
    assert d_x.shape == (n, x.shape[1])
    grads = {"gamma": (d_y * xhat).sum(0), "beta": d_y.sum(0), "W": h.T @ d_out}
    return {**grads, "x": d_x}


@pytest.fixture(scope="module")
def norm():
    r = np.random.default_rng(11)
    parameters = {
        "x": r.standard_normal((6, 3)),
        "gamma": r.standard_normal(3),
        "beta": r.standard_normal(3),
        "W": r.standard_normal((3, 2)),
    }
    return bpdebug.trace(norm_loss, t=r.standard_normal((6, 2)), parameters=parameters)


def test_batch_norm_by_hand(norm):
    assert norm.compare(norm_backward)


def test_a_mean_that_is_taken_for_a_constant(norm):
    def wrong(x, t, gamma, beta, W):
        return norm_backward(x, t, gamma, beta, W, through_mean=False)

    assert named(norm, wrong) == ["path-missing"]


# A recurrent network by hand.


def rnn_loss(xs, h0, t, Wx, Wh, b, V):
    hs = {-1: h0}
    for step in range(len(xs)):
        hs[step] = np.tanh(xs[step] @ Wx + hs[step - 1] @ Wh + b)
    return np.sum((hs[len(xs) - 1] @ V - t) ** 2)


def rnn_backward(xs, h0, t, Wx, Wh, b, V, carried=True):
    hs = {-1: h0}
    for step in range(len(xs)):
        hs[step] = np.tanh(xs[step] @ Wx + hs[step - 1] @ Wh + b)
    last = len(xs) - 1
    d_out = 2 * (hs[last] @ V - t)
    grads = {"V": np.outer(hs[last], d_out), "Wx": 0 * Wx, "Wh": 0 * Wh, "b": 0 * b}
    d_h = V @ d_out
    for step in reversed(range(len(xs))):
        d_z = d_h * (1 - hs[step] ** 2)
        grads["Wx"] += np.outer(xs[step], d_z)
        grads["Wh"] += np.outer(hs[step - 1], d_z)
        grads["b"] += d_z
        d_h = (Wh if carried else Wh.T) @ d_z
    return grads


@pytest.fixture(scope="module")
def rnn():
    r = np.random.default_rng(13)
    parameters = {
        "Wx": r.standard_normal((3, 4)),
        "Wh": 0.5 * r.standard_normal((4, 4)),
        "b": 0.1 * r.standard_normal(4),
        "V": r.standard_normal((4, 2)),
    }
    given = {"xs": r.standard_normal((3, 3)), "h0": np.zeros(4), "t": np.array([0.5, -1.0])}
    return bpdebug.trace(rnn_loss, **given, parameters=parameters)


def test_a_recurrent_network_by_hand(rnn):
    assert rnn.compare(rnn_backward)


def test_a_recurrent_weight_that_is_not_transposed(rnn):
    def wrong(xs, h0, t, Wx, Wh, b, V):
        return rnn_backward(xs, h0, t, Wx, Wh, b, V, carried=False)

    assert named(rnn, wrong) == ["not-transposed"]
