"""Expressions become nodes: their names, their ops, their shapes, and errors with a caret."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, build, parse
from bpdebug.expression.limits import ELEMENTS, NODES
from bpdebug.graph import Engine, GraphBuilder, Kind

VALUES = {
    "W": np.array([[0.5, -1.0], [2.0, 0.25], [1.0, 3.0]]),
    "x": np.array([0.3, -0.7]),
    "X": np.arange(10.0).reshape(5, 2) / 7.0,
    "b": np.array([0.1, 0.2, 0.3]),
    "s": np.array(1.5),
}


def builder_with(**shapes):
    builder = GraphBuilder()
    for name, shape in (shapes or {k: v.shape for k, v in VALUES.items()}).items():
        builder.leaf(name, Kind.PARAMETER, shape, gradient=True)
    return builder


def value_of(text):
    """What the engine computes for an expression."""
    builder = builder_with()
    made = build(text, builder, "out")
    loss = build("sum(out)", builder, "total")
    graph = builder.finish(loss)
    assert graph.names["out"] == made
    leaves = {graph.names[name]: value for name, value in VALUES.items()}
    return np.asarray(Engine(graph).forward(leaves)[made])


W, x, X, b, s = VALUES.values()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W @ x + b", W @ x + b),
        ("X @ W.T + b", X @ W.T + b),
        ("b + W @ x", W @ x + b),
        ("-x ** 2", -(x**2)),
        ("2 ** -s", 2**-s),
        ("x / s - 1e-1", x / s - 0.1),
        ("W[0] * x", W[0] * x),
        ("W[-1, ::-1]", W[-1, ::-1]),
        ("X[1:3, 0]", X[1:3, 0]),
        ("mean(X, axis=0, keepdims=True)", X.mean(0, keepdims=True)),
        ("reshape(X, shape=(2, -1))", X.reshape(2, -1)),
        ("concat(x, b, x)", np.concatenate([x, b, x])),
        ("leaky_relu(x, slope=0.2)", np.where(x > 0, x, 0.2 * x)),
        ("outer(x, b)", np.outer(x, b)),
        ("x", x),
        ("-3", np.array(-3.0)),
    ],
)
def test_computes_what_it_says(text, expected):
    np.testing.assert_allclose(value_of(text), expected, rtol=1e-15)


def ops_of(text, **shapes):
    """Names of the ops that an expression makes, in order."""
    builder = builder_with(**shapes)
    build(text, builder, "out")
    return [node.op.name for node in builder.nodes if node.op is not None]


@pytest.mark.parametrize("text", ["W @ x + b", "X @ W.T + b", "(W @ x) + b"])
def test_a_dense_layer_is_one_node(text):
    assert ops_of(text) == ["affine"]


@pytest.mark.parametrize("shape", [(4, 2), (5, 4, 2), (6, 5, 4, 2)])
def test_a_dense_layer_of_a_stack_is_one_node(shape):
    assert ops_of("X @ W.T + b", X=shape, W=(3, 2), b=(3,)) == ["affine"]


def test_a_bias_that_is_stretched_is_added_apart():
    assert ops_of("W @ x + c", W=(3, 2), x=(2,), c=(1,)) == ["matmul", "add"]


def test_a_dense_layer_inside_an_expression_is_one_node_too():
    assert ops_of("sigmoid(W @ x + b) * 2") == ["affine", "sigmoid", "multiply"]


@pytest.mark.parametrize(("text", "rows"), [("W @ x + b", "x"), ("X @ W.T + b", "X")])
def test_operands_of_a_dense_layer_are_weights_input_and_bias(text, rows):
    builder = builder_with()
    node = builder.nodes[build(text, builder, "z")]
    assert [builder.nodes[i].name for i in node.operands] == ["W", rows, "b"]


@pytest.mark.parametrize(
    ("text", "ops"),
    [
        ("W @ x + s", ["matmul", "add"]),
        ("X @ W.T + s", ["transpose", "matmul", "add"]),
        ("W @ x + 1", ["matmul", "add"]),
        ("W @ x + W @ x", ["matmul", "matmul", "add"]),
        ("b + W @ x", ["matmul", "add"]),
        ("W @ x - b", ["matmul", "subtract"]),
        ("x @ W.T + b", ["transpose", "matmul", "add"]),
        ("W.T @ W @ x + x", ["transpose", "matmul", "affine"]),
        ("W @ W.T @ b + b", ["transpose", "matmul", "affine"]),
    ],
)
def test_what_is_no_dense_layer_stays_as_written(text, ops):
    assert ops_of(text) == ops


def test_intermediate_results_are_called_by_their_text():
    builder = builder_with()
    build("sum((x  -  s) ** 2)", builder, "L")
    assert [node.label for node in builder.nodes[-4:]] == ["x - s", "2", "(x - s) ** 2", "L"]


def test_a_bare_name_or_number_becomes_a_node_of_its_own():
    builder = builder_with()
    made = [build("x", builder, "same"), build("2", builder, "two")]
    assert [builder.nodes[i].name for i in made] == ["same", "two"]
    assert all(builder.nodes[i].kind is Kind.OP for i in made)


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("W @ X", "shape (3, 2) has j = 2, but b of shape (5, 2) has j = 5", "W @ X"),
        ("x + b", "shapes (2) and (3) do not fit together", "x + b"),
        ("1 + (x * b)", "along axis -1", "x * b"),
        ("W @ b + b", "matmul", "W @ b"),
        ("X @ W + b", "matmul", "X @ W"),
        ("x[2]", "2 is out of range for axis 0", "x[2]"),
        ("x[0, 0]", "2 indices for shape (2)", "x[0, 0]"),
        ("x[1:1]", "is empty", "x[1:1]"),
        ("sum(x, axis=1)", "axis 1 is out of range", "sum(x, axis=1)"),
        ("sum(x, 0)", "options are given by name, as in sum(a, axis=0)", "sum(x, 0)"),
        ("exp(x, x)", "exp takes 1 operand (a), not 2", "exp(x, x)"),
        ("reshape(X, shape=(3, 3))", "do not fill (3, 3)", "reshape(X, shape=(3, 3))"),
        ("reshape(X, shape=0)", "sizes are 1 or more", "reshape(X, shape=0)"),
        ("concat(W, x)", "must be equal except along axis 0", "concat(W, x)"),
        ("1 + hh", "unknown name 'hh'", "hh"),
        ("W1 @ x", "did you mean 'W'?", "W1"),
        (
            "squared_error(x, x, reduction='max')",
            'reduction is "mean" or "sum"',
            "squared_error(x, x, reduction='max')",
        ),
    ],
)
def test_errors_name_the_place(text, said, marked):
    with pytest.raises(BpdebugError) as caught:
        build(text, builder_with(), "out")
    problem, shown, carets = caught.value.problem.split("\n")
    assert said in problem
    at = carets.index("^")
    assert shown[at : at + carets.count("^")] == marked


def test_what_only_a_watch_may_say_makes_no_node():
    with pytest.raises(BpdebugError, match="makes no node"):
        build(parse("x < s", allow=Allow.WATCH), builder_with(), "out")


def test_a_gigantic_result_is_refused_before_it_is_made():
    builder = builder_with(u=(10_000,), v=(10_000,))
    with pytest.raises(BpdebugError, match=f"100,000,000 elements, more than {ELEMENTS:,}"):
        build("outer(u, v)", builder, "out")


def test_a_graph_does_not_grow_past_its_limit():
    builder = builder_with(v=())
    text = " + ".join(["v"] * 1_000)
    for at in range(20):
        build(text, builder, f"n{at}")
    with pytest.raises(BpdebugError, match=f"more than {NODES:,} nodes"):
        build(text, builder, "last")
    assert len(builder.nodes) == NODES
