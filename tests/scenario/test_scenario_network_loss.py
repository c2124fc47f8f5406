"""The loss of a network with its options, a penalty on its weights, and the layout of weights."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.run import Run
from bpdebug.scenario.network.options import ACTIVATIONS, LOSSES
from tests.scenario.scenarios import NETWORK, ROWS, failure, loaded, write
from tests.scenario.test_scenario_network_layers import (
    BOTH,
    DENSE_1,
    DENSE_2,
    LOSS,
    TANH,
    Z1,
    Z2,
    graph,
    layer,
    network,
    same,
)

START = Z1 | {"h1": "tanh(z1)"} | Z2


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ('loss = { name = "half_squared_error" }', "half_squared_error(y_hat, y)"),
        (
            'loss = { name = "squared_error", reduction = "sum" }',
            'squared_error(y_hat, y, reduction="sum")',
        ),
        ('loss = { name = "squared_error", reduction = "mean" }', "squared_error(y_hat, y)"),
        ('loss = { name = "squared_error" }\nreduction = "sum"', None),
        ('loss = { name = "squared_error", axis = 0 }', "squared_error(y_hat, y, axis=0)"),
    ],
)
def test_a_loss_with_its_options(tmp_path, head, text):
    text = text or 'squared_error(y_hat, y, reduction="sum")'
    short = network(DENSE_1 + TANH, DENSE_2, head=head)
    same(tmp_path, short, graph(BOTH, START | {"L": text}))


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_may_be_named(tmp_path, name):
    text = ROWS.replace('"cross_entropy"', f'{{ name = "{name}" }}')
    text = text.replace("[0, 1, 1, 0, 1]", "[[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]]")
    takes = LOSSES[name].takes
    fitting = [one for one, op in ACTIVATIONS.items() if takes in (None, op.gives)]
    last = fitting[0] if fitting else "identity"
    text = text.replace("units = 2\n", f'units = 2\nactivation = "{last}"\n')
    assert np.isfinite(Run(loaded(tmp_path, text)).iteration(1).loss)


def test_a_composite_loss_has_its_own_options(tmp_path):
    head = 'loss = { name = "huber", delta = 0.5, reduction = "sum" }'
    short = network(DENSE_1 + TANH, DENSE_2, head=head)
    text = 'huber(y_hat, y, delta=0.5, reduction="sum")'
    recorded = [Run(loaded(tmp_path, one)).iteration(3) for one in (
        short, graph(BOTH, START | {"L": text})
    )]  # fmt: skip
    assert recorded[0].loss == recorded[1].loss
    error = failure(write(tmp_path, short.replace('"sum"', '"none"')))
    assert (error.key, "must be a scalar" in error.problem) == ("network.loss", True)
    error = failure(write(tmp_path, short.replace('"sum"', '"max"')))
    assert (error.key, 'reduction is "mean"' in error.problem) == ("network.loss", True)


def test_a_sigmoid_is_not_taken_twice(tmp_path):
    loss = 'loss = "binary_cross_entropy_with_logits"'
    text = network(DENSE_1, DENSE_2 + 'activation = "sigmoid"\n', head=loss)
    error = failure(write(tmp_path, text))
    assert error.key == "network.layers #2.activation"
    assert "does the sigmoid itself" in error.problem
    assert 'or the loss "binary_cross_entropy"' in error.problem


@pytest.mark.parametrize(
    ("penalty", "text"),
    [
        ("{ l2 = 0.01 }", "0.005 * (sum(W1 ** 2) + sum(W2 ** 2))"),
        ("{ l2 = 0.01, biases = false }", "0.005 * (sum(W1 ** 2) + sum(W2 ** 2))"),
        ("{ l1 = 0.5 }", "0.5 * (sum(abs(W1)) + sum(abs(W2)))"),
        (
            "{ l2 = 2, l1 = 0.5, biases = true }",
            "1.0 * (sum(W1 ** 2) + sum(b1 ** 2) + sum(W2 ** 2) + sum(b2 ** 2)) + "
            "0.5 * (sum(abs(W1)) + sum(abs(b1)) + sum(abs(W2)) + sum(abs(b2)))",
        ),
    ],
)
def test_a_penalty_is_a_part_of_the_loss(tmp_path, penalty, text):
    head = f'loss = "squared_error"\npenalty = {penalty}'
    short = network(DENSE_1 + TANH, DENSE_2, head=head)
    entries = {"data_loss": LOSS["L"], "penalty": text, "L": "data_loss + penalty"}
    same(tmp_path, short, graph(BOTH, START | entries))


def test_a_penalty_spares_what_is_not_learned_and_what_only_scales(tmp_path):
    norm = layer(kind='"layer_norm"')
    layers = [DENSE_1 + "frozen = true\n", norm, DENSE_2]
    head = 'loss = "squared_error"\npenalty = { l2 = 0.2'
    alone = loaded(tmp_path, network(*layers, head=head + " }"))
    first = Run(alone).iteration(1).recorded
    value = first.values[first.graph.names["penalty"]]
    assert value == pytest.approx(0.1 * (0.49 + 0.64 + 0.81 + 1.0), rel=1e-15)
    scales = loaded(tmp_path, network(*layers, head=head + ", biases = true }"))
    second = Run(scales).iteration(1).recorded
    value = second.values[second.graph.names["penalty"]]
    assert value == pytest.approx(0.1 * (2.94 + 2.0 + 0.0 + 0.25), rel=1e-15)


def test_l2_is_weight_decay_of_plain_gradient_descent(tmp_path):
    """λ/2·Σw² adds λ·w to the gradient, as `weight_decay` does."""
    head = 'loss = "squared_error"\npenalty = { l2 = 0.3, biases = true }'
    penalty = loaded(tmp_path, network(DENSE_1 + TANH, DENSE_2, head=head))
    plain = network(DENSE_1 + TANH, DENSE_2).replace('"sgd"', '"sgd"\nweight_decay = 0.3')
    one, two = Run(penalty).iteration(3).after, Run(loaded(tmp_path, plain)).iteration(3).after
    for name in one:
        np.testing.assert_allclose(one[name], two[name], rtol=1e-13)


def test_a_penalty_on_very_many_layers_has_several_entries(tmp_path):
    weights = '{ init = "constant", value = 1.0 }'
    layers = layer(units="1", weights=weights) * 250
    data = "[inputs]\nx = [1]\ny = [1]\n"
    head = 'loss = "squared_error"\npenalty = { l2 = 0.2, l1 = 0.3 }'
    problem = loaded(tmp_path, network(layers, head=head, data=data))
    recorded = Run(problem).iteration(1).recorded
    names = [name for name in recorded.graph.names if name.startswith("penalty")]
    assert names == ["penalty_1", "penalty_2", "penalty_3", "penalty_4", "penalty_5", "penalty"]
    value = recorded.values[recorded.graph.names["penalty"]]
    assert value == pytest.approx(250 * 0.4, rel=1e-12)


# Weights stored the other way: a row for each input.


def turned(text: str) -> str:
    """NETWORK with its weights transposed, and the layout that says so."""
    text = text.replace("[[0.15, 0.20], [0.25, 0.30]]", "[[0.15, 0.25], [0.20, 0.30]]")
    text = text.replace("[[0.40, 0.45], [0.50, 0.55]]", "[[0.40, 0.50], [0.45, 0.55]]")
    return text.replace("[network]", '[network]\nlayout = "inputs_units"')


def test_weights_with_a_row_for_each_input(tmp_path):
    one, two = loaded(tmp_path, NETWORK), loaded(tmp_path, turned(NETWORK))
    assert two.notes == ()
    first, second = Run(one), Run(two)
    for number in (1, 2):
        here, there = first.iteration(number), second.iteration(number)
        assert here.loss == pytest.approx(there.loss, rel=1e-14)
        for name in ("W1", "W2"):
            np.testing.assert_allclose(here.after[name], there.after[name].T, rtol=1e-14)


def test_a_batch_of_rows_meets_weights_with_a_row_for_each_input(tmp_path):
    """And drawn weights are the same network either way."""
    text = ROWS + '[optimizer]\nname = "sgd"\nlearning_rate = 0.1\n'
    text = text.replace("[run]", "[run]\niterations = 4")
    one = loaded(tmp_path, text)
    two = loaded(tmp_path, text.replace("[network]", '[network]\nlayout = "inputs_units"'))
    assert two.parameters["W1"].shape == (3, 4)
    assert np.array_equal(one.parameters["W1"], two.parameters["W1"].T)
    assert two.build(None).node("z1").shape == (5, 4)
    first, second = Run(one).iteration(4), Run(two).iteration(4)
    assert first.loss == pytest.approx(second.loss, rel=1e-13)
    np.testing.assert_allclose(first.after["W1"], second.after["W1"].T, rtol=1e-13)


def test_weights_of_a_file_follow_the_layout(tmp_path):
    np.savez(tmp_path / "keras.npz", w=np.arange(12.0).reshape(3, 4) / 10)
    text = ROWS.replace('{ init = "xavier_uniform" }', '{ file = "keras.npz", key = "w" }', 1)
    with_layout = text.replace("[network]", '[network]\nlayout = "inputs_units"')
    assert loaded(tmp_path, with_layout).parameters["W1"].shape == (3, 4)
