"""Layers of convolutional networks: a convolution with a parameter as kernel has a δ."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.expression import build
from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording import Script

X = {"x": (2, 3, 8, 7)}
W = {"w": (4, 3, 3, 2), "b": (4,), "v": (5, 4, 2, 3), "M": (2, 20)}


def graph_of(entries, data=X, parameters=W):
    builder = GraphBuilder()
    for name, shape in data.items():
        builder.leaf(name, Kind.INPUT, shape)
    for name, shape in parameters.items():
        builder.leaf(name, Kind.PARAMETER, shape, gradient=True)
    for name, expression in entries.items():
        build(expression, builder, name)
    return builder.finish(builder.names["L"])


def layers(graph):
    return [
        (
            one.number,
            graph.nodes[one.pre_activation].name,
            one.units_axis,
            one.function and one.function.name,
        )
        for one in graph.layers
    ]


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        (
            {
                "z": "conv2d(x, w, b)",
                "h": "relu(z)",
                "u": "conv2d(max_pool2d(h), v, padding=1)",
                "L": "sum(tanh(u))",
            },
            [(1, "z", 1, "relu"), (2, "u", 1, "tanh")],
        ),
        ({"L": "sum(sigmoid(conv2d(x, w)))"}, [(1, "z_1", 1, "sigmoid")]),
        (
            {"z": "conv2d(x, w) + reshape(b, shape=(4, 1, 1))", "L": "sum(tanh(z))"},
            [(1, "z", 1, "tanh")],
        ),
        (
            {"a": "conv2d(x, w, b)", "p": "avg_pool2d(a)", "L": "sum(tanh(p))"},
            [(1, "p", 1, "tanh")],
        ),
        (
            {
                "z": "conv2d(x, w, b)",
                "p": "max_pool2d(relu(z), size=(3, 6))",
                "s": "reshape(conv2d(p, v, padding=(1, 1), stride=9), shape=(2, -1))",
                "L": "sum(relu(s))",
            },
            [(1, "z", 1, "relu"), (2, "s", 1, "relu")],
        ),
    ],
)
def test_a_convolution_with_parameters_is_a_layer(entries, wanted):
    assert layers(graph_of(entries)) == wanted


def test_an_example_without_a_batch_has_its_units_on_the_first_axis():
    entries = {"z": "conv2d(x, w, b)", "L": "sum(relu(z))"}
    assert layers(graph_of(entries, {"x": (3, 8, 7)})) == [(1, "z", 0, "relu")]


def test_a_convolution_with_data_is_no_layer():
    graph = graph_of(
        {"z": "conv2d(tanh(x * p), k)", "L": "sum(relu(z))"},
        {"x": (2, 3, 8, 7), "k": (4, 3, 3, 2)},
        {"p": (7,)},
    )
    assert all(name != "z" for _, name, _, _ in layers(graph))


def test_what_forward_and_backward_share_is_computed_once_and_dropped():
    graph = graph_of({"z": "conv2d(x, w, b)", "L": "sum(max_pool2d(tanh(z)))"})
    rng = np.random.default_rng(0)
    leaves = {node.index: rng.normal(size=node.shape) for node in graph.nodes if node.op is None}
    engine = Engine(graph)
    run = engine.run(leaves)
    assert len(run.values) == len(run.gradients) == len(graph.nodes)
    assert len(engine.forward(leaves)) == len(graph.nodes)
    for edge in graph.edges:
        operands = run.operands(edge.output)
        upstream = np.asarray(run.gradients[edge.output])
        alone = engine.vjp(edge)(upstream, run.values[edge.output], *operands)
        np.testing.assert_array_equal(alone, run.contributions[edge.index])


SCENARIO = """
[inputs]
x = { shape = [6, 1, 6, 6], init = "normal", seed = 1, batch = false }
y = [1, 0, 1, 1, 0, 1]

[parameters]
w = { shape = [3, 1, 3, 3], init = "normal", std = 0.3, seed = 2 }
b = [-100.0, -100.0, -100.0]
V = { shape = [2, 12], init = "normal", std = 0.3, seed = 3 }

[graph]
z = "conv2d(x, w, b)"
p = "max_pool2d(relu(z))"
s = "reshape(p, shape=(6, -1)) @ V.T"
L = "cross_entropy(s, y)"

[optimizer]
name = "sgd"
learning_rate = 0.1

[run]
iterations = 5
"""


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return Run(load(path))


def test_channels_that_never_fire_are_dead_units(run):
    (found,) = diagnose(run, Script()).findings
    assert found.id == "dying-relu"
    assert found.evidence.startswith("all 3 units give 0 for every example")


def test_delta_is_the_gradient_at_the_pre_activation(run):
    debugger = Debugger(run)
    debugger.execute("goto $")
    one = debugger.execute("print norm(delta(1))").text
    assert one.split("=")[1] == debugger.execute("print norm(grad(z))").text.split("=")[1]
