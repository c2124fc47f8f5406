"""A backward pass written by hand: right, wrong by itself, or following from what came in."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.mistakes import judge_own, own_report_lines
from bpdebug.mistakes.fresh.draws import fresh_runs
from bpdebug.mistakes.verdict import ArrayStatus
from bpdebug.run import Run
from bpdebug.scenario import bundled, load
from bpdebug.wording.script import SCREEN

pytestmark = pytest.mark.thorough

LAYERS = """
[inputs]
x = [0.8, -0.5, 1.2]
y = [0.3, -0.6]

[parameters]
W1 = [[0.4, -0.7, 0.2], [-0.3, 0.5, 0.9]]
b1 = [0.1, -0.2]
W2 = [[0.6, -0.8], [0.5, 0.7]]
b2 = [0.05, 0.15]

[graph]
h1 = "tanh(W1 @ x + b1)"
y_hat = "sigmoid(W2 @ h1 + b2)"
L = "0.5 * sum((y_hat - y) ** 2)"

[optimizer]
name = "adam"
learning_rate = 0.3
"""
BATCH = """
[inputs]
x = [[0.5, -1.2], [1.0, 0.3], [-0.7, 0.8], [0.1, 0.9], [-1.1, -0.4], [0.6, 1.3]]
labels = [1, 0, 2, 0, 1, 2]
classes = { value = [0, 1, 2], batch = false }

[parameters]
W1 = { shape = [4, 2], init = "xavier_uniform", seed = 7 }
b1 = { shape = [4], init = "zeros" }
W2 = { shape = [3, 4], init = "xavier_uniform", seed = 3 }
b2 = [0.1, 0.0, -0.1]

[graph]
z1 = "x @ W1.T + b1"
h1 = "relu(z1)"
scores = "h1 @ W2.T + b2"
L = "cross_entropy(scores, labels)"

[run]
batch_size = 4
"""
RIGHT = {
    "scores": "(softmax(scores) - (labels[:, None] == classes)) / 4",
    "W2": "grad(scores).T @ h1",
    "b2": "sum(grad(scores), axis=0)",
    "h1": "grad(scores) @ W2",
    "z1": "grad(h1) * (z1 > 0)",
    "W1": "grad(z1).T @ x",
    "b1": "sum(delta(1), axis=0)",
}


@pytest.fixture
def judged(tmp_path):
    def judge(scenario, lines):
        path = tmp_path / "own.toml"
        table = "".join(f'"{name}" = "{text}"\n' for name, text in lines.items())
        path.write_text(f"{scenario}\n[backward]\n{table}", encoding="utf-8")
        judge.run = Run(load(path))
        found = judge_own(judge.run)
        own_report_lines(judge.run, found, SCREEN)
        return found

    return judge


def states(found):
    """By line: empty where it is right, else whose error it is, with the mistakes' ids."""
    return {
        one.line.name: " ".join((one.blame.value, *one.ids)) if one.blame else ""
        for one in found.lines
    }


def test_a_right_pass_over_batches_is_right(judged):
    found = judged(BATCH, RIGHT)
    assert found.agrees
    assert set(states(found).values()) == {""}
    assert [round(run.graph(1).node("x").shape[0]) for run in fresh_runs(judged.run)] == [4, 5, 6]


def test_a_batchs_size_written_as_a_number_stands_for_it_in_all_its_forms(judged):
    for size in ("/ 4", "* 0.25", "* 2 / 8", "* (1 / 4)"):
        assert judged(BATCH, RIGHT | {"scores": RIGHT["scores"].replace("/ 4", size)}).agrees


def test_each_wrong_line_has_its_own_mistake_and_the_rest_follows(judged):
    lines = RIGHT | {"z1": "grad(h1)", "W1": "grad(z1).T @ x / 4"}
    assert states(judged(BATCH, lines)) == {
        **dict.fromkeys(RIGHT, ""),
        "z1": "own missing-local-derivative",
        "W1": "own averaged-again",
        "b1": "inherited",
    }


def test_the_same_mistake_in_every_layer_is_found_at_each(judged):
    scenario = LAYERS.replace("sigmoid(W2", "tanh(W2")
    found = judged(
        scenario,
        {
            "y_hat": "y_hat - y",
            "z_y_hat": "grad(y_hat)",
            "h1": "W2.T @ grad(z_y_hat)",
            "z_h1": "grad(h1)",
        },
    )
    assert states(found)["z_y_hat"] == states(found)["z_h1"] == "own missing-local-derivative"


def test_what_agrees_by_coincidence_is_wrong_on_other_data(judged):
    scenario = '[parameters]\nx = 2.0\n[graph]\nL = "x ** 2"'
    found = judged(scenario, {"x": "x * x"})
    (line,) = found.lines
    assert line.own
    assert line.only_fresh
    assert judged(scenario, {"x": "2 * x"}).agrees


def test_a_gradient_without_a_line_is_made_of_the_lines_above(judged):
    lines = {"y_hat": "y_hat - y", "z_h1": "grad(h1) * (1 - h1 ** 2)", "W1": "outer(grad(z_h1), x)"}
    assert judged(LAYERS, lines).agrees
    found = judged(LAYERS, lines | {"y_hat": "y - y_hat"})
    assert states(found) == {"y_hat": "own sign-flipped", "z_h1": "inherited", "W1": "inherited"}


def test_a_line_that_makes_up_for_a_wrong_one_is_right(judged):
    lines = {"y_hat": "2 * (y_hat - y)", "z_y_hat": "grad(y_hat) / 2 * y_hat * (1 - y_hat)"}
    assert states(judged(LAYERS, lines)) == {"y_hat": "own constant-factor", "z_y_hat": ""}


def test_a_wrong_shape_is_a_wrong_line_and_no_error(judged):
    found = judged(BATCH, RIGHT | {"b2": "grad(scores)"})
    line = next(one for one in found.lines if one.own)
    assert line.status is ArrayStatus.SHAPE
    assert line.ids == ("not-summed",)
    assert states(found)["h1"] == ""


def test_shapes_that_do_not_fit_one_another_are_a_wrong_line(judged):
    found = judged(BATCH, RIGHT | {"h1": "grad(scores) @ W2.T"})
    line = next(one for one in found.lines if one.own)
    assert (line.line.name, line.status) == ("h1", ArrayStatus.SHAPE)
    assert line.problem.startswith("matmul")
    assert states(found)["z1"] == ""  # from the right gradient, as h1 has none


def test_a_line_that_only_cannot_be_computed_from_a_wrong_one_follows(judged):
    found = judged(BATCH, RIGHT | {"h1": "sum(grad(scores) @ W2, axis=1)", "z1": "grad(h1) @ W1"})
    assert states(found)["z1"] == "own"
    found = judged(BATCH, RIGHT | {"scores": "sum(softmax(scores))"})
    assert states(found)["W2"] == "inherited"


def test_new_is_the_update_by_ones_own_gradient_and_the_scenarios_rule(judged):
    lines = {
        "z_y_hat": "(y_hat - y) * y_hat * (1 - y_hat)",
        "W2": "outer(grad(z_y_hat), h1)",
        "h1": "new(W2).T @ grad(z_y_hat)",
    }
    assert states(judged(LAYERS, lines))["h1"] == "own updated-weights"
    lines["W2"] = "outer(grad(z_y_hat), h1) * 0"
    found = judged(LAYERS, lines)
    assert states(found)["h1"] == ""  # with its gradient of 0, W2 stays as it is


def test_new_parameters_are_found_where_the_forward_pass_transposes_them(judged):
    scenario = BATCH.replace(" + b2", "").replace("b2 = [0.1, 0.0, -0.1]\n", "")
    scenario += '\n[optimizer]\nname = "adam"\nlearning_rate = 0.1\n'
    lines = RIGHT | {"h1": "grad(scores) @ new(W2)"}
    del lines["b2"]
    assert states(judged(scenario, lines))["h1"] == "own updated-weights"


def test_a_gradient_of_the_loss_itself_is_1(judged):
    lines = {"L": "1", "y_hat": "grad(L) * (y_hat - y)"}
    assert judged(LAYERS, lines).agrees
    found = judged(LAYERS, lines | {"L": "-1"})
    assert states(found)["y_hat"] == "inherited"
    assert states(found)["L"].startswith("own")
    assert judged(LAYERS, {"L": "1"}).numbers is None


def test_on_a_kink_both_sides_are_right(judged):
    scenario = '[parameters]\nx = [0.0, 1.0]\n[graph]\nh = "relu(x)"\nL = "sum(h * h) + sum(3 * h)"'
    for sign in (">", ">="):
        assert judged(scenario, {"h": "2 * h + 3", "x": f"grad(h) * (x {sign} 0)"}).agrees


def test_infinities_and_nan_are_told_and_crash_nothing(judged):
    found = judged(LAYERS, {"y_hat": "(y_hat - y) / 0", "z_y_hat": "log(0 - h1 * h1)"})
    assert {one.status for one in found.lines} == {ArrayStatus.NOT_FINITE}


def test_nonsense_is_wrong_without_a_name(judged):
    found = judged(LAYERS, {"y_hat": "y_hat * y + exp(y)"})
    (line,) = found.lines
    assert line.own
    assert line.explanations == ()
    assert found.numbers.verdict == "unknown"


@pytest.mark.parametrize("name", [name for name, _, _ in bundled()])
def test_fresh_data_is_like_the_scenarios(name):
    path = next(path for one, path, _ in bundled() if one == name)
    run = Run(load(path))
    drawn = fresh_runs(run)
    assert drawn or name == "nan_birth"
    for other in drawn:
        for key, values in run.problem.data.items():
            new = other.problem.data[key]
            assert new.ndim == values.ndim
            if values.ndim > 1 and values.shape[-1] > 1 and np.all(values.sum(-1) == 1):
                assert np.allclose(new.sum(-1), 1)
            if np.all(values > 0) and not np.all(values == 1):
                assert np.all(new != 0)
        assert other.graph(1).names == run.graph(1).names


def test_labels_stay_labels_and_what_belongs_to_them_stays_with_them(judged):
    judged(BATCH, RIGHT)
    for other in fresh_runs(judged.run):
        data = other.problem.data
        assert set(data["labels"]) <= {0, 1, 2}
        assert list(data["classes"]) == [0, 1, 2]
        assert (data["x"] < 0).any()
        assert len(data["x"]) == len(data["labels"])


def test_the_gradients_and_expectations_are_checked_as_without_lines(judged):
    judged(BATCH, RIGHT | {"z1": "grad(h1)"})
    assert check(judged.run).ok


PARTS = (
    "grad({})",
    "{}.T",
    "({} > 0)",
    "sum({}, axis=0)",
    "new(W2)",
    "0",
    "4",
    "1e300",
    "inf",
    "{}",
)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_lines_say_each_has_a_verdict(judged, seed):
    rng = np.random.default_rng(seed)
    scenario, names = (BATCH, list(RIGHT)) if seed % 2 else (LAYERS, ["y_hat", "W2", "h1", "W1"])
    scenario = scenario if "[optimizer]" in scenario else scenario + '[optimizer]\nname = "sgd"\n'
    lines = {"W2": RIGHT["W2"] if seed % 2 else "outer(y_hat - y, h1)"}
    for name in rng.permutation([one for one in names if one not in ("W2", "scores")])[:3]:
        known = ["h1", "x", *lines]
        parts = [str(rng.choice(PARTS)).format(rng.choice(known)) for _ in range(3)]
        parts = [p.replace("grad(x)", "x").replace("grad(h1)", "h1") for p in parts]
        signs = rng.choice(["*", "+", "/", "@"], 2)
        lines[str(name)] = f"({parts[0]} {signs[0]} {parts[1]}) {signs[1]} {parts[2]}"
    found = judged(scenario, lines)
    assert [one.line.name for one in found.lines] == list(lines)
    assert found.agrees == (not any(one.blame for one in found.lines))
    for one in found.lines:
        assert one.wrong == (one.status is not ArrayStatus.AGREES)
        assert not one.explanations or one.own
