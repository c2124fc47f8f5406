"""Exports with numbers that were handed in: theirs beside ours, and the verdict at the end."""

import json

import numpy as np
import pytest

from bpdebug.debugger.comparison import compare_file, compare_own_lines
from bpdebug.export import export
from bpdebug.formats import DETAILS
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording.script import SCREEN
from tests.graphs import two_layer_problem
from tests.readme import README


@pytest.fixture
def run():
    return Run(two_layer_problem(iterations=1))


@pytest.fixture
def comparison(run, tmp_path):
    recorded = run.iteration(1).recorded
    names = recorded.graph.names
    upstream = np.asarray(recorded.gradients[names["h1"]])
    arrays = {
        "b1": upstream,
        "W1": np.outer(upstream, np.asarray(recorded.values[names["x"]])),
        "W2": np.asarray(recorded.gradients[names["W2"]]),
        "value(h1)": np.asarray(recorded.values[names["h1"]]),
        "new(W2)": np.asarray(run.iteration(1).after["W2"]),
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({key: one.tolist() for key, one in arrays.items()}))
    return compare_file(run, path, SCREEN)


def written(run, path, **how):
    export(run, path, **how)
    return path.read_text("utf-8")


@pytest.mark.parametrize("suffix", ["txt", "md"])
@pytest.mark.parametrize("detail", DETAILS)
def test_documents(run, comparison, tmp_path, suffix, detail):
    plain = written(run, tmp_path / f"a.{suffix}", detail=detail)
    text = written(run, tmp_path / f"b.{suffix}", detail=detail, comparison=comparison)
    assert "theirs" not in plain
    assert "✗ theirs: δ₁ = ∂L/∂h₁  (missing-local-derivative)" in text
    assert text.count("theirs ○") == 2
    assert text.count("theirs ✓") == 3  # ∂L/∂W2, h1 and the new W2
    head, _, end = text.partition("The verdict on ")
    assert "remedy: multiply the upstream gradient by" in end
    # Nothing but additions: what was there is there, in its order.
    rest = iter(head.splitlines())
    numbers = [line for line in plain.splitlines() if "upstream" in line or "tick" in line]
    assert all(any(line.split() == other.split() for other in rest) for line in numbers)


@pytest.mark.parametrize("detail", DETAILS)
def test_json_has_more_keys_and_no_others(run, comparison, tmp_path, detail):
    plain = json.loads(written(run, tmp_path / "a.json", detail=detail))
    found = json.loads(written(run, tmp_path / "b.json", detail=detail, comparison=comparison))
    assert found.pop("compared_with").endswith("mine.json")
    verdict = found.pop("verdict")
    assert (verdict["format"], verdict["verdict"]) == ("bpdebug-verdict", "named")
    (iteration,) = found["iterations"]
    theirs = iteration.pop("theirs")
    assert set(theirs) == {"grad(b1)", "grad(W1)", "grad(W2)", "value(h1)", "new(W2)"}
    marks = []
    for step in iteration["steps"]:
        beside = step.pop("theirs", None)
        if beside is not None:
            assert beside == theirs[f"grad({step['operand']})"]
        mark, mistake = step.pop("mark", None), step.pop("mistake", None)
        marks += [(step["operand"], mark)] if mark else []
        assert (mistake is not None) == (mark == "own")
    if detail != "layer":
        assert sorted(marks) == [("W1", "inherited"), ("b1", "inherited"), ("z1", "own")]
    assert found == plain


def test_lines_of_json_have_the_iterations_alone(run, comparison, tmp_path):
    text = written(run, tmp_path / "a.jsonl", comparison=comparison)
    (line,) = text.splitlines()
    assert "theirs" in json.loads(line)


def test_curves_stay_as_they_are(run, comparison, tmp_path):
    plain = written(run, tmp_path / "a.csv")
    assert plain == written(run, tmp_path / "b.csv", comparison=comparison)


def test_a_backward_pass_of_the_scenario_is_in_its_export(tmp_path):
    own = Run(load(README.parent / "scenarios" / "mistakes" / "forgotten_slope.toml"))
    text = written(own, tmp_path / "a.txt", comparison=compare_own_lines(own, SCREEN))
    assert "The verdict on [backward]" in text
    assert "1 IS WRONG" in text
