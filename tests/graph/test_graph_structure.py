"""Nodes, edges, the order of the backward pass, and the layers."""

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.graph import GraphBuilder, Kind, find_layers
from bpdebug.ops import REGISTRY
from tests.graphs import network


def told(graph):
    return [(graph.nodes[e.output].label, graph.nodes[e.operand].label) for e in graph.edges]


def test_the_backward_pass_visits_parameters_before_it_travels_on():
    assert told(network((2, 3, 4))) == [
        ("L", "y_hat"),
        ("y_hat", "z2"),
        ("z2", "W2"),
        ("z2", "b2"),
        ("z2", "h1"),
        ("h1", "z1"),
        ("z1", "W1"),
        ("z1", "b1"),
    ]


def test_a_node_is_visited_when_its_gradient_is_whole():
    """Its contributions come before it passes them on, whatever the graph looks like."""
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (), gradient=True)
    b = builder.apply(REGISTRY["tanh"], (a,), name="b")
    c = builder.apply(REGISTRY["multiply"], (a, b), name="c")
    d = builder.apply(REGISTRY["add"], (b, c), name="d")
    graph = builder.finish(builder.apply(REGISTRY["multiply"], (d, b), name="L"))
    for node, edges in graph.out_of.items():
        before = [edge.index for edge in graph.into.get(node, ())]
        assert all(edge.index > at for edge in edges for at in before)
    assert [e.nth for e in graph.into[b]] == [1, 2, 3]
    assert [e.last for e in graph.into[b]] == [False, False, True]


def test_what_cannot_reach_the_loss_or_needs_no_gradient_makes_no_edges():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.INPUT, (2,))
    w = builder.leaf("w", Kind.PARAMETER, (2,), gradient=True)
    unused = builder.leaf("unused", Kind.PARAMETER, (2,), gradient=True)
    data = builder.apply(REGISTRY["exp"], (x,), name="data")
    scaled = builder.apply(REGISTRY["multiply"], (data, w), name="scaled")
    aside = builder.apply(REGISTRY["multiply"], (unused, w), name="aside")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (scaled,), name="L"))
    assert told(graph) == [("L", "scaled"), ("scaled", "w")]
    assert graph.has_gradient(graph.loss)
    assert not any(graph.has_gradient(i) for i in (x, unused, data, aside))


def test_a_loss_must_be_a_scalar():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (2,), gradient=True)
    with pytest.raises(BpdebugError, match=r"'w' has shape \(2\), but must be a scalar"):
        builder.finish(w)


def test_a_name_stands_once():
    builder = GraphBuilder()
    builder.leaf("w", Kind.PARAMETER, ())
    with pytest.raises(BpdebugError, match="'w' is defined twice"):
        builder.leaf("w", Kind.INPUT, ())


def test_labels_as_an_operand_that_wants_a_gradient_are_refused():
    builder = GraphBuilder()
    scores = builder.leaf("scores", Kind.PARAMETER, (3,), gradient=True)
    label = builder.leaf("label", Kind.PARAMETER, (), gradient=True)
    with pytest.raises(BpdebugError, match=r"no derivative for its operand t \(label\)"):
        builder.apply(REGISTRY["cross_entropy"], (scores, label))


def test_the_recipe_is_data():
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (2, 3), gradient=True)
    total = builder.apply(REGISTRY["sum"], (a,), {"axis": 0}, source="sum(a, axis=0)")
    node = builder.nodes[total]
    assert node.op is REGISTRY["sum"]
    assert node.operands == (a,)
    assert node.options == {"axis": 0, "keepdims": False}
    assert node.label == "sum(a, axis=0)"
    assert builder.nodes[builder.constant(2.5)].label == "2.5"
    long = builder.apply(REGISTRY["negate"], (a,), source="a" * 500)
    assert len(builder.nodes[long].label) == 80


def test_layers_of_a_network():
    graph = network((2, 3, 4, 1))
    named = [(k.number, graph.nodes[k.pre_activation].name) for k in find_layers(graph)]
    assert named == [(1, "z1"), (2, "z2"), (3, "z3")]
    assert graph.nodes[find_layers(graph)[2].activation or 0].name == "y_hat"


def test_an_unnamed_pre_activation_is_a_layer_and_gets_a_name():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.INPUT, (2,))
    y = builder.leaf("y", Kind.INPUT, (2,))
    w = builder.leaf("w", Kind.PARAMETER, (2,), gradient=True)
    v = builder.leaf("v", Kind.PARAMETER, (2,), gradient=True)
    z = builder.apply(REGISTRY["multiply"], (w, x), name="z")
    h = builder.apply(REGISTRY["tanh"], (z,), name="h")
    bent = builder.apply(REGISTRY["relu"], (builder.apply(REGISTRY["multiply"], (h, v)),))
    out = builder.apply(REGISTRY["add"], (bent, w), name="out")
    error = builder.apply(REGISTRY["subtract"], (y, out))
    graph = builder.finish(
        builder.apply(REGISTRY["sum"], (builder.apply(REGISTRY["square"], (error,)),), name="L")
    )
    layers = find_layers(graph)
    assert [graph.nodes[k.pre_activation].name for k in layers] == ["z", "z_2"]
    assert graph.nodes[graph.names["z_2"]].operands == (h, v)
    assert layers[1].activation == bent


def test_layers_whose_gradient_is_never_computed_are_none():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.INPUT, ())
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    z = builder.apply(REGISTRY["square"], (x,), name="z")
    h = builder.apply(REGISTRY["tanh"], (z,), name="h")
    graph = builder.finish(builder.apply(REGISTRY["multiply"], (w, h), name="L"))
    assert find_layers(graph) == ()


def test_a_constant_holds_its_value():
    builder = GraphBuilder()
    two = builder.constant(2.0)
    assert builder.nodes[two].value == np.float64(2.0)
    assert builder.nodes[two].is_leaf
