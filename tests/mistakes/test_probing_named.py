"""A mistake in a backward function is named first and alone, also where the numbers given tell it
from no other: square weights, as many rows as classes, positive numbers, a single row."""

import numpy as np
import pytest

from bpdebug.mistakes import judge_function
from tests.mistakes.functions import (
    CLASSIC,
    MLP,
    PROGRAMS,
    SHARES,
)
from tests.mistakes.judging import ids, statuses

PLANTED = [
    ("classic", "missing-local-derivative", {"d_z1": "d_h1"}),
    ("classic", "missing-upstream", {"d_z1": "(z1 > 0) * 1.0"}),
    ("classic", "wrong-derivative", {"d_z1": "d_h1 * np.where(z1 > 0, 1.0, 0.01)"}),
    ("classic", "extra-local-derivative", {"d_z2": "(p - one_hot(y, p)) / len(x) * p * (1 - p)"}),
    ("classic", "mask-from-upstream", {"d_z1": "np.maximum(d_h1, 0)"}),
    ("classic", "transposed", {"d_W2": "d_z2.T @ h1"}),
    ("classic", "wrong-operand", {"d_W2": "z1.T @ d_z2"}),
    ("classic", "not-summed", {"d_b2": "d_z2"}),
    ("classic", "summed-too-far", {"d_b1": "d_z1.sum() + 0 * b1"}),
    ("classic", "averaged-again", {"d_b2": "d_z2.mean(axis=0)"}),
    ("classic", "batch-factor", {"d_z1": "d_h1 * (z1 > 0) / len(x)"}),
    ("classic", "batch-factor", {"d_z2": "(p - one_hot(y, p)) / len(x) ** 2"}),
    ("classic", "constant-factor", {"d_W1": "2 * x.T @ d_z1"}),
    ("classic", "constant-factor", {"d_z2": "(p - one_hot(y, p)) / p.shape[1]"}),
    ("classic", "sign-flipped", {"d_z1": "-d_h1 * (z1 > 0)"}),
    ("mlp", "derivative-at-output", {"d_z1": "d_h1 * sigmoid(h1) * (1 - sigmoid(h1))"}),
    ("mlp", "derivative-formula-at-input", {"d_z1": "d_h1 * z1 * (1 - z1)"}),
    ("mlp", "wrong-derivative", {"d_z2": "d_h2 * h2 * (1 - h2)"}),
    ("mlp", "missing-local-derivative", {"d_z3": "d_y_hat"}),
    ("mlp", "extra-local-derivative", {"d_z3": "d_y_hat * (y_hat * (1 - y_hat)) ** 2"}),
    ("mlp", "wrong-operand", {"d_W2": "d_z2.T @ z1"}),
    ("shares", "softmax-diagonal", {"d_z": "d_p * p * (1 - p)"}),
    ("batch norm", "missing-local-derivative", {"d_n": "d_o"}),
    ("batch norm", "path-missing", {"d_z": "d_c"}),
    ("batch norm", "path-missing", {"d_c": "d_n / s"}),
    ("batch norm", "not-summed", {"d_beta": "d_o"}),
    ("batch norm", "sign-flipped", {"d_mu": "d_c.sum(axis=0)"}),
    ("recurrent", "path-missing", {"d_h2": "d_y2 @ Wy.T", "d_h1": "d_y1 @ Wy.T"}),
    ("recurrent", "path-missing", {"d_Wx": "x1.T @ d_a1 + x3.T @ d_a3"}),
    ("recurrent", "path-repeated", {"d_h2": "d_y2 @ Wy.T + 2 * d_a3 @ Wh.T"}),
    ("recurrent", "not-transposed", {"d_h2": "d_y2 @ Wy.T + d_a3 @ Wh"}),
    ("tokens", "index-overwritten", {"d_C": "set_at(C, tokens, d_e)"}),
    ("attention", "softmax-diagonal", {"d_a": "d_p * p * (1 - p)"}),
    ("attention", "wrong-operand", {"d_q": "d_a @ q"}),
    # At the numbers given, these are as good as another mistake, or as none.
    ("classic all fours", "not-transposed", {"d_h1": "d_z2 @ W2"}),
    ("classic all fours", "transposed", {"d_W2": "d_z2.T @ h1"}),
    ("classic all fours", "averaged-again", {"d_W1": "x.T @ d_z1 / len(x)"}),
    ("classic all fours", "constant-factor", {"d_W1": "x.T @ d_z1 / W1.shape[0]"}),
    ("classic all fours", "constant-factor", {"d_W1": "x.T @ d_z1 / 4"}),
    ("classic as many rows as classes", "batch-factor", {"d_z1": "d_h1 * (z1 > 0) / len(x)"}),
    (
        "classic as many rows as classes",
        "constant-factor",
        {"d_z1": "d_h1 * (z1 > 0) / W2.shape[1]"},
    ),
    (
        "classic as many rows as classes",
        "constant-factor",
        {"d_z2": "(p - one_hot(y, p)) / p.shape[1]"},
    ),
    ("mlp all threes", "not-transposed", {"d_h1": "d_z2 @ W2.T"}),
    ("mlp all threes", "transposed", {"d_W2": "h1.T @ d_z2"}),
    ("mlp all threes", "batch-factor", {"d_z1": "d_h1 * h1 * (1 - h1) / len(x)"}),
    ("mlp all threes", "constant-factor", {"d_z1": "d_h1 * h1 * (1 - h1) / 3"}),
    ("classic of one row", "averaged-again", {"d_W1": "x.T @ d_z1 / len(x)"}),
    ("classic of one row", "batch-factor", {"d_z1": "d_h1 * (z1 > 0) / len(x)"}),
    ("classic of one row", "not-summed", {"d_b2": "d_z2"}),
    ("mlp of one row", "not-summed", {"d_b3": "d_z3"}),
]


def called(row):
    return f"{row[1]} in {row[0]}: {next(iter(row[2]))}"


FIRST = {row[1]: row for row in reversed(PLANTED)}
"""By mistake: its first row. The others run with the long searches."""


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, marks=() if row is FIRST[row[1]] else pytest.mark.thorough)
        for row in PLANTED
    ],
    ids=called,
)
def test_a_mistake_is_named_alone(row, tmp_path):
    program, wanted, wrong = row
    verdict = PROGRAMS[program].verdict(tmp_path, wrong)
    assert verdict.verdict == "named"
    assert not verdict.agrees
    assert [ids(verdict)] == [[wanted]]
    assert len(verdict.explanations) == 1
    assert any(one.wrong for one in verdict.arrays)


def test_what_is_right_at_the_numbers_given_is_told_from_drawn_ones(tmp_path):
    verdict = PROGRAMS["mlp of one row"].verdict(tmp_path, {"d_b3": "d_z3"})
    assert statuses(verdict)["grad(b3)"][0] == "shape"
    assert any(note.startswith("right at the numbers given") for note in verdict.notes)


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("missing-local-derivative", "d_h1"),
        ("mask-from-upstream", "d_h1 * (d_h1 > 0)"),
        ("wrong-derivative", "d_h1 * np.where(z1 > 0, 1.0, 0.01)"),
    ],
)
def test_a_gate_is_told_where_every_given_unit_is_on(wanted, line, tmp_path):
    text = CLASSIC.scenario.replace("-", "")
    assert text != CLASSIC.scenario
    run = CLASSIC.run(tmp_path, text=text)
    assert np.all(run.iteration(1).recorded.values[run.graph(1).names["z1"]] > 0)
    verdict = judge_function(run, CLASSIC.function({"d_z1": line}))
    assert verdict.verdict == "named"
    assert ids(verdict) == [wanted]


@pytest.mark.parametrize(
    ("wanted", "line"), [("averaged-again", "d_z2.mean(axis=0)"), ("not-summed", "d_z2")]
)
def test_two_mistakes_are_both_named(wanted, line, tmp_path):
    verdict = CLASSIC.verdict(tmp_path, {"d_b2": line, "d_z1": "d_h1"})
    assert verdict.verdict == "named"
    assert set(ids(verdict)) == {wanted, "missing-local-derivative"}


def test_a_mistake_beside_a_size_that_is_a_number_is_named(tmp_path):
    wrong = {"d_z2": "(p - one_hot(y, p)) / 6", "d_z1": "d_h1"}
    verdict = CLASSIC.verdict(tmp_path, wrong)
    assert ids(verdict) == ["missing-local-derivative"]
    assert any("judged at the sizes given" in note for note in verdict.notes)


def test_what_no_mistake_explains_is_said(tmp_path):
    verdict = SHARES.verdict(tmp_path, {"d_W": "x.T @ d_z + 0.3 * W ** 2"})
    assert verdict.verdict == "unknown"
    assert not verdict.agrees
    assert statuses(verdict)["grad(b)"][0] == "agrees"


def test_returned_intermediates_say_where_it_is(tmp_path):
    verdict = MLP.verdict(tmp_path, {"d_z2": "d_h2"}, ("W1", "z2", "h1"))
    assert ids(verdict) == ["missing-local-derivative"]
    assert statuses(verdict) == {
        "grad(W1)": ("differs", "inherited"),
        "grad(z2)": ("differs", "own"),
        "grad(h1)": ("differs", "inherited"),
    }


@pytest.mark.parametrize("update", ["", '[optimizer]\nname = "sgd"\nlearning_rate = 0.5\n'])
def test_gradients_that_are_never_cleared(update, tmp_path):
    kept: dict[str, np.ndarray] = {}
    right = CLASSIC.function()

    def backward(x, y, W1, b1, W2, b2):
        for name, gradient in right(x, y, W1, b1, W2, b2).items():
            kept[name] = kept.get(name, 0.0) + gradient
        return dict(kept)

    for _ in range(2):  # the second time, there is something in them already
        verdict = judge_function(CLASSIC.run(tmp_path, update), backward)
        assert verdict.verdict == "named"
        assert ids(verdict) == ["not-cleared"]


def test_a_mistake_beside_gradients_that_are_never_cleared(tmp_path):
    kept: dict[str, np.ndarray] = {}
    wrong = CLASSIC.function({"d_z1": "d_h1"})

    def backward(**arrays):
        for name, gradient in wrong(**arrays).items():
            kept[name] = kept.get(name, 0.0) + gradient
        return kept

    verdict = judge_function(CLASSIC.run(tmp_path), backward)
    assert sorted(ids(verdict)) == ["missing-local-derivative", "not-cleared"]


def test_a_function_that_draws_at_random_is_told_so(tmp_path):
    rng = np.random.default_rng(1)
    verdict = judge_function(SHARES.run(tmp_path), lambda W: {"W": rng.normal(size=W.shape)})
    assert verdict.verdict == "unknown"
    assert any("draws at random" in note for note in verdict.notes)


HIDING = {
    "classic": ("classic all fours", "classic as many rows as classes", "classic of one row"),
    "mlp": ("mlp all threes", "mlp of one row"),
}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("row", "name"),
    [(row, name) for row in PLANTED for name in HIDING.get(row[0], ())],
    ids=lambda one: one if isinstance(one, str) else called(one),
)
def test_it_is_named_alone_at_sizes_that_hide_it(row, name, tmp_path):
    _, wanted, wrong = row
    verdict = PROGRAMS[name].verdict(tmp_path, wrong)
    assert (verdict.verdict, [ids(verdict)]) == ("named", [[wanted]])
