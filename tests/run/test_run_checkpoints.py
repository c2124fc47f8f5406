"""Time travel: the same bytes by any route, a bounded number of passes, and bounded memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.run import Run, checkpoints
from bpdebug.run.checkpoints import Checkpoints, IterationStart
from bpdebug.run.series import Series
from tests.graphs import two_layer_problem
from tests.run.test_run_iterations import MOMENTUM, count_passes, rows_problem, same

N = 90
PROBLEMS = {
    "whole": rows_problem(None, iterations=N),
    "batches": rows_problem(3, iterations=N, rule=MOMENTUM, settings=MOMENTUM.settings),
}
STRAIGHT: dict[str, list] = {}


def straight(kind):
    """Every iteration, run in order without checkpoints of any use."""
    if kind not in STRAIGHT:
        run = Run(PROBLEMS[kind])
        STRAIGHT[kind] = [run.iteration(k) for k in range(1, N + 1)]
    return STRAIGHT[kind]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(PROBLEMS)),
    st.lists(st.integers(1, N), min_size=1, max_size=12),
    st.integers(2, 9),
    st.integers(2, 6),
)
def test_an_iteration_is_the_same_by_any_walk_through_time(kind, walk, far, near):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "MOST", far)
        patch.setattr(checkpoints, "FEWEST", far)
        patch.setattr(checkpoints, "NEAR", near)
        run = Run(PROBLEMS[kind])
        for number in walk:
            same(run.iteration(number), straight(kind)[number - 1])


def test_no_iteration_is_further_away_than_the_spacing(monkeypatch):
    run = Run(two_layer_problem(3000))
    run.iteration(3000)
    assert run.spacing <= 30
    passes = count_passes(run, monkeypatch)
    for number in (1500, 30, 2970, 1499, 1, 2999):
        del passes[:]
        run.iteration(number)
        assert len(passes) <= run.spacing


@pytest.mark.parametrize("iterations", [1, 64, 10_000, 10**7])
def test_checkpoints_are_few_and_near_at_any_length(iterations):
    kept = Checkpoints(IterationStart({"w": np.ones(3)}, {}), iterations)
    assert -(-iterations // kept.spacing) <= checkpoints.MOST
    assert kept.spacing <= max(1, iterations**0.5 / 2, iterations / checkpoints.MOST + 1)


def test_a_large_network_has_fewer_checkpoints():
    ten_mib = np.broadcast_to(0.0, 10 * 2**17)
    kept = Checkpoints(IterationStart({"w": ten_mib}, {}), 10_000)
    far = -(-10_000 // kept.spacing)
    assert far * ten_mib.nbytes <= checkpoints.FAR_BYTES
    assert len(kept) * ten_mib.nbytes <= checkpoints.NEAR_BYTES + ten_mib.nbytes


def test_memory_is_flat_in_the_number_of_iterations(monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 64)
    monkeypatch.setattr(checkpoints, "NEAR", 32)
    monkeypatch.setattr("bpdebug.run.run.EXACT", 64)

    def after(iterations):
        run = Run(two_layer_problem(iterations))
        run.iteration(200)
        tracemalloc.start()
        run.iteration(iterations)
        for number in range(iterations, iterations - 100, -1):
            run.iteration(number)
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return used

    assert after(6000) < 1.3 * after(1500)


def test_losses_beyond_those_kept_one_by_one_keep_their_extremes():
    kept = Series(12, most=4)
    values = [5.0, 1.0, 9.0, np.nan, 4.0, 6.0, np.nan, np.nan, np.nan, 2.0, np.inf, 3.0]
    for number, value in enumerate(values, 1):
        kept.add(number, value)
        kept.add(1, 77.0)
    curve = kept.curve(1, 12, 100)
    assert curve.iterations.tolist() == [1, 4, 7, 10]
    np.testing.assert_array_equal(curve.values, [5, np.nan, np.nan, 2])
    np.testing.assert_array_equal(curve.low, [1, 4, np.nan, 2])
    np.testing.assert_array_equal(curve.high, [9, 6, np.nan, np.inf])
    assert kept[10] == 2.0
    with pytest.raises(KeyError):
        kept[11]
    two = kept.curve(1, 12, 2)
    assert two.iterations.tolist() == [1, 7]
    np.testing.assert_array_equal(two.low, [1, 2])


def test_losses_are_known_up_to_where_the_run_has_come():
    run = Run(two_layer_problem(500))
    run.iteration(40)
    run.iteration(7)
    assert run.losses.last == 40
    assert len(run.losses.curve(1, 500, 1000)) == 40
    assert list(run.walk_losses(39, 42)) == [run.iteration(k).loss for k in range(39, 43)]
