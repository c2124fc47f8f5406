"""Exports of a run in float32 say so, and JSON holds its numbers exactly."""

import json

import numpy as np
import pytest

from bpdebug.export import export
from bpdebug.ops import FLOAT32
from bpdebug.run import Run
from tests.graphs import two_layer_problem


def single():
    return Run(two_layer_problem(iterations=2).of_kind(FLOAT32))


def numbers_in(found):
    """Every number with a point of a JSON value."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        return [number for part in found for number in numbers_in(part)]
    return [found] if isinstance(found, float) else []


def test_json_has_every_number_as_the_double_that_the_float32_is(tmp_path):
    target = tmp_path / "trace.json"
    run = single()
    export(run, target, detail="term")
    trace = json.loads(target.read_text("utf-8"))
    assert trace["scenario"] == {"title": "two layers", "loss": "L", "dtype": "float32"}
    numbers = numbers_in(trace["iterations"])
    assert len(numbers) > 300
    assert all(float(np.float32(number)) == number for number in numbers)
    first = run.iteration(1)
    found = np.array(trace["iterations"][0]["gradients"]["W1"], dtype=np.float32)
    node = first.recorded.graph.names["W1"]
    assert np.array_equal(found, first.recorded.gradients[node])


@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_a_document_names_the_dtype_where_it_is_not_the_default(tmp_path, suffix):
    target = tmp_path / f"walk{suffix}"
    export(single(), target, detail="term")
    assert "dtype       float32\n" in target.read_text("utf-8")
    export(Run(two_layer_problem(iterations=2)), target, detail="term")
    assert "dtype" not in target.read_text("utf-8")
