"""Watches and conditions call composites: their lines are evaluated, over what is known by then."""

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import NotComputed, build, evaluate, evaluate_partly, reserved
from bpdebug.graph import GraphBuilder, Kind
from tests.expression.test_expression_evaluate import Shelf

X = np.array([[0.5, -1.0, 2.0], [1.0, 0.2, -0.3]])


@pytest.fixture
def shelf():
    return Shelf(x=X, g=[1.0, 2.0, 3.0], b=[0.0, 1.0, 0.0], t=[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])


def test_a_composite_is_evaluated_by_its_lines(shelf):
    centred = X - X.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    wanted = np.array([1.0, 2.0, 3.0]) * centred / deviation + np.array([0.0, 1.0, 0.0])
    np.testing.assert_allclose(evaluate("layer_norm(x, g, b)", shelf), wanted, rtol=1e-14)
    assert evaluate("l1(x, t)", shelf) == pytest.approx(np.abs(X - [[0.0], [1.0]]).mean())
    assert evaluate("max(std(x, axis=1)) > 1", shelf) is True


def test_a_composite_may_have_constants_and_composites_in_it(shelf):
    found = evaluate("scaled_dot_product_attention(x, x, x, causal=True)", shelf)
    np.testing.assert_allclose(found[0], X[0], rtol=1e-14)
    rows = "rnn(x, b[0:2], W, U, c, c)"
    shelf = Shelf(x=X, b=[0.1, 0.2, 0.3], W=np.ones((2, 3)), U=np.eye(2), c=[0.0, 0.5])
    h = np.array([0.1, 0.2])
    for row in X:
        h = np.tanh(row.sum() + h + np.array([0.0, 1.0]))
    np.testing.assert_allclose(evaluate(rows, shelf)[-1], h, rtol=1e-14)


def test_names_inside_a_composite_do_not_touch_those_of_the_graph():
    shelf = Shelf(mu=[1.0, 3.0], centred=[7.0, 7.0], a=[0.0, 0.0])
    assert evaluate("var(mu)", shelf) == 1.0


def test_what_is_not_computed_yet_is_never_taken_for_0():
    done = np.array([[True, True, True], [False, False, False]])
    shelf = Shelf({"x": (X, done, ~done)}, x=X, t=np.zeros((2, 3)))
    with pytest.raises(NotComputed, match="grad\\(x\\): not computed yet"):
        evaluate("l1(grad(x), t)", shelf)
    found = evaluate_partly('l1(grad(x), t, reduction="none")', shelf)
    np.testing.assert_array_equal(found.settled(), [[True] * 3, [False] * 3])
    np.testing.assert_array_equal(found.values[0], np.abs(X[0]))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("layer_norm(x, g)", "layer_norm takes 3 operands (x, gamma, beta), not 2"),
        ("layer_norm(x, x, b)", "layer_norm: gamma has shape (2, 3) and beta (3); both must"),
        ("huber(x, g)", "huber: the prediction has shape (2, 3), the target (3); they must be eq"),
        ("huber(x, t, delta=0)", "huber: delta must be above 0, not 0"),
        ("smooth_l1(x, t, beta=-1)", "smooth_l1: beta must be at least 0, not -1"),
        ("celu(x, alpha=0)", "celu: alpha must be above or below 0, not 0"),
        ("layer_norm(x, g, g, eps=-1)", "layer_norm: eps must be at least 0, not -1"),
        ("rms_norm(x, g, eps=-1e-9)", "rms_norm: eps must be at least 0, not -1e-09"),
        ("batch_norm(x, g, g, eps=-1)", "batch_norm: eps must be at least 0, not -1"),
        ("group_norm(x, g, g, eps=-1)", "group_norm: eps must be at least 0, not -1"),
        ("normalize(x, eps=-1)", "normalize: eps must be at least 0, not -1"),
        ("cosine_similarity(x, x, eps=-1)", "cosine_similarity: eps must be at least 0, not -1"),
        ('l1(x, t, reduction="avg")', 'l1: reduction is "mean" or "sum" or "none", not "avg"'),
        ("var(x, correction=6)", "correction=6 leaves no divisor"),
        ("normalize(x, axis=2)", "normalize: axis 2 is out of range"),
        ("cosine_similarity(x, g, axis=0)", "they must have equal sizes along axis 0"),
        ("batch_norm(g, b, b)", "x has 2 to 5 axes"),
        ("scaled_dot_product_attention(x, x, t, g)", "is added to scores of shape (2, 2)"),
        ("scaled_dot_product_attention(x, g, x)", "q is (…, queries, d), k (…, keys, d)"),
        ("multi_head_attention(x, x, x, x, g, x, g)", "the weights are (3E, E), (3E), (E, E)"),
        ("rnn_cell(g, b, x, x, g, g)", "rnn_cell: x has shape (3), h (3), W_ih (2, 3)"),
        ("lstm(g, b, b, x, x, g, g)", "it is (steps, features) or (steps, batch, features)"),
        ('rnn(x, b, x, x, g, g, nonlinearity="id")', 'nonlinearity is "tanh" or "relu", not "id"'),
    ],
)
def test_what_does_not_fit_is_said_with_the_shapes(shelf, text, says):
    with pytest.raises(BpdebugError) as caught:
        evaluate(text, shelf)
    assert says in caught.value.problem
    assert caught.value.problem.splitlines()[1].strip() == text


def test_a_node_may_have_the_name_of_a_composite():
    """Scenarios were free to call a node `var` before there was a function of that name."""
    shelf = Shelf(var=[1.0, 3.0], std=[2.0])
    assert evaluate("var(var)", shelf) == 1.0
    np.testing.assert_array_equal(evaluate("var / std", shelf), [0.5, 1.5])
    builder = GraphBuilder()
    builder.leaf("x", Kind.PARAMETER, (2,), gradient=True)
    build("x * 2", builder, "var")
    build("var(var) + sum(var)", builder, "L")
    assert builder.nodes[builder.names["L.var"]].op is not None
    assert reserved("any")
    assert not reserved("var")
    assert not reserved("sign")


@pytest.mark.parametrize("text", ["huber", "x + layer_norm"])
def test_a_composite_without_brackets_is_said_to_be_a_function(shelf, text):
    with pytest.raises(BpdebugError, match=r"is a function; write \w+\(…\)"):
        evaluate(text, shelf)
