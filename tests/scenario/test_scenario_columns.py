"""One example a column: losses that take an axis, and a note where the graph shows the layout."""

import numpy as np
import pytest

from bpdebug.check import check_gradients
from bpdebug.run import Run
from tests.scenario.scenarios import loaded

COLUMNS = """
[inputs]
X = [[0.6, -0.4, 1.1], [-0.7, 0.9, 0.2], [0.3, 0.5, -0.8], [1.2, -0.1, 0.4]]
Y = [[1, 1, 0]]
[parameters]
W1 = [[0.2, -0.5, 0.4, 0.3], [0.6, 0.1, -0.3, 0.2], [-0.4, 0.7, 0.5, -0.1]]
b1 = [0.05, -0.1, 0.2]
W2 = [[0.8, -0.5, 0.6]]
b2 = [[0.05]]
[graph]
Z1 = "W1 @ X + b1[:, None]"
A1 = "relu(Z1)"
Z2 = "W2 @ A1 + b2"
A2 = "sigmoid(Z2)"
J = "LOSS"
"""
BY_HAND = "-mean(Y * log(A2) + (1 - Y) * log(1 - A2))"
VECTOR = """
[inputs]
X = [[1.0, 2.0], [0.5, -1.0], [0.2, 0.1]]
y = [1, 0, 1]
[parameters]
w = [0.3, -0.2]
[graph]
p = "sigmoid(X @ w)"
L = "binary_cross_entropy(p, y)"
"""


def first(text, tmp_path):
    run = Run(loaded(tmp_path, text))
    graph = run.graph()
    passed = run.iteration(1)
    return passed.loss, [passed.recorded.gradients[graph.names[n]] for n in run.problem.parameters]


def test_with_the_axis_of_the_units_the_loss_is_the_mean_over_columns(tmp_path):
    by_op = first(COLUMNS.replace("LOSS", "binary_cross_entropy(A2, Y, axis=0)"), tmp_path)
    by_hand = first(COLUMNS.replace("LOSS", BY_HAND), tmp_path)
    assert by_op[0] == pytest.approx(by_hand[0], rel=1e-12)
    for found, wanted in zip(by_op[1], by_hand[1], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-10)


def test_without_the_axis_the_values_stay_and_a_note_says_what_to_write(tmp_path):
    text = COLUMNS.replace("LOSS", "binary_cross_entropy(A2, Y)")
    (note,) = loaded(tmp_path, text).notes
    assert note.key == "graph.J"
    assert "one example a column; its mean is over 1, not over 3" in note.text
    assert "binary_cross_entropy(A2, Y, axis=0)" in note.remedy
    by_hand, _ = first(COLUMNS.replace("LOSS", BY_HAND), tmp_path)
    assert first(text, tmp_path)[0] == pytest.approx(3 * by_hand, rel=1e-12)


@pytest.mark.parametrize(
    "loss",
    [
        "binary_cross_entropy(A2, Y, axis=0)",
        "binary_cross_entropy(A2, Y, axis=-1)",
        'binary_cross_entropy(A2, Y, reduction="sum")',
        "mean_squared_error(A2, Y)",
        BY_HAND,
    ],
)
def test_there_is_no_note_where_nothing_is_left_open(loss, tmp_path):
    text = COLUMNS.replace("LOSS", loss.replace('"', "'"))
    assert loaded(tmp_path, text).notes == ()


def test_examples_in_rows_need_no_note(tmp_path):
    rows = (
        "[inputs]\nX = [[1.0, 2.0], [0.5, -1.0]]\nY = [[1], [0]]\n[parameters]\n"
        "W = [[0.3, -0.2]]\n[graph]\nA = 'sigmoid(X @ W.T)'\nL = 'binary_cross_entropy(A, Y)'"
    )
    assert loaded(tmp_path, rows).notes == ()


def test_a_vector_of_examples_is_noted_and_the_remedy_takes_their_mean(tmp_path):
    (note,) = loaded(tmp_path, VECTOR).notes
    assert "binary_cross_entropy(p[:, None], y[:, None])" in note.remedy
    mended = VECTOR.replace("(p, y)", "(p[:, None], y[:, None])")
    assert loaded(tmp_path, mended).notes == ()
    assert first(VECTOR, tmp_path)[0] == pytest.approx(3 * first(mended, tmp_path)[0], rel=1e-12)


def test_a_new_axis_has_the_right_gradient(tmp_path):
    run = Run(loaded(tmp_path, COLUMNS.replace("LOSS", BY_HAND)))
    assert all(checked.differing == 0 for checked in check_gradients(run))


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("b[:, None]", (3, 1)),
        ("b[None]", (1, 3)),
        ("b[None, :, None]", (1, 3, 1)),
        ("b[1:, None]", (2, 1)),
        ("c[0, None]", (1, 3)),
        ("c[None, 1, :, None]", (1, 3, 1)),
    ],
)
def test_none_in_an_index_adds_an_axis_as_in_numpy(key, shape, tmp_path):
    text = (
        "[parameters]\nb = [1.0, 2.0, 3.0]\nc = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]\n"
        f"[graph]\na = '{key}'\nL = 'sum(a ** 2)'"
    )
    graph = Run(loaded(tmp_path, text)).graph()
    assert graph.node("a").shape == shape
    values = {"b": np.arange(1.0, 4.0), "c": np.arange(1.0, 7.0).reshape(2, 3)}
    wanted = eval(key, {"__builtins__": {}}, values)
    found = Run(loaded(tmp_path, text)).iteration(1).recorded.values[graph.names["a"]]
    np.testing.assert_array_equal(found, wanted)


def test_batches_that_cut_features_are_noted(tmp_path):
    text = COLUMNS.replace("LOSS", "binary_cross_entropy(A2, Y, axis=0)")
    (note,) = loaded(tmp_path, f"{text}\n[run]\nbatch_size = 4\n").notes
    assert note.key == "run.batch_size"
    assert "sums over the rows of X: each column is an example" in note.text
    rows = text.replace("W1 @ X", "W1 @ X.T").replace(
        "X = [[0.6, -0.4, 1.1], [-0.7, 0.9, 0.2], [0.3, 0.5, -0.8], [1.2, -0.1, 0.4]]",
        "X = [[0.6, -0.7, 0.3, 1.2], [-0.4, 0.9, 0.5, -0.1], [1.1, 0.2, -0.8, 0.4]]",
    )
    assert loaded(tmp_path, f"{rows}\n[run]\nbatch_size = 3\n").notes == ()


def test_the_note_does_not_count_where_units_and_examples_are_as_many(tmp_path):
    text = (
        "[inputs]\nX = [[0.6, -0.4], [0.3, 0.5]]\nY = [[1, 0], [0, 1]]\n[parameters]\n"
        'W = [[0.2, -0.5], [0.6, 0.1]]\n[graph]\nZ = "W @ X"\nJ = "cross_entropy(Z, Y)"\n'
    )
    (note,) = loaded(tmp_path, text).notes
    assert "its mean is over units, not over examples" in note.text
