"""Blame: with all intermediates the first wrong array is one's own, and what follows is not."""

import numpy as np
import pytest

from tests.mistakes.by_hand import numbers, of_parameters
from tests.mistakes.judging import ids, judged, run_of, statuses
from tests.mistakes.networks import NETWORKS
from tests.mistakes.planted import PLANTED

pytestmark = pytest.mark.thorough

ONE_LINE = [row for row in PLANTED if len(row.lines) == 1 and not NETWORKS[row.network].update]


@pytest.mark.parametrize("row", ONE_LINE[::3], ids=lambda row: f"{row.id}, {row.network}")
def test_only_the_line_that_is_wrong_is_accused(row, tmp_path):
    network = NETWORKS[row.network]
    right, wrong = numbers(network), numbers(network, row.lines)
    verdict = judged(tmp_path, run_of(tmp_path, network.scenario), wrong)
    own = f"grad({next(iter(row.lines))[2:]})"
    for name, (status, blame) in statuses(verdict).items():
        same = wrong[name].shape == right[name].shape and np.allclose(wrong[name], right[name])
        assert (status == "agrees") == same, name
        assert blame == (None if same else "own" if name == own else "inherited"), name


def test_two_wrong_lines_are_both_accused(tmp_path):
    network = NETWORKS["dense"]
    wrong = numbers(network, {"d_z3": "d_y_hat", "d_z1": "d_h1 * h1 * (1 - h1)"})
    verdict = judged(tmp_path, run_of(tmp_path, network.scenario), wrong)
    assert sorted(ids(verdict)) == ["missing-local-derivative", "wrong-derivative"]
    own = [name for name, (_, blame) in statuses(verdict).items() if blame == "own"]
    assert own == ["grad(z3)", "grad(z1)"]


def test_what_nothing_explains_is_own_where_all_came_in_and_the_rest_inherited(tmp_path):
    network = NETWORKS["relu"]
    noise = np.random.default_rng(1).normal(size=(6, 5)).tolist()
    wrong = numbers(network, {"d_z1": f"np.array({noise})"})
    found = {key: wrong[key] for key in ("grad(z2)", "grad(h1)", "grad(z1)", "grad(W1)")}
    verdict = judged(tmp_path, run_of(tmp_path, network.scenario), found)
    assert verdict.verdict == "unknown"
    assert not verdict.explanations
    assert statuses(verdict) == {
        "grad(z2)": ("agrees", None),
        "grad(h1)": ("agrees", None),
        "grad(z1)": ("differs", "own"),
        "grad(W1)": ("differs", "inherited"),
    }


def test_without_what_came_in_the_blame_is_unknown_or_follows_the_name(tmp_path):
    network = NETWORKS["relu"]
    run = run_of(tmp_path, network.scenario)
    named = judged(tmp_path, run, of_parameters(network, numbers(network, {"d_z1": "d_h1"})))
    told = statuses(named)
    assert ids(named) == ["missing-local-derivative"]
    assert told["grad(W2)"] == ("agrees", None)
    assert told["grad(W1)"] == told["grad(b1)"] == ("differs", "inherited")
    strange = {"b1": np.array([3.0, -1.0, 4.0, 1.0, -5.0])}
    assert statuses(judged(tmp_path, run, strange)) == {"grad(b1)": ("differs", "unknown")}


def test_a_wrong_value_of_the_forward_pass_is_own_and_gradients_are_judged_with_it(tmp_path):
    network = NETWORKS["dense"]
    run = run_of(tmp_path, network.scenario)
    recorded = run.iteration(1).recorded
    h2 = recorded.values[recorded.graph.names["h2"]] + 0.1
    verdict = judged(tmp_path, run, {"value(h2)": h2, **numbers(network)})
    assert statuses(verdict)["value(h2)"] == ("differs", "own")


def test_an_error_of_the_second_iteration_is_told_there(tmp_path):
    network = NETWORKS["sgd"]
    wrong = numbers(network)
    wrong["grad(W2)@2"] = 3.7 * wrong["grad(W2)@2"]
    run = run_of(tmp_path, network.scenario)
    found = {key: wrong[key] for key in ("grad(W2)", "grad(W2)@2", "grad(b1)@2")}
    told = statuses(judged(tmp_path, run, found))
    assert told["grad(W2)"] == ("agrees", None)
    assert told["grad(W2)@2"][0] == "differs"
    assert told["grad(b1)@2"] == ("agrees", None)
