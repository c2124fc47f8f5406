"""Iterations: training, batches, checkpoints and replay."""

import numpy as np
import pytest

from bpdebug.optimizer import RULES, Rule, RuleLine
from bpdebug.run import Problem, Run
from bpdebug.ticks import Phase
from tests.graphs import MAZUR, network, two_layer_problem


def by_hand(iterations: int) -> tuple[list[float], dict[str, np.ndarray]]:
    """The two-layer network trained in plain numpy."""
    p = {name: np.array(value) for name, value in MAZUR.items()}
    x, y = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    losses = []
    for _ in range(iterations):
        h = 1 / (1 + np.exp(-(p["W1"] @ x + p["b1"])))
        o = 1 / (1 + np.exp(-(p["W2"] @ h + p["b2"])))
        losses.append(0.5 * np.sum((o - y) ** 2))
        d2 = (o - y) * o * (1 - o)
        d1 = (p["W2"].T @ d2) * h * (1 - h)
        p["W2"] = p["W2"] - 0.5 * np.outer(d2, h)
        p["b2"] = p["b2"] - 0.5 * d2
        p["W1"] = p["W1"] - 0.5 * np.outer(d1, x)
        p["b1"] = p["b1"] - 0.5 * d1
    return losses, p


def rows_problem(batch_size: int | None, rows: int = 7, **changes: object) -> Problem:
    """A 3-2-1 network on `rows` rows of random data."""
    rng = np.random.default_rng(5)
    first = network((3, 2, 1), 1)
    given: dict[str, object] = {
        "title": "rows",
        "build": lambda count: network((3, 2, 1), count or rows),
        "data": {"x": rng.normal(size=(rows, 3)), "y": rng.normal(size=(rows, 1))},
        "parameters": {
            node.name: rng.normal(size=node.shape) for node in first.nodes if node.name[0] in "Wb"
        },
        "batched": frozenset("xy"),
        "rule": RULES["sgd"],
        "settings": {"learning_rate": 0.1},
        "iterations": 12,
        "batch_size": batch_size,
    }
    return Problem(**{**given, **changes})  # type: ignore[arg-type]


def same(one, two):
    assert one.loss == two.loss
    assert one.rows == two.rows
    for name in one.before:
        np.testing.assert_array_equal(one.before[name], two.before[name])
        np.testing.assert_array_equal(one.after[name], two.after[name])
    for a, b in zip(one.recorded.contributions, two.recorded.contributions, strict=True):
        np.testing.assert_array_equal(a, b)


def test_training_is_what_plain_numpy_gives():
    run = Run(two_layer_problem(200))
    losses, parameters = by_hand(200)
    last = run.iteration(200)
    for name, value in parameters.items():
        np.testing.assert_allclose(last.after[name], value, rtol=1e-12)
    np.testing.assert_allclose(list(run.walk_losses(1, 200)), losses, rtol=1e-12)


@pytest.mark.parametrize("batch_size", [None, 3])
def test_an_iteration_is_the_same_however_one_came_to_it(batch_size):
    problem = rows_problem(batch_size, iterations=300)
    walked = Run(problem)
    forward = {k: walked.iteration(k) for k in range(1, 301)}
    jumped = Run(problem)
    for number in (300, 1, 150, 151, 149, 299, 7, 8):
        same(jumped.iteration(number), forward[number])
    for number in (299, 298, 100, 2):
        same(walked.iteration(number), forward[number])


def test_each_iteration_begins_where_the_one_before_ended():
    run = Run(rows_problem(3))
    for number in range(1, 12):
        after, before = run.iteration(number).after, run.iteration(number + 1).before
        for name in after:
            np.testing.assert_array_equal(after[name], before[name])


def count_passes(run: Run, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    passes: list[int] = []
    real = Run._pass

    def counted(self, *given):
        passes.append(1)
        return real(self, *given)

    monkeypatch.setattr(Run, "_pass", counted)
    return passes


def test_walking_on_runs_each_iteration_once(monkeypatch):
    run = Run(two_layer_problem(5000))
    passes = count_passes(run, monkeypatch)
    for number in range(1, 501):
        run.iteration(number)
    assert len(passes) == 500


def test_going_back_costs_no_more_than_the_distance_between_checkpoints(monkeypatch):
    run = Run(two_layer_problem(5000))
    run.iteration(5000)
    assert run.spacing <= 5000 // 60
    passes = count_passes(run, monkeypatch)
    run.iteration(2600)
    assert len(passes) <= run.spacing
    del passes[:]
    for number in range(2599, 2589, -1):
        run.iteration(number)
    assert len(passes) <= run.spacing + 10


def test_batches_cover_every_row_once_an_epoch_in_a_seeded_order():
    run = Run(rows_problem(3))
    epochs = [[run.iteration(k).rows for k in range(1 + 3 * e, 4 + 3 * e)] for e in range(3)]
    for epoch in epochs:
        assert [len(rows or ()) for rows in epoch] == [3, 3, 1]
        assert sorted(row for rows in epoch for row in rows or ()) == list(range(7))
    assert epochs[0] != epochs[1]
    again = Run(rows_problem(3))
    assert [again.iteration(k).rows for k in (1, 2, 3)] == epochs[0]
    other = Run(rows_problem(3, seed=1))
    assert [other.iteration(k).rows for k in (1, 2, 3)] != epochs[0]


def test_a_batch_uses_its_rows():
    problem = rows_problem(3)
    iteration = Run(problem).iteration(2)
    names = iteration.recorded.graph.names
    rows = list(iteration.rows or ())
    np.testing.assert_array_equal(iteration.recorded.values[names["x"]], problem.data["x"][rows])
    np.testing.assert_array_equal(iteration.recorded.values[names["y"]], problem.data["y"][rows])


def test_all_rows_at_once_stay_in_order():
    for size in (None, 7, 100):
        assert Run(rows_problem(size)).iteration(2).rows is None


def test_an_input_that_is_not_batched_is_used_whole():
    problem = rows_problem(3, batched=frozenset("x"))
    graph = Run(problem).graph()
    assert graph.node("x").shape == (3, 3)


def test_frozen_parameters_show_a_gradient_and_stay():
    problem = two_layer_problem(3, frozen=frozenset({"b1", "b2"}))
    iteration = Run(problem).iteration(3)
    graph = iteration.recorded.graph
    assert [graph.nodes[line.parameter].name for line in iteration.updates] == ["W1", "W2"]
    assert iteration.recorded.gradients[graph.names["b1"]] is not None
    np.testing.assert_array_equal(iteration.after["b1"], MAZUR["b1"])
    assert not np.array_equal(iteration.after["W1"], MAZUR["W1"])


def test_without_an_optimizer_there_are_no_update_ticks():
    run = Run(two_layer_problem(2, rule=None, settings={}))
    first, second = run.iteration(1), run.iteration(2)
    assert first.updates == ()
    assert first.timeline.total == first.timeline.backward_end
    assert first.loss == second.loss


def test_update_lines_are_ticks():
    iteration = Run(two_layer_problem(2)).iteration(1)
    timeline = iteration.timeline
    phases = [timeline.decode(p).phase for p in range(timeline.backward_end, timeline.total + 1)]
    assert phases == [Phase.BACKWARD] + [Phase.UPDATE] * 4
    line = iteration.updates[0]
    np.testing.assert_array_equal(line.before, iteration.before["W1"])
    np.testing.assert_array_equal(line.after, iteration.after["W1"])


def test_iterations_outside_the_run_are_refused():
    run = Run(two_layer_problem(3))
    for number in (0, 4):
        with pytest.raises(IndexError, match="outside 1 to 3"):
            run.iteration(number)
    assert Run(two_layer_problem(3), iterations=5).iteration(5).number == 5


def test_recording_leaves_the_problem_as_it_was():
    problem = two_layer_problem(3)
    kept = {name: value.copy() for name, value in problem.parameters.items()}
    Run(problem).iteration(3)
    for name, value in kept.items():
        np.testing.assert_array_equal(problem.parameters[name], value)


MOMENTUM = Rule(
    "heavy ball",
    settings={"learning_rate": 0.1, "mu": 0.9},
    states={"v": 0.0},
    lines=(
        RuleLine("v", "", "", "", lambda s: s["mu"] * s["v"] + s["g"]),
        RuleLine("theta", "", "", "", lambda s: s["theta"] - s["learning_rate"] * s["v"]),
    ),
)


def test_a_rule_with_a_state_keeps_it_through_checkpoints_and_replay():
    problem = two_layer_problem(300, rule=MOMENTUM, settings=MOMENTUM.settings)
    walked, jumped = Run(problem), Run(problem)
    for number in range(1, 301):
        walked.iteration(number)
    same(jumped.iteration(300), walked.iteration(300))
    same(jumped.iteration(120), walked.iteration(120))
    lines = jumped.iteration(2).updates
    assert len(lines) == 2 * 4
    first, second = lines[:2]
    assert (first.number, second.number) == (0, 1)
    np.testing.assert_array_equal(second.reads["v"], first.after)
    gradient = jumped.iteration(1).recorded.gradients[jumped.graph().names["W1"]]
    np.testing.assert_array_equal(first.before, gradient)
