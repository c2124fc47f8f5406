"""Layers are found from what is computed, however it is written and whatever it is called."""

import numpy as np
import pytest

from bpdebug.graph.faults import silent_units
from bpdebug.run import Run
from tests.scenario.scenarios import DEAD_UNIT, loaded

ENDS = "L = 'mean((Z2 - Y) ** 2)'"


def run_of(text, tmp_path):
    return Run(loaded(tmp_path, text))


def names(run):
    graph = run.graph()
    return [(layer.number, graph.nodes[layer.pre_activation].name) for layer in graph.layers]


def deltas(run):
    return [run.iteration(1).recorded.gradients[x.pre_activation] for x in run.graph().layers]


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("Z1 = 'X @ W1.T + b1'\nA1 = 'relu(Z1)'", "Z1"),
        ("A1 = 'relu(X @ W1.T + b1)'", "z_A1"),
        ("A1 = 'maximum(0, X @ W1.T + b1)'", "z_A1"),
        ("A1 = 'maximum(X @ W1.T + b1, 0)'", "z_A1"),
        ("A1 = 'relu(b1 + X @ W1.T)'", "z_A1"),
        ("P = 'X @ W1.T'\nA1 = 'relu(P + b1)'", "z_A1"),
        ("A1 = 'relu((W1 @ X.T).T + b1)'", "z_A1"),
        ("A1 = 'relu(reshape(X @ W1.T + b1, shape=(5, 3)))'", "z_A1"),
    ],
)
def test_one_line_or_several_the_layers_and_their_delta_are_the_same(hidden, name, tmp_path):
    run = run_of(DEAD_UNIT + f"{hidden}\nZ2 = 'A1 @ W2.T + b2'\n{ENDS}", tmp_path)
    spelled = run_of(
        DEAD_UNIT + f"Z1 = 'X @ W1.T + b1'\nA1 = 'relu(Z1)'\nZ2 = 'A1 @ W2.T + b2'\n{ENDS}",
        tmp_path,
    )
    assert names(run) == [(1, name), (2, "Z2")]
    first = run.graph().layers[0]
    assert first.units_axis == 1
    dead = silent_units(run.iteration(1).recorded.values[first.activation], first.units_axis)
    assert dead.tolist() == [False, True, False]
    for found, wanted in zip(deltas(run), deltas(spelled), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


SIGMOIDS = [
    "sigmoid(x @ W1)",
    "1 / (1 + exp(-(x @ W1)))",
    "1 / (exp(-(x @ W1)) + 1)",
    "exp(x @ W1) / (1 + exp(x @ W1))",
]


@pytest.mark.parametrize("sigmoid", SIGMOIDS[:3])
def test_a_sigmoid_that_is_written_out_is_one(sigmoid, tmp_path):
    run = run_of(
        "[inputs]\nx = [1.0, -0.5]\n[parameters]\nW1 = [[0.9, 0.1], [0.3, 0.5]]\n"
        f"[graph]\nh = '{sigmoid}'\nL = 'sum(h * h)'",
        tmp_path,
    )
    (layer,) = run.graph().layers
    assert names(run) == [(1, "z_h")]
    assert layer.function.name == "sigmoid"
    assert run.graph().nodes[layer.activation].name == "h"


@pytest.mark.parametrize(
    "rectified",
    [
        "relu(z)",
        "maximum(z, 0)",
        "maximum(0.0, z)",
        "0.5 * (z + abs(z))",
        "(abs(z) + z) * 0.5",
        "(z + abs(z)) / 2",
        "-minimum(0, -z)",
        "-minimum(-(x @ W1), 0)",
        "z * (z > 0)",
        "(0 < z) * z",
        "where(z > 0, z, 0)",
        "relu6(z)",
    ],
)
def test_a_relu_that_is_written_out_is_one(rectified, tmp_path):
    run = run_of(
        "[inputs]\nx = [1.0, -0.5]\n[parameters]\nW1 = [[0.9, -0.1], [0.3, 0.5]]\n"
        f"[graph]\nz = 'x @ W1'\nh = '{rectified}'\nL = 'sum(h * h)'",
        tmp_path,
    )
    (layer,) = run.graph().layers
    assert layer.function.rectifies is not None
    assert run.graph().nodes[layer.activation].name == "h"
    dead = silent_units(run.iteration(1).recorded.values[layer.activation], layer.units_axis)
    assert dead.tolist() == [False, True]


@pytest.mark.parametrize(
    ("product", "axis"),
    [
        ("W @ x", 0),
        ("W @ X", 0),
        ("X.T @ W.T", 1),
        ("(W @ X).T", 1),
        ("X.T @ v", None),
        ("dot(v, x)", None),
        ("sum(v * x)", None),
        ("sum(W * x, axis=1)", 0),
        ("sum(W * x, axis=1, keepdims=True)", 0),
        ("w * x", None),
    ],
)
def test_the_axis_of_the_units_comes_from_the_product(product, axis, tmp_path):
    run = run_of(
        "[inputs]\nx = [1.0, -0.5]\nX = [[1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4]]\n"
        "[parameters]\nW = [[0.9, 0.1], [0.3, 0.5], [0.2, 0.7]]\nv = [0.4, 0.6]\nw = 0.3\n"
        f"[graph]\nL = 'sum(tanh({product}) ** 2)'",
        tmp_path,
    )
    (layer,) = run.graph().layers
    assert layer.units_axis == axis


@pytest.mark.parametrize(
    "graph",
    [
        "L = 'sum(W ** 2)'",
        "s = 'X * 2'\nL = 'sum(tanh(s) * 3) + sum(W)'",
        "L = 'sum(W @ X)'",
        "reg = 'sum(W.T @ W)'\nL = '0.1 * reg'",
        "g = 'dot(w, w)'\nL = 'g + 2 * sum(W)'",
        "f = 'dot(w, c)'\nL = 'f + dot(w, w)'",
    ],
)
def test_a_penalty_a_term_of_the_loss_and_the_loss_are_no_layer(graph, tmp_path):
    text = (
        "[inputs]\nX = [[1.0], [2.0]]\nc = [1.0, 2.0]\n[parameters]\nW = [[0.1, 0.2]]\n"
        f"w = [1.0, 2.0]\n[graph]\n{graph}"
    )
    assert names(run_of(text, tmp_path)) == ([(1, "z_1")] if "W @ X" in graph else [])


def test_a_batch_normalisation_stands_between_the_weights_and_the_pre_activation(tmp_path):
    text = DEAD_UNIT.replace("b2 = [0.0]", "b2 = [0.0]\ngamma = [1.0, 1.0, 1.0]") + (
        "Z = 'X @ W1.T'\nC = 'Z - mean(Z, axis=0)'\n"
        "N = 'C / sqrt(mean(C ** 2, axis=0) + 1e-5) * gamma + b1'\nA = 'relu(N)'\n"
        f"Z2 = 'A @ W2.T + b2'\n{ENDS}"
    )
    assert names(run_of(text, tmp_path)) == [(1, "N"), (2, "Z2")]


def test_a_name_that_is_taken_is_varied_and_can_be_typed(tmp_path):
    text = (
        "[inputs]\nx = [1.0, -0.5]\nz_h = 2.0\n[parameters]\nW = [[0.9, 0.1], [0.3, 0.5]]\n"
        "[graph]\nh = 'tanh(W @ x)'\nL = 'z_h * sum(h ** 2)'"
    )
    assert names(run_of(text, tmp_path)) == [(1, "z_h_2")]


def test_an_unnamed_activation_gives_way_to_the_layers_number(tmp_path):
    text = (
        "[inputs]\nx = [1.0, -0.5]\n[parameters]\nW = [[0.9, 0.1], [0.3, 0.5]]\nV = [0.2, 0.4]\n"
        "[graph]\nL = '(1 - sigmoid(V @ tanh(W @ x))) ** 2'"
    )
    assert names(run_of(text, tmp_path)) == [(1, "z_1"), (2, "z_2")]
