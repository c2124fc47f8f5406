"""Broadcasting as numpy does it, for shapes that hypothesis invents."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from tests.op_cases import Case, central, weighted

SHAPES = mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


def reduced(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The textbook rule: sum what was stretched."""
    lead = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(lead)))
    ones = tuple(at for at, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=ones, keepdims=True).reshape(shape)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.sampled_from(["add", "subtract", "multiply", "divide"]))
def test_what_is_stretched_is_summed(shapes, name):
    case = Case(name, shapes.input_shapes, low=0.5, high=2.0)
    graph, weight = weighted(case)
    a, b = case.operands()
    run = Engine(graph).run({0: a, 1: b})
    local = {
        "add": (1.0, 1.0),
        "subtract": (1.0, -1.0),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2),
    }[name]
    for at, factor in enumerate(local):
        wanted = reduced(np.asarray(weight * factor * np.ones(weight.shape)), case.shapes[at])
        np.testing.assert_allclose(run.gradients[at], wanted, rtol=1e-12)
        assert np.shape(run.gradients[at]) == case.shapes[at]


@settings(max_examples=25, deadline=None)
@given(SHAPES, st.sampled_from(["power", "maximum", "multiply"]))
def test_every_broadcast_agrees_with_central_differences(shapes, name):
    case = Case(name, shapes.input_shapes, low=0.5, high=2.0)
    graph, _ = weighted(case)
    engine = Engine(graph)
    operands = case.operands(3)
    run = engine.run(dict(enumerate(operands)))
    for at in range(2):
        np.testing.assert_allclose(
            run.gradients[at], central(engine, operands, at), rtol=1e-6, atol=1e-8
        )


@settings(max_examples=60, deadline=None)
@given(SHAPES)
def test_the_terms_of_a_stretched_operand_are_real(shapes):
    case = Case("multiply", shapes.input_shapes)
    graph, weight = weighted(case)
    for edge in graph.edges:
        if edge.operand > 1:
            continue
        index_map = graph.index_map(edge)
        assert index_map.terms == weight.size
        places = [index_map.locate(k) for k in range(index_map.terms)]
        assert sorted(p.upstream for p in places) == list(np.ndindex(weight.shape))
        assert all(p.cell <= q.cell for p, q in pairwise(places))


@pytest.mark.parametrize("name", ["sum", "mean", "max"])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_a_reduction_to_a_scalar_spreads_its_gradient_over_every_cell(name, shape):
    """The seed is a scalar; what arrives at the operand has the operand's shape all the same."""
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, shape, gradient=True)
    graph = builder.finish(builder.apply(REGISTRY[name], (x,), name="L"))
    data = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
    gradient = np.asarray(Engine(graph).run({x: data}).gradients[x])
    assert gradient.shape == shape
    wanted = {"sum": np.ones(shape), "mean": np.full(shape, 1 / data.size)}.get(name)
    if wanted is None:
        wanted = (data == data.max()).astype(float)
    np.testing.assert_allclose(gradient, wanted)
