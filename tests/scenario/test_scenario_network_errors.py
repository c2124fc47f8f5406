"""Mistakes in the layers of a network, one for every key: the key, what is wrong, what to do."""

from __future__ import annotations

import pytest

from bpdebug.__main__ import main
from tests.scenario.scenarios import DEEP, NETWORK, fails, failure, write

ONE, NORM, BEND, FLAT, LAST = (f"network.layers #{n}" for n in range(1, 6))
CHANGES = [
    ('kind = "flatten"', 'kind = "flaten"', f"{FLAT}.kind", "did you mean 'flatten'?"),
    ('kind = "flatten"', "kind = 3", f"{FLAT}.kind", "must be a text"),
    ('kind = "flatten"', 'kind = "flatten"\nunits = 2', FLAT, "unknown key 'units'"),
    ('kind = "flatten"', 'kind = "flatten"\nfrozen = true', FLAT, "unknown key 'frozen'"),
    ('kind = "flatten"', 'kind = "flatten"\nactivation = "relu"', FLAT, "unknown key 'activation'"),
    ('kind = "flatten"', 'kind = "flatten"\ninput = "h9"', f"{FLAT}.input", "there is no 'h9'"),
    (
        'kind = "flatten"',
        'kind = "flatten"\ninput = "y"',
        f"{FLAT}.input",
        "known are x, extra, z1",
    ),
    ('kind = "flatten"', 'kind = "flatten"\ninput = 1', f"{FLAT}.input", "must be a text"),
    ('activation = "tanh"', "", BEND, "the key 'activation' is missing"),
    ('activation = "tanh"', 'activation = "tan"', f"{BEND}.activation", "unknown: 'tan'"),
    (
        "gamma = [1, 1, 1, 1]",
        "gamma = [1, 1]",
        f"{NORM}.gamma",
        "has shape (2), but this layer needs",
    ),
    ("gamma = [1, 1, 1, 1]", "gamma = true", f"{NORM}.gamma", "must be a number, not true"),
    ("beta = [0, 0, 0, 0]", "beta = 0", f"{NORM}.beta", "needs (4), which is the last axes"),
    ("eps = 1e-5", "eps = 0", f"{NORM}.eps", "must be a finite number above 0, not 0"),
    ("eps = 1e-5", 'eps = "x"', f"{NORM}.eps", "must be a number"),
    ("axes = 1", "axes = 2", f"{NORM}.axes", "must be from 1 to 1, not 2"),
    ("axes = 1", "axes = 1.5", f"{NORM}.axes", "whole number"),
    ('residual = "z1"', 'residual = "z11"', f"{NORM}.residual", "did you mean 'z1'?"),
    (
        'residual = "z1"',
        'residual = "x"',
        f"{NORM}.residual",
        "x has shape (2, 3), but this layer's",
    ),
    (
        'residual = "z1"',
        'residual = "W1"',
        f"{NORM}.residual",
        "there is no 'W1' before this layer",
    ),
    ('residual = "z1"', 'residual = ["z1"]', f"{NORM}.residual", "must be a text"),
    ("alpha = 2.0", "alpha = true", f"{NORM}.alpha", "must be a number, not true"),
    ("alpha = 2.0", "slope = 2.0", NORM, "unknown key 'slope'"),
    ("units = 4", "units = 4\nfrozen = 1", f"{ONE}.frozen", "must be true or false"),
    (
        '{ init = "xavier_uniform" }',
        '{ init = "zeros", optimizer = { name = "adam" } }\nfrozen = true',
        f"{ONE}.weights",
        "a frozen parameter is never updated",
    ),
    ("{ l2 = 0.1 }", "0.1", "network.penalty", "must be a table"),
    ("{ l2 = 0.1 }", "{ l3 = 0.1 }", "network.penalty", "did you mean 'l2'?"),
    ("{ l2 = 0.1 }", "{ biases = true }", "network.penalty", "says no strength; give l2 = …"),
    ("{ l2 = 0.1 }", "{ l2 = 0 }", "network.penalty.l2", "must be a finite number above 0"),
    ("{ l2 = 0.1 }", "{ l1 = -1 }", "network.penalty.l1", "must be a finite number above 0"),
    ("{ l2 = 0.1 }", '{ l1 = "x" }', "network.penalty.l1", "must be a number"),
    ("{ l2 = 0.1 }", "{ l2 = 1, biases = 0 }", "network.penalty.biases", "must be true or false"),
    ("extra =", "penalty = 1\nextra =", "inputs.penalty", "makes 'penalty' itself"),
    ("extra =", "data_loss = 1\nextra =", "inputs.data_loss", "makes 'data_loss' itself"),
    ('"squared_error"', "3", "network.loss", "must be a text"),
    ('"squared_error"', '{ reduction = "sum" }', "network.loss", "the key 'name' is missing"),
    ('"squared_error"', '{ name = "huge" }', "network.loss.name", "unknown: 'huge'"),
    ('"squared_error"', '{ name = "squared_error", delta = 1 }', "network.loss", "key 'delta'"),
    (
        '"squared_error"',
        '{ name = "squared_error", reduction = "max" }',
        "network.loss.reduction",
        'must be "mean" or "sum"',
    ),
    (
        '"squared_error"',
        '{ name = "squared_error", reduction = "sum" }\nreduction = "sum"',
        "network.reduction",
        "is given in the loss, too",
    ),
    (
        '"squared_error"',
        '{ name = "squared_error", axis = "x" }',
        "network.loss.axis",
        "whole number",
    ),
    ('"squared_error"', '"cross_entropy"\nlayout = 3', "network.layout", "must be a text"),
    ('"squared_error"', '"negative_log_likelihood"', f"{LAST}.activation", '"softmax"'),
    (
        "x = [[1.0, 2.0, 0.5], [-0.5, 0.3, 0.2]]",
        "x = [[[1, 2]]]",
        "inputs.x",
        "x has shape (1, 1, 2)",
    ),
    ('kind = "layer_norm"', 'kind = "dense"', NORM, "unknown key 'gamma'"),
]


@pytest.mark.parametrize(("old", "new", "key", "said"), CHANGES, ids=lambda text: ascii(text[:24]))
def test_mistakes_in_layers(tmp_path, old, new, key, said):
    fails(tmp_path, DEEP, old, new, key, said)


def test_a_mistake_ends_the_program_with_2(tmp_path, capsys):
    path = write(tmp_path, DEEP.replace('residual = "z1"', 'residual = "x"'))
    assert main([str(path), "--check"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        f"bpdebug: error: {path}: network.layers #2.residual: x has shape (2, 3)"
    )
    assert 'with input = "x", and join with its result' in said


def test_a_dense_layer_refuses_images(tmp_path):
    text = NETWORK.replace("x = [0.05, 0.10]", "x = [[[[0.1, 0.2]]], [[[0.3, 0.4]]]]")
    error = failure(write(tmp_path, text))
    assert error.key == "network.layers #1"
    assert "x of shape (2, 1, 1, 2) arrives" in error.problem
    assert 'put a layer of kind = "flatten" before it' in error.problem


def test_flatten_of_a_single_row(tmp_path):
    flat = NETWORK.replace(
        "[[network.layers]]", '[[network.layers]]\nkind = "flatten"\n[[network.layers]]', 1
    )
    error = failure(write(tmp_path, flat))
    assert (error.key, "leave this layer out" in error.problem) == ("network.layers #1", True)


def test_weights_that_would_fit_the_other_way_round(tmp_path):
    wide = NETWORK.replace("x = [0.05, 0.10]", "x = [0.05, 0.10, 0.15]")
    wide = wide.replace("[[0.15, 0.20], [0.25, 0.30]]", "[[1, 2], [3, 4], [5, 6]]")
    error = failure(write(tmp_path, wide))
    assert error.key == "network.layers #1.weights"
    assert (
        "has shape (3, 2), but this layer needs (2, 3), which is (units, inputs)" in error.problem
    )
    assert 'layout = "inputs_units" in [network] reads them the other way round' in error.problem
    turned = wide.replace("[network]", '[network]\nlayout = "inputs_units"')
    assert failure_free(write(tmp_path, turned))
    back = NETWORK.replace("[network]", '[network]\nlayout = "inputs_units"')
    back = back.replace("x = [0.05, 0.10]", "x = [0.05, 0.10, 0.15]")
    back = back.replace("[[0.15, 0.20], [0.25, 0.30]]", "[[1, 2, 3], [4, 5, 6]]")
    error = failure(write(tmp_path, back))
    assert "needs (3, 2), which is (inputs, units)" in error.problem
    assert 'layout = "units_inputs"' in error.problem


def test_a_penalty_on_frozen_layers_alone(tmp_path):
    text = NETWORK.replace("units = 2", "units = 2\nfrozen = true")
    text = text.replace("[network]", "[network]\npenalty = { l2 = 1 }")
    error = failure(write(tmp_path, text))
    assert (error.key, "all weights are frozen" in error.problem) == ("network.penalty", True)


def failure_free(path) -> bool:
    """Whether `--check` has nothing against a file."""
    return main([str(path), "--check"]) == 0
