"""A right gradient is never called wrong, however it is printed, laid out or scaled."""

import json

import numpy as np
import pytest

from tests.mistakes.by_hand import numbers, of_parameters
from tests.mistakes.judging import as_printed, judged, judged_json, run_of, statuses
from tests.mistakes.networks import NETWORKS, arrays

pytestmark = pytest.mark.thorough

GRAPHS = [name for name, network in NETWORKS.items() if not network.update]
PLAIN = ["dense", "relu", "shares", "recurrent"]
"""Without a normalisation, whose gradients cancel to less than four digits can show."""


def agrees(verdict):
    """That nothing is called wrong: each array agrees, or is undecidable at this precision."""
    assert verdict.verdict == "agrees", verdict.document()
    assert {status for status, _ in statuses(verdict).values()} <= {"agrees", "undecidable"}
    assert {blame for _, blame in statuses(verdict).values()} == {None}


def convention(verdict, *ids):
    """That all agrees under a convention."""
    assert verdict.verdict == "convention", verdict.document()
    assert [one.id for one in verdict.conventions] == list(ids)
    assert verdict.agrees


@pytest.mark.parametrize("name", GRAPHS)
def test_float32(name, tmp_path):
    run = run_of(tmp_path, NETWORKS[name].scenario)
    right = numbers(NETWORKS[name])
    agrees(judged(tmp_path, run, {key: value.astype(np.float32) for key, value in right.items()}))


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("digits", [3, 4, 6])
def test_printed_digits(name, digits, tmp_path):
    run = run_of(tmp_path, NETWORKS[name].scenario)
    agrees(judged_json(tmp_path, run, as_printed(numbers(NETWORKS[name]), digits)))


def test_one_rounded_array_beside_unrounded_ones(tmp_path):
    run = run_of(tmp_path, NETWORKS["dense"].scenario)
    right = {key: np.asarray(value).tolist() for key, value in numbers(NETWORKS["dense"]).items()}
    right["grad(b1)"] = np.round(right["grad(b1)"], 4).tolist()
    agrees(judged_json(tmp_path, run, right))


def test_what_rounding_hides_is_undecidable(tmp_path):
    run = run_of(tmp_path, NETWORKS["dense"].scenario)
    small = {"y_hat": numbers(NETWORKS["dense"])["grad(y_hat)"], "b1": np.zeros(4)}
    verdict = judged_json(tmp_path, run, as_printed(small, 1))
    assert statuses(verdict)["grad(b1)"] == ("undecidable", None)
    assert verdict.agrees


def test_computed_in_float32(tmp_path):
    network = NETWORKS["dense"]
    run = run_of(tmp_path, network.scenario)
    rough = {}
    rng = np.random.default_rng(0)
    for key, value in numbers(network).items():
        rough[key] = (value * (1 + 2.0**-23 * rng.normal(size=value.shape))).astype(np.float32)
    agrees(judged(tmp_path, run, rough))


@pytest.mark.parametrize("name", ["dense", "relu", "shares"])
def test_weights_stored_transposed_are_a_convention(name, tmp_path):
    run = run_of(tmp_path, NETWORKS[name].scenario)
    found = of_parameters(NETWORKS[name], numbers(NETWORKS[name]))
    convention(judged(tmp_path, run, {key: value.T for key, value in found.items()}), "layout")


def test_results_stored_a_column_an_example_are_a_convention(tmp_path):
    run = run_of(tmp_path, NETWORKS["dense"].scenario)
    found = {key: value.T for key, value in numbers(NETWORKS["dense"]).items()}
    convention(judged(tmp_path, run, found), "layout", "layout")


SCALES = [
    ("dense", 5.0, "reduction"),  # a sum over the five examples
    ("relu", 6.0, "reduction"),
    ("dense", 2.0, "half"),
    ("dense", -1.0, "sign"),
    ("relu", -1.0, "sign"),
    ("dense", 10.0, "reduction"),  # the sum, and no ½
    ("recurrent", -1.0, "sign"),
]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(("name", "factor", "id"), SCALES)
def test_sums_halves_and_signs_are_conventions(name, factor, id, alone, tmp_path):
    network = NETWORKS[name]
    found = numbers(network)
    found = of_parameters(network, found) if alone else found
    run = run_of(tmp_path, network.scenario)
    convention(judged(tmp_path, run, {k: factor * v for k, v in found.items()}), id)


@pytest.mark.parametrize("id", ["reduction", "half", "sign"])
def test_a_convention_names_its_setting(id, tmp_path):
    factor = {"reduction": 5.0, "half": 2.0, "sign": -1.0}[id]
    words = {"reduction": "a mean over 5", "half": "no ½", "sign": "minus the gradient"}[id]
    run = run_of(tmp_path, NETWORKS["dense"].scenario)
    found = {key: factor * value for key, value in numbers(NETWORKS["dense"]).items()}
    (told,) = judged(tmp_path, run, found).document()["conventions"]
    assert told["id"] == id
    assert words in told["setting"]


KINK = """
[inputs]
x = [[1.0, -2.0], [0.5, 1.0]]
[parameters]
W = [[2.0, 1.0], [0.3, -0.4], [1.0, 0.5]]
[graph]
z = "x @ W.T"
h = "relu(z)"
L = "sum(h * h) + sum(h)"
"""


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_on_a_kink_every_slope_is_right(slope, tmp_path):
    x = np.array([[1.0, -2.0], [0.5, 1.0]])
    z = x @ np.array([[2.0, 1.0], [0.3, -0.4], [1.0, 0.5]]).T
    assert np.any(z == 0)
    d_z = (2 * np.maximum(z, 0) + 1) * np.where(z == 0, slope, z > 0)
    run = run_of(tmp_path, KINK)
    recorded = run.iteration(1).recorded
    verdict = judged(tmp_path, run, {"z": d_z, "W": d_z.T @ x})
    agrees(verdict)
    if not np.array_equal(d_z, recorded.gradients[recorded.graph.names["z"]]):
        assert any("not checkable here" in note for note in verdict.notes)
        assert "undecidable" in {status for status, _ in statuses(verdict).values()}


def test_a_kink_beside_it_hides_no_wrong_number(tmp_path):
    run = run_of(tmp_path, KINK)
    recorded = run.iteration(1).recorded
    d_z = recorded.gradients[recorded.graph.names["z"]].copy()
    d_z[1, 0] = 3.1
    verdict = judged(tmp_path, run, {"z": d_z})
    assert statuses(verdict)["grad(z)"][0] == "differs"
    assert not verdict.agrees


def test_zeros_and_minus_zeros_agree(tmp_path):
    text = f"""
[inputs]
{arrays(x=(3, 2))}
[parameters]
W = [[0.0, 0.0]]
V = [[0.0]]
[graph]
h = "tanh(x @ W.T)"
L = "sum(h @ V.T)"
"""
    for zero in (0.0, -0.0):
        found = {"W": np.full((1, 2), zero), "V": np.full((1, 1), zero)}
        agrees(judged(tmp_path, run_of(tmp_path, text), found))


NOT_FINITE = """
[parameters]
x = [1.0, 0.0, 4.0]
w = [2.0, 0.0, 1.0]
[graph]
s = "sqrt(x)"
L = "sum(w * s)"
"""


def test_nan_and_infinities_in_both_agree(tmp_path):
    run = run_of(tmp_path, NOT_FINITE)
    right = {"w": [1.0, 0.0, 2.0], "x": run.iteration(1).recorded.gradients[0]}
    assert not np.all(np.isfinite(right["x"]))
    agrees(judged(tmp_path, run, right))


def test_a_nan_of_theirs_alone_is_told_with_its_cell(tmp_path):
    network = NETWORKS["dense"]
    found = of_parameters(network, numbers(network))
    found["grad(W2)"][1, 2] = np.nan
    verdict = judged(tmp_path, run_of(tmp_path, network.scenario), found)
    assert statuses(verdict)["grad(W2)"][0] == "not finite"
    assert not verdict.agrees
    assert json.dumps(verdict.document()["arrays"])


@pytest.mark.parametrize("name", PLAIN)
def test_central_differences_agree(name, tmp_path):
    network = NETWORKS[name]
    run = run_of(tmp_path, network.scenario)
    step = 1e-5
    found = {}
    values = dict(run.problem.parameters)
    for key, value in values.items():
        slope = np.zeros(value.shape)
        for cell in np.ndindex(value.shape):
            losses = []
            for sign in (1.0, -1.0):
                moved = value.copy()
                moved[cell] += sign * step
                losses.append(run.loss_of(run.iteration(1), {**values, key: moved}))
            slope[cell] = (losses[0] - losses[1]) / (2 * step)
        found[key] = slope
    agrees(judged(tmp_path, run, found))


@pytest.mark.parametrize("shape", [(4,), (1, 4), (4, 1)])
@pytest.mark.parametrize("ours", [(4,), (1, 4)])
def test_a_bias_may_be_a_row_a_column_or_neither(shape, ours, tmp_path):
    network = NETWORKS["dense"]
    text = network.scenario
    if ours == (1, 4):
        text = "\n".join(
            f"b1 = [{line[5:]}]" if line.startswith("b1 = ") else line for line in text.splitlines()
        )
    found = of_parameters(network, numbers(network))
    found["grad(b1)"] = found["grad(b1)"].reshape(shape)
    agrees(judged(tmp_path, run_of(tmp_path, text), found))


@pytest.mark.parametrize("name", ["sgd", "adam", "nesterov"])
def test_parameters_after_an_update_agree_as_they_are_printed(name, tmp_path):
    network = NETWORKS[name]
    run = run_of(tmp_path, network.scenario)
    for digits in (4, 6):
        agrees(judged_json(tmp_path, run, as_printed(numbers(network), digits)))
    # A change is a difference of two numbers, and no more exact than they are.
    found = numbers(network)
    before = dict(run.problem.parameters)
    changes = {f"change({n})": found[f"new({n})"] - np.asarray(before[n]) for n in before}
    recorded = run.iteration(1).recorded
    changes["value(z1)"] = recorded.values[recorded.graph.names["z1"]]
    agrees(judged(tmp_path, run, changes))


@pytest.mark.parametrize("name", ["two_layer", "xor"])
def test_the_gradient_of_the_loss_by_itself_is_1(name, tmp_path):
    from bpdebug.run import Run
    from bpdebug.scenario import find, load

    agrees(judged(tmp_path, Run(load(find(name))), {"loss": 1.0}))
