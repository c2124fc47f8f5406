"""Comparing: what may be handed in, and the verdict that comes back."""

import io
import json
from collections import OrderedDict
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

import bpdebug
from bpdebug.cli.main import main


@pytest.fixture
def run():
    return bpdebug.load("two_layer")


@pytest.fixture
def right(run):
    """Gradients as somebody computes them who made no mistake."""
    v = run.values()
    dz2 = (v["y_hat"] - v["y"]) * v["y_hat"] * (1 - v["y_hat"])
    dz1 = (v["W2"].T @ dz2) * v["h1"] * (1 - v["h1"])
    return {"W2": np.outer(dz2, v["h1"]), "b2": dz2, "W1": np.outer(dz1, v["x"]), "b1": dz1}


@pytest.fixture
def wrong(run, right):
    """The same without σ′(z₁)."""
    v = run.values()
    dz1 = v["W2"].T @ right["b2"]
    return {**right, "W1": np.outer(dz1, v["x"]), "b1": dz1}


def test_what_is_right_agrees(run, right):
    verdict = run.compare(right)
    assert verdict
    assert verdict.agrees is True
    assert verdict.verdict == "agrees"
    assert [(one.name, one.status) for one in verdict.arrays] == [
        (f"grad({name})", "agrees") for name in right
    ]
    assert str(verdict) == "all 4 arrays agree to the 15 digits given"
    assert repr(verdict) == str(verdict)
    assert (verdict.explanations, verdict.conventions, verdict.separate) == ((), (), "")


def test_a_mistake_is_named(run, wrong):
    verdict = run.compare(wrong)
    assert not verdict
    assert verdict.verdict == "named"
    mistake = verdict.explanations[0].mistakes[0]
    assert (mistake.id, mistake.at, mistake.line) == ("missing-local-derivative", ("z1",), 7)
    differing = [one for one in verdict.arrays if one.status == "differs"]
    assert [one.name for one in differing] == ["grad(W1)", "grad(b1)"]
    assert all(one.relative_error > 0.1 for one in differing)
    assert {one.blame for one in verdict.arrays} <= {"own", "inherited", "unknown"}


def test_it_says_what_the_command_line_says(run, wrong, tmp_path, capsys):
    np.savez(tmp_path / "mine.npz", **wrong)
    verdict = run.compare(wrong)
    assert main(["two_layer", "--against", str(tmp_path / "mine.npz")]) == 1
    assert capsys.readouterr().out == f"{verdict}\n"
    main(["two_layer", "--against", str(tmp_path / "mine.npz"), "--format", "json"])
    assert json.loads(capsys.readouterr().out) == verdict.document()


def test_an_assertion_shows_the_report(run, wrong):
    verdict = run.compare(wrong)
    with pytest.raises(AssertionError, match="local derivative is left out"):
        assert verdict.agrees, verdict
    with pytest.raises(AssertionError, match="arrays differ"):
        assert verdict


@pytest.mark.parametrize("kind", [MappingProxyType, OrderedDict, dict])
def test_any_mapping_will_do(run, right, kind):
    assert run.compare(kind(right)).agrees


def test_every_key_of_the_command_line_will_do(run):
    deltas, updates = run.deltas(), run.updates()
    given = {
        "dW1": run.gradients()["W1"],
        "grad(b1)": run.gradients()["b1"],
        "delta(2)": deltas["z2"],
        "value(z1)": run.values()["z1"],
        "new(W1)": updates["W1"].after,
        "change(W2)": updates["W2"].change,
        "W2@2": run.gradients(2)["W2"],
    }
    verdict = run.compare(given)
    assert verdict.agrees, verdict
    assert [(one.name, one.iteration) for one in verdict.arrays][-1] == ("grad(W2)", 2)
    given["W2@2"] = given["W2@2"] * 1.5
    assert not run.compare(given)


def test_lists_have_the_precision_of_float64(run, right):
    assert run.compare({name: array.tolist() for name, array in right.items()}).agrees
    off = (right["W1"] * (1 + 1e-4)).tolist()
    assert not run.compare({"W1": off})


@pytest.mark.parametrize(("kind", "digits"), [(np.float32, 7), (np.float16, 4)])
def test_arrays_of_less_precision_are_held_to_that(run, right, kind, digits):
    verdict = run.compare({name: array.astype(kind) for name, array in right.items()})
    assert verdict.agrees
    assert f"to the {digits} digits" in str(verdict)


def test_nothing_is_changed_and_later_changes_change_nothing(run, wrong):
    before = {name: array.copy() for name, array in wrong.items()}
    verdict = run.compare(wrong)
    document = verdict.document()
    for name, array in wrong.items():
        np.testing.assert_array_equal(array, before[name])
        array[:] = 0.0
    assert verdict.document() == document


def test_another_layout_is_a_convention(run):
    v, g = run.values(), run.gradients()
    assert v["W1"].shape == (2, 2)
    verdict = run.compare({name: g[name].T for name in ("W1", "W2")})
    assert verdict
    assert [one.id for one in verdict.conventions] == ["layout"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "there are no numbers in it"),
        ({"W7": [1.0]}, r"W7: .*W7"),
        ({"W1": None}, "W1: it holds nothing, no real numbers"),
        ({"W1": "0.5"}, "W1: it holds values of type <U3, no real numbers"),
        ({"W1": [[1.0], [1.0, 2.0]]}, "W1: this list is no array of numbers"),
        ({"W1": np.zeros((0, 2))}, "W1: it is empty"),
        ({"W1": np.array([[True, False]])}, "W1: it holds values of type bool"),
        ({"W1": [1j]}, "W1: it holds values of type complex128"),
        ({"W1": object()}, "W1: it holds values of type object"),
        ({"x": [0.0, 0.0]}, "x: 'x' has no gradient"),
        ({3: [1.0]}, "3 is no name; give arrays by name"),
        ({"\x1b[2J": [1.0]}, r"^\\x1b"),
        ({"new(b1)@200": [1.0, 1.0]}, "numbers of iteration 200 are too far on"),
    ],
)
def test_what_cannot_be_compared_is_one_error(run, given, problem):
    with pytest.raises(bpdebug.BpdebugError, match=problem) as found:
        run.compare(given)
    assert all(line.isprintable() for line in str(found.value).split("\n"))


@pytest.mark.parametrize("what", [3, "mine.npz", [1.0], None])
def test_what_is_neither_arrays_nor_a_function_nor_a_model(run, what):
    with pytest.raises(bpdebug.BpdebugError, match="hand in arrays by name, such as"):
        run.compare(what)


def test_nan_and_shapes_are_verdicts_and_no_errors(run, right):
    verdict = run.compare({**right, "b1": right["b1"] * np.nan, "W1": right["W1"][:1]})
    assert {one.name: one.status for one in verdict.arrays} == {
        "grad(W2)": "agrees",
        "grad(b2)": "agrees",
        "grad(W1)": "shape",
        "grad(b1)": "not finite",
    }
    assert json.loads(json.dumps(dict(verdict.document())))["agrees"] is False


class Tensor:
    """What of a tensor of PyTorch is used."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array


class Model:
    """A model of PyTorch's form; calling it would be wrong."""

    def __init__(self, gradients, frozen=()):
        self.gradients, self.frozen = gradients, frozen

    def __call__(self, *_):
        raise AssertionError

    def named_parameters(self):
        for name, array in self.gradients.items():
            gradient = None if array is None else Tensor(array)
            yield name, SimpleNamespace(grad=gradient, requires_grad=name not in self.frozen)


def test_a_model_is_compared_by_its_gradients(run, right, wrong):
    assert run.compare(Model(right)).agrees
    found = run.compare(Model(wrong))
    assert found.explanations[0].mistakes[0].id == "missing-local-derivative"


def test_tensors_are_arrays_too(run, right):
    assert run.compare({name: Tensor(array) for name, array in right.items()}).agrees


def test_a_model_before_its_backward_pass(run, right):
    with pytest.raises(bpdebug.BpdebugError, match=r"call loss\.backward\(\) first"):
        run.compare(Model(dict.fromkeys(right)))


def test_parameters_without_a_gradient_count_as_0(run, right):
    verdict = run.compare(Model({**right, "W2": None, "b2": None}))
    assert not verdict.agrees
    assert verdict.notes == ("2 parameters (W2, b2) without .grad counted as 0",)
    assert "note: 2 parameters (W2, b2) without .grad" in str(verdict)
    frozen = run.compare(Model({**right, "W2": None}, frozen=("W2",)))
    assert frozen.notes == ()


@pytest.mark.parametrize("scenario", ["two_layer", bpdebug.load("two_layer")])
def test_compare_in_a_single_call(scenario, right, wrong):
    assert bpdebug.compare(scenario, right)
    assert not bpdebug.compare(scenario, wrong)


def test_an_export_shows_the_numbers_beside_the_right_ones(run, wrong):
    verdict = run.compare(wrong)
    stream = io.StringIO()
    run.export(stream, format="json", detail="layer", iterations=1, against=verdict)
    document = json.loads(stream.getvalue())
    assert document["verdict"] == verdict.document()
    np.testing.assert_array_equal(document["iterations"][0]["theirs"]["grad(b1)"], wrong["b1"])
    with pytest.raises(bpdebug.BpdebugError, match="against: this verdict is about another run"):
        bpdebug.load("two_layer").export(stream, against=verdict)


def test_a_function_is_judged_on_data_that_separates_the_mistakes(run):
    def backward(x, y, W1, b1, W2, b2):
        h1 = 1 / (1 + np.exp(-(W1 @ x + b1)))
        y_hat = 1 / (1 + np.exp(-(W2 @ h1 + b2)))
        dz2 = (y_hat - y) * y_hat * (1 - y_hat)
        dz1 = W2.T @ dz2
        return {"W2": np.outer(dz2, h1), "b2": dz2, "W1": np.outer(dz1, x), "b1": dz1}

    verdict = run.compare(backward)
    assert verdict.explanations[0].mistakes[0].id == "missing-local-derivative"


def test_gradients_of_nan_alone_have_no_name(run):
    right = run.gradients()
    verdict = run.compare({"W1": np.full((2, 2), np.nan), "W2": right["W2"]})
    assert verdict.verdict == "unknown"
    assert [one.status for one in verdict.arrays] == ["not finite", "agrees"]


def test_integers_are_no_rounded_numbers():
    def loss(x, W):
        return ((x @ W) ** 2).sum()

    def cut(x, W):
        made = np.zeros(W.shape, dtype=int)
        made[:] = 2 * x.T @ (x @ W)
        return {"W": made}

    rng = np.random.default_rng(2)
    x, W = 3 * rng.standard_normal((6, 3)), rng.standard_normal((3, 2))
    run = bpdebug.trace(loss, x=x, parameters={"W": W})
    assert not run.compare(cut)
    assert not run.compare(cut(x, W))
