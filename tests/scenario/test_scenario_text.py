"""Scenarios that are handed over as a text, with their arrays in memory."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ELEMENTS
from bpdebug.run import Run
from bpdebug.scenario import load, load_text
from bpdebug.scenario.context import Budget, LoadContext
from bpdebug.scenario.files import from_file
from bpdebug.scenario.table import TomlTable
from tests.scenario.scenarios import EXPRESSION, write

W1 = np.array([[0.15, 0.20], [0.25, 0.30]])
FROM_ARCHIVE = EXPRESSION.replace(
    "[[0.15, 0.20], [0.25, 0.30]]", '{ file = "arrays.npz", key = "W1" }'
)


def failure_of(text=FROM_ARCHIVE, **archives):
    """The error for a text, with the arrays of its `arrays.npz`."""
    with pytest.raises(BpdebugError) as caught:
        load_text(text, name="mine", archives={"arrays.npz": archives})
    assert caught.value.file == "mine"
    return caught.value


def test_arrays_in_memory_give_the_run_of_a_file_on_disk(tmp_path):
    np.savez(tmp_path / "arrays.npz", W1=W1)
    from_disk = Run(load(write(tmp_path, FROM_ARCHIVE)))
    archives = {"arrays.npz": {"W1": W1}}
    in_memory = Run(load_text(FROM_ARCHIVE, name="mine", archives=archives))
    for name in ("W1", "b2"):
        for number in (1, 2):
            found, right = (run.iteration(number).recorded for run in (in_memory, from_disk))
            at = found.graph.names[name]
            assert np.array_equal(found.gradients[at], right.gradients[at])


def test_the_name_stands_for_the_file():
    text = FROM_ARCHIVE.replace('title = "Two layers"', "")
    problem = load_text(text, name="run/mine.toml", archives={"arrays.npz": {"W1": W1}})
    assert problem.file == "run/mine.toml"
    assert problem.title == "mine"


def test_iterations_override_those_of_the_text():
    assert load_text(EXPRESSION, name="mine").iterations == 2
    assert load_text(EXPRESSION, name="mine", iterations=7).iterations == 7


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", ">f8", "uint8"])
def test_arrays_become_float64(dtype):
    ones = np.ones((2, 2), dtype)
    problem = load_text(FROM_ARCHIVE, name="mine", archives={"arrays.npz": {"W1": ones}})
    assert problem.parameters["W1"].dtype == np.float64
    assert (problem.parameters["W1"] == 1).all()


def test_changing_an_array_afterwards_changes_no_problem():
    array = W1.copy()
    problem = load_text(FROM_ARCHIVE, name="mine", archives={"arrays.npz": {"W1": array}})
    array[:] = 7
    assert np.array_equal(problem.parameters["W1"], W1)


def test_an_archive_with_one_array_needs_no_key():
    text = FROM_ARCHIVE.replace(', key = "W1"', "")
    problem = load_text(text, name="mine", archives={"arrays.npz": {"anything": W1}})
    assert np.array_equal(problem.parameters["W1"], W1)


@pytest.mark.parametrize(
    ("archives", "said"),
    [
        ({"W2": W1}, "'arrays.npz' has no array 'W1'; did you mean 'W2'?"),
        ({}, "'arrays.npz' has no array 'W1'; it holds"),
        ({"W1": np.array([[0.1, np.nan], [0.0, 0.0]])}, "holds NaN (not a number) at [0, 1]"),
        ({"W1": np.array([[0.1, np.inf], [0.0, 0.0]])}, "infinite or past float64's range"),
        ({"W1": np.array([[1j]])}, "'arrays.npz' holds complex numbers there"),
        ({"W1": np.array([[object()]])}, "'arrays.npz' holds Python objects there"),
        ({"W1": np.zeros((2, 0))}, "the array of shape (2, 0) is empty"),
        ({"W1": np.zeros((1,) * 9)}, "the array has 9 axes"),
        ({"W1": np.broadcast_to(0.0, ELEMENTS + 1)}, "more than the limit"),
    ],
)
def test_arrays_are_checked_as_those_of_a_file(archives, said):
    error = failure_of(**archives)
    assert said in error.problem
    assert error.key.startswith("parameters.W1")


def test_all_arrays_together_have_a_budget():
    context = LoadContext(None, 0, {"arrays.npz": {"W1": W1}}, Budget(6))
    table = TomlTable({"file": "arrays.npz", "key": "W1"}, "parameters.W1")
    from_file(table, context)
    with pytest.raises(BpdebugError, match="elements together"):
        from_file(table, context)


def test_no_disk_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "other.npz", W1=W1)
    (tmp_path / "x.csv").write_text("a\n1\n", encoding="utf-8")
    error = failure_of(FROM_ARCHIVE.replace("arrays.npz", "other.npz"), W1=W1)
    assert error.problem == (
        "there is no archive 'other.npz'; handed over with the text: 'arrays.npz'"
    )
    csv = EXPRESSION.replace("[0.35, 0.35]", '{ file = "x.csv", columns = ["a"] }')
    assert "there is no archive 'x.csv'" in failure_of(csv).problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("[inputs", "not valid TOML"),
        ("#" * (10 * 2**20 + 1), "bytes, more than 10,485,760"),
        ("x = '\ud800'", ""),
    ],
)
def test_texts_that_are_no_scenario(text, said):
    assert said in failure_of(text).problem


def test_columns_fit_no_archive():
    text = FROM_ARCHIVE.replace('key = "W1"', 'columns = ["W1"]')
    assert "does not fit an archive; use 'key'" in failure_of(text, W1=W1).problem
