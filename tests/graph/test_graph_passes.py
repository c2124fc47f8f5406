"""Forward and backward over whole graphs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from tests.graphs import chain, drawn, network, random_graph, residual, two_layer
from tests.op_cases import central

CHOICES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8
)


def test_the_published_example():
    graph, leaves = two_layer()
    run = Engine(graph).run(leaves)
    at = graph.names
    assert float(run.values[at["L"]]) == pytest.approx(0.298371109, abs=5e-10)
    gradient = run.gradients[at["W2"]]
    assert gradient is not None
    assert gradient[0, 0] == pytest.approx(0.082167041, abs=5e-10)
    assert gradient[1, 1] == pytest.approx(-0.022740242, abs=5e-10)
    assert np.asarray(run.gradients[at["W1"]])[0, 0] == pytest.approx(0.000438568, abs=5e-10)


@pytest.mark.parametrize("batch", [None, 5])
def test_a_network_of_different_widths_agrees_with_the_equations(batch):
    graph = network((4, 3, 2), batch)
    leaves = drawn(graph)
    run = Engine(graph).run(leaves)
    v = {graph.nodes[i].name: value for i, value in leaves.items()}
    x, y = np.atleast_2d(v["x"]), np.atleast_2d(v["y"])
    h = 1 / (1 + np.exp(-(x @ v["W1"].T + v["b1"])))
    o = 1 / (1 + np.exp(-(h @ v["W2"].T + v["b2"])))
    d2 = (o - y) * o * (1 - o) / len(x)
    d1 = d2 @ v["W2"] * h * (1 - h)
    wanted = {"W2": d2.T @ h, "b2": d2.sum(0), "W1": d1.T @ x, "b1": d1.sum(0)}
    for name, gradient in wanted.items():
        np.testing.assert_allclose(run.gradients[graph.names[name]], gradient, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(CHOICES)
def test_random_graphs_agree_with_central_differences(choices):
    graph, leaves = random_graph(choices)
    engine = Engine(graph)
    run = engine.run(leaves)
    operands = [leaves[i] for i in sorted(leaves)]
    for node in range(3):
        found = run.gradients[node]
        if not graph.has_gradient(node):
            assert found is None
            continue
        assert np.shape(found) == graph.nodes[node].shape
        wanted = central(engine, operands, node, 1e-4)
        scale = np.max(np.abs(wanted), initial=1.0)
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6 * scale)


@settings(max_examples=60, deadline=None)
@given(CHOICES)
def test_every_gradient_has_the_shape_of_its_node_and_is_the_sum_of_its_contributions(choices):
    graph, leaves = random_graph(choices)
    run = Engine(graph).run(leaves)
    for node in graph.nodes:
        edges = graph.into.get(node.index, ())
        assert [edge.nth for edge in edges] == list(range(1, len(edges) + 1))
        assert all(edge.of == len(edges) for edge in edges)
        for edge in edges:
            assert np.shape(run.contributions[edge.index]) == node.shape
        if edges:
            total = run.contributions[edges[0].index]
            for edge in edges[1:]:
                total = total + run.contributions[edge.index]
            np.testing.assert_array_equal(run.gradients[node.index], total)


def test_a_node_used_twice_by_one_op_has_two_edges():
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["multiply"], (a, a), name="L"))
    run = Engine(graph).run({a: np.asarray(3.0)})
    assert [(e.operand, e.position, e.nth, e.of) for e in graph.edges] == [
        (0, 0, 1, 2),
        (0, 1, 2, 2),
    ]
    assert run.contributions == [3.0, 3.0]
    assert run.gradients[a] == 6.0


def test_a_chain_of_5000_ops_runs():
    graph, leaves = chain(5000)
    run = Engine(graph).run(leaves)
    product, value = 1.0, 0.5
    for k in range(5000):
        product *= np.cos(value) if k % 2 else 1 - np.tanh(value) ** 2
        value = np.sin(value) if k % 2 else np.tanh(value)
    assert run.values[graph.loss] == pytest.approx(value)
    assert run.gradients[0] == pytest.approx(product, rel=1e-9)


def test_sixteen_residual_joins_cost_sixteen_joins():
    graph, leaves = residual(16)
    assert len(graph.edges) == 16 * 5 + 1
    engine = Engine(graph)
    run = engine.run(leaves)
    operands = [leaves[0], leaves[1]]
    for at in range(2):
        np.testing.assert_allclose(run.gradients[at], central(engine, operands, at), rtol=1e-7)


def test_one_operand_of_20000_ops():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    total = w
    for _ in range(20_000):
        total = builder.apply(REGISTRY["add"], (total, w))
    graph = builder.finish(total)
    assert Engine(graph).run({w: np.asarray(1.0)}).gradients[w] == 20_001.0
    assert len(graph.into[w]) == 20_001


def test_nan_and_overflow_are_results_and_raise_no_warning():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    log = builder.apply(REGISTRY["log"], (x,))
    graph = builder.finish(builder.apply(REGISTRY["multiply"], (log, x), name="L"))
    run = Engine(graph).run({x: np.asarray(-1.0)})
    assert np.isnan(run.values[graph.loss])
    run = Engine(graph).run({x: np.asarray(0.0)})
    assert np.isnan(run.gradients[x])
    assert np.isinf(run.local(graph.edges[-1]))
    assert np.isinf(run.local_row(graph.edges[-1], ()))
