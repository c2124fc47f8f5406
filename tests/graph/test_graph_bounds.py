"""Small laws of a graph: what is kept whole, what is a loss, and whose δ is the layer's."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.graph import GraphBuilder, Kind, find_layers
from bpdebug.graph.faults import flat_units, silent_units
from bpdebug.ops import REGISTRY


@pytest.mark.parametrize(("length", "kept"), [(79, True), (80, True), (81, False)])
def test_an_expression_of_80_characters_is_kept_whole(length, kept):
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (), gradient=True)
    source = "a" * length
    node = builder.nodes[builder.apply(REGISTRY["tanh"], (a,), source=source)]
    assert node.source == (source if kept else "a" * 79 + "…")
    assert len(node.source) <= 80


@pytest.mark.parametrize("shape", [(1,), (1, 1), (2,)])
def test_a_loss_has_no_axis_not_even_one_of_size_1(shape):
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, shape, gradient=True)
    with pytest.raises(BpdebugError, match="must be a scalar"):
        builder.finish(builder.apply(REGISTRY["tanh"], (a,), name="L"))


def test_the_loss_has_a_gradient_and_data_has_none():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.INPUT, ())
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    other = builder.leaf("other", Kind.PARAMETER, (), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["multiply"], (w, x), name="L"))
    assert [graph.has_gradient(at) for at in (graph.loss, w, x, other)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_pre_activation_of_two_activations_has_one_layer_with_the_first_of_them():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.INPUT, (2,))
    w = builder.leaf("W", Kind.PARAMETER, (3, 2), gradient=True)
    z = builder.apply(REGISTRY["matmul"], (w, x), name="z")
    one = builder.apply(REGISTRY["sigmoid"], (z,), name="s")
    two = builder.apply(REGISTRY["tanh"], (z,), name="t")
    joined = builder.apply(REGISTRY["multiply"], (one, two), name="p")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (joined,), name="L"))
    (layer,) = find_layers(graph)
    assert (layer.pre_activation, layer.activation) == (z, one)


@pytest.mark.parametrize(
    ("activation", "result", "flat"),
    [
        ("sigmoid", [0.5, 0.011, 0.989, 0.009, 0.991], [False, False, False, True, True]),
        ("tanh", [0.0, 0.97, -0.97, 0.99, -0.99], [False, False, False, True, True]),
    ],
)
def test_a_unit_is_saturated_below_a_25th_of_the_steepest_slope(activation, result, flat):
    op = REGISTRY[activation]
    np.testing.assert_array_equal(flat_units(op, np.array(result), 0), flat)
    # In one row only: the other row of the batch still moves it.
    mixed = np.array([result, [result[0]] * 5])
    found = flat_units(op, mixed, 1)
    assert found is not None
    assert not found.any()
    assert flat_units(REGISTRY["relu"], np.array(result), 0) is None


def test_a_unit_is_silent_where_it_is_0_for_every_example():
    rows = np.array([[0.0, 0.0, 1.0], [0.0, 2.0, 0.0]])
    np.testing.assert_array_equal(silent_units(rows, 1), [True, False, False])
    np.testing.assert_array_equal(silent_units(rows.T, 0), [True, False, False])
