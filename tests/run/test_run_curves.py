"""Curves: exact where they are sampled, true extremes between, for all that one may ask for."""

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.run import Cancelled, Run, progress
from bpdebug.run.curves import Curves
from tests.graphs import two_layer_problem
from tests.run.test_run_iterations import rows_problem

N = 50


def by_hand(name, run):
    """A quantity of every iteration, from the recorded iterations."""
    out = []
    for k in range(1, N + 1):
        it = run.iteration(k)
        graph = it.recorded.graph
        out.append(
            {
                "loss": it.loss,
                "norm(delta(1))": np.linalg.norm(it.recorded.gradients[graph.names["z1"]]),
                "norm(grad(W1))": np.linalg.norm(it.recorded.gradients[graph.names["W1"]]),
                "norm(change(W1)) / norm(value(W1))": np.linalg.norm(
                    it.after["W1"] - it.before["W1"]
                )
                / np.linalg.norm(it.before["W1"]),
                "W2[0, 0] - previous(W2)[0, 0]": it.after["W2"][0, 0] - it.before["W2"][0, 0]
                if k > 1
                else np.nan,
            }[name]
        )
    return np.array(out)


NAMES = (
    "loss",
    "norm(delta(1))",
    "norm(grad(W1))",
    "norm(change(W1)) / norm(value(W1))",
    "W2[0, 0] - previous(W2)[0, 0]",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_has_exact_values_and_true_extremes(name):
    problem = rows_problem(3, iterations=N)
    every = by_hand(name, Run(problem))
    curve = Curves(Run(problem)).curve(name, 5, N, 10)
    assert curve.iterations.tolist() == list(range(5, N + 1, 5))
    np.testing.assert_allclose(curve.values, every[curve.iterations - 1], rtol=1e-14)
    groups = [every[at - 1 : at + 4] for at in curve.iterations]
    np.testing.assert_allclose(curve.low, [g.min() for g in groups], rtol=1e-14)
    np.testing.assert_allclose(curve.high, [g.max() for g in groups], rtol=1e-14)


def test_several_are_computed_in_one_walk_and_then_kept(monkeypatch):
    from tests.run.test_run_iterations import count_passes

    run = Run(two_layer_problem(N))
    passes = count_passes(run, monkeypatch)
    curves = Curves(run)
    names = curves.names()
    found = curves.curves(names)
    assert len(passes) <= N + 2
    assert (
        set(names)
        == set(found)
        >= {"loss", "norm(delta(2))", "norm(grad(b1))", "norm(change(W2)) / norm(value(W2))"}
    )
    assert all(len(curve) == N and np.all(np.isfinite(curve.values)) for curve in found.values())
    del passes[:]
    assert curves.curves(names)["loss"] is found["loss"]
    assert not passes


def test_a_curve_may_be_cancelled_and_asked_for_again(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    run = Run(two_layer_problem(N))

    def stop(done, total):
        assert total <= N
        if done > 20:
            raise Cancelled

    run.progress = stop
    with pytest.raises(Cancelled):
        Curves(run).curve("norm(grad(W1))")
    run.progress = None
    again = Curves(run).curve("norm(grad(W1))")
    np.testing.assert_array_equal(
        again.values, Curves(Run(two_layer_problem(N))).curve("norm(grad(W1))").values
    )


@pytest.mark.parametrize(
    "name", ["grad(W1)", "norm(grad(W9))", "norm(change(x)) / norm(value(x))", "delta(7)", "1 +"]
)
def test_what_is_no_quantity_is_told(name):
    with pytest.raises(BpdebugError):
        Curves(Run(two_layer_problem(5))).curve(name)


def test_a_huge_gradient_has_the_norm_that_print_shows():
    problem = two_layer_problem(4)
    problem.data["y"] = np.array([1e200, -1e200])
    found = Curves(Run(problem)).curves(["norm(grad(b2))", "norm(change(b2)) / norm(value(b2))"])
    assert 1e199 < found["norm(grad(b2))"].values[0] < 1e201
    assert 1e199 < found["norm(change(b2)) / norm(value(b2))"].values[0] < 1e201


def test_a_parameter_of_zeros_has_no_relative_change_until_it_moves():
    zeros = {"W2": np.zeros((2, 2)), "b2": np.zeros(2)}
    problem = two_layer_problem(2)
    problem = two_layer_problem(2, parameters={**problem.parameters, **zeros})
    values = Curves(Run(problem)).curve("norm(change(W2)) / norm(value(W2))").values
    assert np.isinf(values[0])
    assert np.isfinite(values[1])


def test_the_curves_of_every_run_are_what_their_names_evaluate_to():
    run = Run(two_layer_problem(3))
    curves = Curves(run)
    for name in curves.names():
        usual, plain = curves.quantity(name), curves.quantity(f"({name})")
        for number in range(1, 4):
            iteration = run.iteration(number)
            assert plain(iteration) == pytest.approx(usual(iteration), rel=1e-14)


def test_a_curve_is_named_as_the_screen_shows_it():
    curves = Curves(Run(two_layer_problem(3)))
    for shown, typed in [
        ("‖δ₁‖", "norm(delta(1))"),
        ("‖∂L/∂W₁‖", "norm(grad(W1))"),
        ("‖ΔW₁‖ / ‖value(W₁)‖", "norm(change(W1)) / norm(value(W1))"),
    ]:
        np.testing.assert_allclose(curves.curve(shown).values, curves.curve(typed).values)


def test_values_in_any_iteration_are_those_of_points_or_are_computed(monkeypatch):
    from tests.run.test_run_iterations import count_passes

    run = Run(two_layer_problem(N))
    curves = Curves(run)
    names = ("loss", "norm(delta(1))")
    found = curves.curves(names, points=7)
    passes = count_passes(run, monkeypatch)
    at_point = curves.values_at(found, int(found["loss"].iterations[3]))
    assert not passes
    assert at_point["loss"] == found["loss"].values[3]
    between = curves.values_at(found, N - 1)
    every = curves.curves(names)
    assert between == {name: every[name].values[N - 2] for name in names}
