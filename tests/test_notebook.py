"""The notebook of the documentation runs, and shows what it says."""

import json

import pytest

from tests.notebook import NOTEBOOK, cells_of, run_cells


def test_the_notebook_runs():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    shown = [outputs for _, outputs in run_cells(notebook)]
    verdict = "".join(shown[2][0]["data"]["text/plain"])
    assert "missing-local-derivative" in verdict or "local derivative" in verdict
    assert "<" in "".join(shown[1][0]["data"]["text/html"])


def test_the_outputs_are_stored():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    kinds = [[one["output_type"] for one in cell["outputs"]] for cell in cells_of(notebook)]
    assert kinds == [[], *[["execute_result"]] * 4]


@pytest.mark.parametrize("word", ["/tmp", "/home", "site-packages"])
def test_the_outputs_name_no_folder_of_the_machine(word):
    assert word not in NOTEBOOK.read_text(encoding="utf-8")
