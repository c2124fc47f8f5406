"""A scenario with names such as `blocks.0.mlp.2.weight`: checks, --against, and every export."""

import json

import numpy as np
import pytest

from bpdebug.cli.main import main
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.debugger.module_paths import SCENARIO

WEIGHT, BIAS = "blocks.0.mlp.2.weight", "blocks.0.mlp.2.b1"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "paths.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_gradients_expectations_and_lines_of_a_backward_pass_agree(path, capsys):
    assert main([str(path), "--check"]) == 0
    text = capsys.readouterr().out
    assert f"gradient of {WEIGHT}, shape (3, 2): 6 entries agree" in text
    assert "✓ backward.'blocks.1.mlp.2.b1': right" in text


@pytest.mark.parametrize(
    "form", ["{}", "d{}", "∂{}", "{}.grad", "grad({})", "∂loss/∂{}", "dloss/d{}"]
)
def test_numbers_to_compare_have_such_names(path, tmp_path, capsys, form):
    right = gradient(path)
    handed = tmp_path / "mine.json"
    handed.write_text(json.dumps({form.format(WEIGHT): right.tolist()}))
    assert main([str(path), "--against", str(handed)]) == 0
    assert "agrees" in capsys.readouterr().out


def test_a_mistake_is_told_by_such_names(path, tmp_path, capsys):
    without_penalty = gradient(path, BIAS) - 0.2 * np.array([0.1, 0.2, 0.3])
    mine = {WEIGHT: gradient(path), f"{BIAS}.grad": without_penalty}
    handed = tmp_path / "mine.json"
    handed.write_text(json.dumps({name: array.tolist() for name, array in mine.items()}))
    assert main([str(path), "--against", str(handed)]) == 1
    assert "∂loss/∂blocks.0.mlp.2.b₁ without the contribution" in capsys.readouterr().out


def gradient(path, name=WEIGHT):
    recorded = Run(load(path)).iteration(1).recorded
    return np.asarray(recorded.gradients[recorded.graph.names[name]])


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("run.json", f'"{WEIGHT}"'),
        ("run.csv", WEIGHT),
        ("run.txt", "∂loss/∂blocks.0.mlp.2.b₁"),
        ("run.md", r"\mathrm{blocks.0.mlp.2.}b_{1}"),
        ("run.md", r"\mathrm{blocks.0.mlp.1}"),
    ],
)
def test_every_export_has_such_names(path, tmp_path, name, has):
    assert main([str(path), "--export", str(tmp_path / name)]) == 0
    assert has in (tmp_path / name).read_text(encoding="utf-8")
