"""What each kind of layer expands into: the graph that is written out beside it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bpdebug.graph import Kind
from bpdebug.run import Run
from tests.scenario.scenarios import IMAGES, loaded

DATA = """
[inputs]
x = [[0.5, -1.0, 0.3], [0.2, 0.8, -0.4]]
y = [[0.1, 0.9], [0.7, -0.2]]
"""
W1 = "[[0.1, 0.2, -0.3], [0.4, -0.5, 0.6]]"
W2 = "[[0.7, -0.8], [0.9, 1.0]]"
GAMMA, BETA = "[1.5, 0.5]", "[0.1, -0.2]"
TRAINED = '[optimizer]\nname = "sgd"\nlearning_rate = 0.1\n[run]\niterations = 3\n'
DENSE_1 = f"[[network.layers]]\nunits = 2\nweights = {W1}\nbias = [0.1, 0.2]\n"
DENSE_2 = f"[[network.layers]]\nunits = 2\nweights = {W2}\nbias = [0.3, 0.4]\n"
TANH = 'activation = "tanh"\n'


def layer(**keys: str) -> str:
    """A table of `[[network.layers]]`."""
    return "[[network.layers]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def network(*layers: str, head: str = 'loss = "squared_error"', data: str = DATA) -> str:
    """A scenario with a network of these layers."""
    return f'{data}[network]\nlayout = "units_inputs"\n{head}\n{"".join(layers)}{TRAINED}'


def graph(parameters: dict[str, str], entries: dict[str, str], data: str = DATA) -> str:
    """The scenario written out."""
    own = "".join(f"{name} = {value}\n" for name, value in parameters.items())
    rows = "".join(f"{name} = '{text}'\n" for name, text in entries.items())
    return f"{data}[parameters]\n{own}[graph]\n{rows}{TRAINED}"


def recipe(problem):
    """A graph as plain data, but for the layer that a name says."""
    nodes = problem.build(None).nodes
    own = re.compile(r"^layer\d+\.")
    return [
        (own.sub("", n.name), n.kind, n.shape, n.op and n.op.name, n.operands, n.options)
        for n in nodes
    ]


def same(tmp_path, short: str, long: str) -> None:
    """Both texts are the same graph with the same losses and the same parameters afterwards."""
    one, two = loaded(tmp_path, short), loaded(tmp_path, long)
    assert recipe(one) == recipe(two)
    assert list(one.parameters) == list(two.parameters)
    first, second = Run(one), Run(two)
    for number in range(1, 4):
        here, there = first.iteration(number), second.iteration(number)
        assert here.loss == there.loss
        assert all(np.array_equal(here.after[n], there.after[n]) for n in here.after)


FIRST = {"W1": W1, "b1": "[0.1, 0.2]"}
BOTH = {**FIRST, "W2": W2, "b2": "[0.3, 0.4]"}
NORM = {**FIRST, "gamma1": GAMMA, "beta1": BETA, "W2": W2, "b2": "[0.3, 0.4]"}
Z1, Z2 = {"z1": "x @ W1.T + b1"}, {"z2": "h1 @ W2.T + b2", "y_hat": "identity(z2)"}
LOSS = {"L": "squared_error(y_hat, y)"}
CASES = {
    "a kind that is named": (
        [DENSE_1.replace("units", 'kind = "dense"\nunits') + TANH, DENSE_2],
        BOTH,
        Z1 | {"h1": "tanh(z1)"} | Z2 | LOSS,
    ),
    "no activation in front of a layer norm": (
        [DENSE_1, layer(kind='"layer_norm"', gamma=GAMMA, beta=BETA, activation='"relu"'), DENSE_2],
        NORM,
        Z1 | {"normed1": "layer_norm(z1, gamma1, beta1)", "h1": "relu(normed1)"} | Z2 | LOSS,
    ),
    "eps of a layer norm, without an activation": (
        [DENSE_1, layer(kind='"layer_norm"', eps="0.5"), DENSE_2],
        NORM | {"gamma1": "[1, 1]", "beta1": "[0, 0]"},
        Z1
        | {"normed1": "layer_norm(z1, gamma1, beta1, eps=0.5)"}
        | {"z2": "normed1 @ W2.T + b2", "y_hat": "identity(z2)"}
        | LOSS,
    ),
    "a residual join before the activation": (
        [DENSE_1 + TANH, DENSE_2 + TANH + 'residual = "h1"\n'],
        BOTH,
        Z1
        | {"h1": "tanh(z1)", "z2": "h1 @ W2.T + b2", "joined2": "z2 + h1", "y_hat": "tanh(joined2)"}
        | LOSS,
    ),
    "a residual join without an activation": (
        [DENSE_1 + TANH, DENSE_2 + 'residual = "z1"\n'],
        BOTH,
        Z1 | {"h1": "tanh(z1)", "z2": "h1 @ W2.T + b2", "y_hat": "z2 + z1"} | LOSS,
    ),
    "an activation by itself": (
        [DENSE_1, layer(kind='"activation"', activation='"elu"', alpha="2.0"), DENSE_2],
        BOTH,
        Z1 | {"h1": "elu(z1, alpha=2.0)"} | Z2 | LOSS,
    ),
    "two activations of a layer": (
        [DENSE_1 + TANH, layer(kind='"activation"', activation='"relu"'), DENSE_2],
        BOTH,
        Z1
        | {"h1": "tanh(z1)", "h1_2": "relu(h1)"}
        | {"z2": "h1_2 @ W2.T + b2", "y_hat": "identity(z2)"}
        | LOSS,
    ),
    "a shortcut with weights of its own": (
        [DENSE_1, DENSE_1 + 'input = "x"\nresidual = "z1"\n' + TANH],
        {**FIRST, "W2": W1, "b2": "[0.1, 0.2]"},
        Z1 | {"z2": "x @ W2.T + b2", "joined2": "z2 + z1", "y_hat": "tanh(joined2)"} | LOSS,
    ),
    "normalised data": (
        [layer(kind='"layer_norm"', axes="1"), DENSE_1],
        {"gamma": "[1, 1, 1]", "beta": "[0, 0, 0]", **FIRST},
        {"normed": "layer_norm(x, gamma, beta)", "z1": "normed @ W1.T + b1"}
        | {"y_hat": "identity(z1)"}
        | LOSS,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_layers_are_what_they_expand_into(case, tmp_path):
    layers, parameters, entries = CASES[case]
    same(tmp_path, network(*layers), graph(parameters, entries))


def test_a_layer_is_a_group(tmp_path):
    norm = layer(kind='"layer_norm"', gamma=GAMMA, beta=BETA, activation='"relu"')
    problem = loaded(tmp_path, network(DENSE_1, norm, DENSE_2))
    built = problem.build(None)
    groups = built.groups.items()
    names = {name: [built.nodes[i].name for i in group.nodes] for name, group in groups}
    assert list(names) == ["layer1", "layer1.normed1", "layer2"]
    assert names["layer1"][0] == "z1"
    assert names["layer1"][-2:] == ["normed1", "h1"]
    assert names["layer2"] == ["z2", "y_hat"]
    assert built.node("L").group == ""


def test_numbers_of_layers_are_those_of_their_delta(tmp_path):
    norm = layer(kind='"layer_norm"', activation='"relu"', residual='"z1"')
    built = loaded(tmp_path, network(DENSE_1, norm, DENSE_2)).build(None)
    found = [(one.number, built.nodes[one.pre_activation].name) for one in built.layers]
    assert found == [(1, "joined1"), (2, "z2")]


W4 = "[[0.1, 0.2, -0.3, 0.4], [0.5, -0.6, 0.7, -0.8]]"


def test_flatten_makes_a_row_of_every_image_in_batches_of_any_size(tmp_path):
    flat = layer(kind='"flatten"')
    dense = layer(units="2", weights=W4, bias="false")
    short = network(flat, dense, data=IMAGES)
    entries = {"flat": "reshape(x, shape=(-1, 4))", "z1": "flat @ W1.T", "y_hat": "identity(z1)"}
    same(tmp_path, short, graph({"W1": W4}, entries | LOSS, data=IMAGES))
    one_by_one = loaded(tmp_path, short.replace("[run]", "[run]\nbatch_size = 1"))
    assert Run(one_by_one).iteration(2).recorded.graph.node("flat").shape == (1, 4)


def test_the_activation_before_flatten_counts_for_the_loss(tmp_path):
    last = layer(kind='"activation"', activation='"sigmoid"')
    text = network(last, layer(kind='"flatten"'), head='loss = "binary_cross_entropy"', data=IMAGES)
    text = text.replace("[[0.1, 0.9], [0.7, -0.2]]", "[[0, 0, 1, 1], [1, 0, 1, 0]]")
    built = loaded(tmp_path, text.replace("x = [[", "x = { value = [[", 1).replace(
        "[7, 9]]]]", "[7, 9]]]], gradient = true }"
    )).build(None)  # fmt: skip
    assert built.node("y_hat").op.name == "reshape"


def test_extra_inputs_are_data_that_watches_and_joins_may_name(tmp_path):
    data = DATA + "skip = [[1, 2], [3, 4]]\nscale = 3.0\n"
    text = network(DENSE_1 + 'residual = "skip"\n', data=data)
    expect = '[[expect]]\nvalue = "scale * skip[1, 0]"\nis = "9"\n'
    problem = loaded(tmp_path, text + expect)
    assert problem.expectations[0].printed == "9"
    built = problem.build(None)
    assert [built.nodes[i].name for i in built.node("y_hat").operands] == ["z1", "skip"]
    assert built.node("scale").kind is Kind.INPUT
    cut = loaded(tmp_path, text.replace("[run]", "[run]\nbatch_size = 1"))
    assert cut.batched == {"x", "y", "skip"}


def test_a_layer_may_be_frozen_and_one_of_its_arrays_not(tmp_path):
    own = DENSE_1.replace("bias = [0.1, 0.2]", "bias = { value = [0.1, 0.2], frozen = false }")
    problem = loaded(tmp_path, network(own + "frozen = true\n", DENSE_2 + "frozen = false\n"))
    assert problem.frozen == {"W1"}
    before, after = Run(problem).iteration(1).before, Run(problem).iteration(3).after
    assert np.array_equal(before["W1"], after["W1"])
    assert not np.array_equal(before["b1"], after["b1"])
