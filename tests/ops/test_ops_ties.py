"""maximum and minimum on a tie: two values share the gradient, a number takes it as relu does."""

import numpy as np
import pytest

from bpdebug.expression import build
from bpdebug.graph import Engine, GraphBuilder, Kind

Z = np.array([-1.5, 0.0, 0.0, 2.0])


def recorded(text, values):
    """The pass of L = sum(h), where h is an expression of z and, where it names one, of v."""
    builder = GraphBuilder()
    leaves = {
        builder.leaf(name, Kind.PARAMETER, np.shape(value), gradient=True): np.asarray(value)
        for name, value in values.items()
    }
    build(text, builder, "h")
    graph = builder.finish(build("sum(h)", builder, "L"))
    return Engine(graph).run(leaves)


@pytest.mark.parametrize(
    "text", ["maximum(0, z)", "maximum(z, 0)", "maximum(0.0, z)", "maximum(z, -0)"]
)
def test_a_maximum_with_the_number_0_is_relu(text):
    found, relu = recorded(text, {"z": Z}), recorded("relu(z)", {"z": Z})
    h = found.graph.node("h")
    np.testing.assert_array_equal(found.values[h.index], relu.values[relu.graph.names["h"]])
    np.testing.assert_array_equal(found.gradients[0], relu.gradients[0])
    assert h.rectified == relu.graph.node("h").rectified == 0
    assert "relu" in h.op.at_kink


@pytest.mark.parametrize(("text", "tie"), [("maximum(z, 1.5)", 1.5), ("minimum(-2, z)", -2.0)])
def test_any_number_that_is_written_out_wins_a_tie(text, tie):
    found = recorded(text, {"z": np.array([tie, tie + 1, tie - 1])})
    above = [0, 1, 0] if text.startswith("max") else [0, 0, 1]
    np.testing.assert_array_equal(found.gradients[0], above)
    assert found.graph.node("h").rectified is None


@pytest.mark.parametrize("op", ["maximum", "minimum"])
@pytest.mark.parametrize("tie", [0.0, 3.0, np.inf, -np.inf])
def test_two_values_share_a_tie(op, tie):
    found = recorded(f"{op}(z, v)", {"z": np.array([tie, 1.0]), "v": np.array([tie, 2.0])})
    wins = [0.0, 1.0] if op == "maximum" else [1.0, 0.0]
    np.testing.assert_array_equal(found.gradients[0], [0.5, wins[0]])
    np.testing.assert_array_equal(found.gradients[1], [0.5, wins[1]])
    assert found.graph.node("h").rectified is None


def test_nan_wins_nothing_and_stays_nan():
    found = recorded("maximum(0, z)", {"z": np.array([np.nan, 1.0])})
    np.testing.assert_array_equal(found.gradients[0], [np.nan, 1.0])


@pytest.mark.parametrize("seed", range(5))
def test_zero_biases_make_no_difference_to_a_hand_written_relu(seed):
    rng = np.random.default_rng(seed)
    x = np.vstack([np.zeros(3), rng.normal(size=(3, 3))])
    values = {"X": x, "W": rng.normal(size=(3, 4)), "b": np.zeros(4)}
    by_hand = recorded("maximum(0, X @ W + b)", values)
    relu = recorded("relu(X @ W + b)", values)
    for a, b in zip(by_hand.gradients[:3], relu.gradients[:3], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(by_hand.gradients[2], np.sum(x @ values["W"] > 0, axis=0))


@pytest.mark.parametrize(("text", "on"), [("maximum(0, z)", 2), ("relu(z)", 2), ("exp(z)", None)])
def test_a_pass_knows_which_cells_stand_on_a_kink(text, on):
    run = recorded(text, {"z": Z})
    found = run.on_kink(run.graph.names["h"])
    assert (None if found is None else int(found.sum())) == on
