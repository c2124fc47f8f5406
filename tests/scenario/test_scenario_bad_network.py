"""Mistakes in the network form and in batches: an error at the layer or the input."""

from __future__ import annotations

import pytest

from tests.scenario.scenarios import NETWORK, ROWS, fails, failure, write

FIRST, SECOND = "network.layers #1", "network.layers #2"
NETWORK_CHANGES = [
    (NETWORK, "[network]", "[parameters]\n[network]", "parameters", "leave one out"),
    (NETWORK, "[network]", "[graph]\n[network]", "graph", "leave one out"),
    (NETWORK, "title =", "loss =", "loss", "its loss stands in [network]"),
    (
        NETWORK,
        "half_squared_error",
        "half_squared",
        "network.loss",
        "did you mean 'half_squared_error'?",
    ),
    (NETWORK, 'loss = "half', 'lose = "half', "network", "did you mean 'loss'?"),
    (NETWORK, '_error"', '_error"\nreduction = "max"', "network.reduction", '"mean" or "sum"'),
    (NETWORK, "x = [", "v = [", "inputs", "needs the input 'x'"),
    (NETWORK, "y = [", "v = [", "inputs", "needs the input 'y'"),
    (NETWORK, "y = [", "W1 = 1\ny = [", "inputs.W1", "makes 'W1' itself; choose another name"),
    (NETWORK, "y = [", "L = 1\ny = [", "inputs.L", "makes 'L' itself"),
    (NETWORK, "y = [", "y_hat = 1\ny = [", "inputs.y_hat", "makes 'y_hat' itself"),
    (NETWORK, "y = [", "layer2 = 1\ny = [", "inputs.layer2", "makes 'layer2' itself"),
    (NETWORK, "x = [0.05, 0.10]", "x = 1", "inputs.x", "x has shape scalar"),
    (NETWORK, "x = [0.05, 0.10]", "x = [[[1]]]", "inputs.x", "x has shape (1, 1, 1)"),
    (NETWORK, "x = [0.05, 0.10]", "x = [1, 2, 3]", f"{FIRST}.weights", "needs (2, 3)"),
    (
        NETWORK,
        "y = [0.01, 0.99]",
        "y = [1, 2, 3]",
        "network.loss",
        "has shape (2) and the target (3)",
    ),
    (NETWORK, "units = 2", "units = 0", f"{FIRST}.units", "must be from 1"),
    (NETWORK, "units = 2", "units = -1", f"{FIRST}.units", "must be from 1"),
    (NETWORK, "units = 2", f"units = {10**20}", f"{FIRST}.units", "must be from 1"),
    (NETWORK, "units = 2", "units = 2.0", f"{FIRST}.units", "whole number"),
    (NETWORK, "units = 2", "unit = 2", FIRST, "did you mean 'units'?"),
    (NETWORK, "units = 2", "", FIRST, "the key 'units' is missing"),
    (
        NETWORK,
        "units = 2",
        "units = 3",
        f"{FIRST}.weights",
        "has shape (2, 2), but this layer needs (3, 2)",
    ),
    (NETWORK, '"sigmoid"', '"sigmiod"', f"{FIRST}.activation", "did you mean 'sigmoid'?"),
    (NETWORK, '"sigmoid"', "7", f"{FIRST}.activation", "must be a text"),
    (NETWORK, '"sigmoid"', '"relu"\nslope = 0.1', FIRST, "unknown key 'slope'"),
    (NETWORK, '"sigmoid"', '"elu"\nalpha = "x"', f"{FIRST}.alpha", "must be a number"),
    (NETWORK, "weights", "weight", FIRST, "did you mean 'weights'?"),
    (NETWORK, "weights = [[0.15, 0.20], [0.25, 0.30]]", "", FIRST, "'weights' is missing"),
    (
        NETWORK,
        "bias = [0.35, 0.35]",
        "bias = [0.35]",
        f"{FIRST}.bias",
        "needs (2), which is (units)",
    ),
    (NETWORK, "bias = [0.35, 0.35]", "bias = true", f"{FIRST}.bias", "must be a number, not true"),
    (NETWORK, "[[0.40, 0.45], [0.50, 0.55]]", "false", f"{SECOND}.weights", "not false"),
    (NETWORK, "[[network.layers]]", "[network.layers]", "", "not valid TOML"),
    (NETWORK, "[run]", "[run]\nbatch_size = 1", "run.batch_size", "is a single example"),
    (ROWS, "0, 1, 1, 0, 1", "0, 1, 2, 0, 1", "network.loss", "label 2 is out of range; 2 classes"),
    (ROWS, "0, 1, 1, 0, 1", "0, 1, -1, 0, 1", "network.loss", "label -1 is out of range"),
    (ROWS, "0, 1, 1, 0, 1", "0, 1, 0.5, 0, 1", "network.loss", "label 0.5 is not a whole number"),
    (
        ROWS,
        "[0, 1, 1, 0, 1]",
        "[[1, 0], [0, 1], [0, 1], [1, 0], [-3, 4]]",
        "network.loss",
        "the target holds -3; a probability is from 0 to 1",
    ),
    (
        ROWS,
        "[0, 1, 1, 0, 1]",
        "[[1, 0], [0, 1], [0, 1], [1, 2], [0, 1]]",
        "network.loss",
        "row 3 of the target sums to 3, not 1",
    ),
    (ROWS, "0, 1, 1, 0, 1", "0, 1, 1, 0", "inputs.y", "with 'x', which has 5 rows"),
    (ROWS, "y = [0, 1", "y = [1e300, 1", "network.loss", "label 1e+300 is out of range"),
    (
        ROWS,
        "units = 2\n",
        'units = 2\nactivation = "softmax"\n',
        f"{SECOND}.activation",
        "negative_log",
    ),
    (ROWS, "cross_entropy", "negative_log_likelihood", f"{SECOND}.activation", '"softmax"'),
    (ROWS, "cross_entropy", "binary_cross_entropy", f"{SECOND}.activation", '"sigmoid"'),
    (ROWS, "cross_entropy", "kl_divergence", f"{SECOND}.activation", '"log_softmax"'),
    (
        ROWS.replace("units = 2\n", 'units = 2\nactivation = "sigmoid"\n'),
        "cross_entropy",
        "binary_cross_entropy_with_logits",
        f"{SECOND}.activation",
        'does the sigmoid itself; make the last activation "identity", or the loss "binary_cross',
    ),
    (ROWS, "cross_entropy", "huber", "network.loss", "the prediction has shape (2, 2), the target"),
    (ROWS, "batch_size = 2", "batch_size = 6", "run.batch_size", "'x' has only 5 rows"),
    (
        ROWS,
        "y = [0, 1, 1, 0, 1]",
        "y = { value = [0, 1, 1, 0, 1], batch = false }",
        "network.loss",
        "with a batch of 2 rows: cross_entropy",
    ),
    (ROWS, "xavier_uniform", "xavier", f"{FIRST}.weights.init", "did you mean 'xavier_"),
    (
        ROWS,
        '{ init = "xavier_uniform" }',
        '{ init = "zeros", shape = [4, 4] }',
        f"{FIRST}.weights.shape",
        "must be [4, 3]",
    ),
    (ROWS, "units = 4", "units = 40_000_000", f"{FIRST}.weights", "120,000,000 elements"),
]


@pytest.mark.parametrize(
    ("text", "old", "new", "key", "said"),
    NETWORK_CHANGES,
    ids=[ascii(f"{c[3]}: {c[4][:20]}") for c in NETWORK_CHANGES],
)
def test_mistakes_in_the_network_form(tmp_path, text, old, new, key, said):
    fails(tmp_path, text, old, new, key, said)


def test_no_layers_and_too_many(tmp_path):
    start = '[inputs]\nx = [1]\ny = [1]\n[network]\nloss = "squared_error"\n'
    assert "at least one layer" in failure(write(tmp_path, start)).problem
    layer = "[[network.layers]]\nunits = 1\nweights = [[1]]\n"
    error = failure(write(tmp_path, start + layer * 2_001))
    assert "2,001 layers, more than 2,000" in error.problem


def test_a_batch_that_a_later_iteration_would_stumble_over(tmp_path):
    text = """
    [inputs]
    x = [[1], [2], [3], [4], [5]]
    [parameters]
    w = [[1.0]]
    [graph]
    z = "x @ w"
    L = "sum(reshape(z, shape=(2, -1)))"
    [run]
    batch_size = 2
    """
    error = failure(write(tmp_path, text))
    assert error.key == "graph.L"
    assert "with a batch of 1 row: reshape" in error.problem
    text = text.replace("(2, -1)", "(-1,)").replace("reshape(z", "reshape(z[:, 0] + z[1, 0]")
    error = failure(write(tmp_path, text))
    assert "with a batch of 1 row: index: 1 is out of range" in error.problem


def test_a_label_that_only_a_later_batch_would_meet(tmp_path):
    text = ROWS.replace("0, 1, 1, 0, 1", "0, 1, 1, 0, 7")
    error = failure(write(tmp_path, text))
    assert error.key == "network.loss"
    assert "the label 7 is out of range" in error.problem
