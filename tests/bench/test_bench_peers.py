"""The benchmark compares like with like: what is written by hand computes what the engine does."""

import numpy as np
import pytest

import bpdebug
from bpdebug.graph import Engine
from bpdebug.run import Run
from tests.bench import gpt, lenet, recording
from tests.bench.by_hand import numpy_pass, numpy_training
from tests.bench.table import Row, compared, show
from tests.graphs import drawn, network, two_layer_problem


@pytest.mark.parametrize(("sizes", "batch"), [((2, 2, 2), None), ((5, 4, 3, 2), 6)])
def test_by_hand_gives_the_engines_loss_and_gradients(sizes, batch):
    graph = network(sizes, batch)
    leaves = drawn(graph)
    run = Engine(graph).run(leaves)
    values = {graph.nodes[i].name: value for i, value in leaves.items()}
    loss, gradients = numpy_pass(values, len(sizes) - 1)()
    assert loss == pytest.approx(float(run.values[graph.loss]), rel=1e-12)
    names = [f"{letter}{k}" for k in range(len(sizes) - 1, 0, -1) for letter in "Wb"]
    for name, gradient in zip(names, gradients, strict=True):
        np.testing.assert_allclose(gradient, run.gradients[graph.names[name]], rtol=1e-10)


def test_training_by_hand_gives_the_runs_losses():
    problem = two_layer_problem(20)
    run = Run(problem)
    losses = numpy_training({**problem.data, **problem.parameters}, 20, 0.5)()
    found = [run.iteration(k).loss for k in range(1, 21)]
    np.testing.assert_allclose(losses, found, rtol=1e-12)


def test_lenet_by_hand_gives_the_engines_loss_and_gradients():
    graph, values = lenet.network(3), lenet.drawn(3)
    run = Engine(graph).run({graph.names[name]: value for name, value in values.items()})
    loss, gradients = lenet.numpy_pass(values)()
    assert loss == pytest.approx(float(run.values[graph.loss]), rel=1e-12)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, run.gradients[graph.names[name]], atol=1e-14)


def test_gpt_by_hand_gives_the_engines_loss_and_gradients():
    graph, values = gpt.network(5, 8), gpt.drawn(5, 8)
    run = Engine(graph).run({graph.names[name]: value for name, value in values.items()})
    loss, gradients = gpt.numpy_pass(values)()
    assert loss == pytest.approx(float(run.values[graph.loss]), rel=1e-12)
    assert gradients.keys() == values.keys() - set(gpt.DATA)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, run.gradients[graph.names[name]], atol=1e-13)


def test_the_function_by_hand_gives_the_gradients_of_the_traced_one():
    data, parameters = recording.dense()
    run = bpdebug.trace(recording.dense_loss, parameters=parameters, **data)
    assert run.compare(recording.dense_backward(**data, **parameters))


def test_a_row_says_whether_its_goal_is_met():
    assert compared("a", "b", (1.0, 2.0), 1.0).met is True
    assert compared("a", "b", (3.0, 2.0), 1.0).met is False
    assert compared("a", "b", (3.0, 2.0), None).met is None
    assert Row("a", "", "", "", 400_000, 300_000, "lines/s", more=True).met is True
    lines = show([compared("what", "peer", (0.0015, 0.003), 0.4)]).splitlines()
    assert " ".join(lines[1].split()) == "what 1.5 ms peer 3 ms 0.5 × ≤ 0.4 × MISSED"
