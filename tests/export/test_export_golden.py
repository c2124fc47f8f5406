"""Every format at every detail, byte for byte, on the network of the design's sketch.

`python -m tests.export.test_export_golden` writes the files anew; read the difference before
keeping it.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from bpdebug.export import DETAILS, FORMATS, export
from bpdebug.optimizer import RULES
from bpdebug.run import Problem, Run
from tests.debugger.grouped import SCENARIO
from tests.graphs import network
from tests.scenario.scenarios import loaded

GOLDEN = Path(__file__).parent / "golden"
TITLED = f'title = "scenario"\n{SCENARIO}'
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?")
SUFFIX = {"text": "txt", "markdown": "md", "json": "json", "jsonl": "jsonl", "csv": "csv"}


def sketch_problem() -> Problem:
    """The 2-3-2 network of the sketch of the screen."""
    graph = network((2, 3, 2))
    return Problem(
        "Two-layer network",
        lambda rows: graph,
        {"x": np.array([0.05, 0.1]), "y": np.array([0.01, 0.99])},
        {
            "W1": np.array([[0.15, 0.2], [0.25, 0.3], [-0.4, 0.1]]),
            "b1": np.array([0.35, 0.3, 0.1]),
            "W2": np.array([[0.4, 0.45, -0.2], [0.5, 0.55, 0.7]]),
            "b2": np.array([0.6, 0.5]),
        },
        description="A network of two layers.\nIts δ travel from the output down.",
        rule=RULES["sgd"],
        settings={"learning_rate": 0.5},
    )


def golden(kind: str, detail: str, what: str = "sketch") -> Path:
    return GOLDEN / f"{what}_{detail}.{SUFFIX[kind]}"


def same(found: str, kept: str, kind: str) -> None:
    """Texts for people are equal; in full precision the last digit is the processor's."""
    if kind in ("text", "markdown"):
        assert found == kept
        return
    assert NUMBER.sub("#", found) == NUMBER.sub("#", kept)
    numbers = [[float(n) for n in NUMBER.findall(text)] for text in (found, kept)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_bytes_as_ever(kind, detail, tmp_path):
    target = tmp_path / f"trace.{SUFFIX[kind]}"
    export(Run(sketch_problem()), target, detail=detail)
    same(target.read_text("utf-8"), golden(kind, detail).read_text("utf-8"), kind)


@pytest.mark.parametrize("detail", ["group", "edge"])
@pytest.mark.parametrize("kind", ["text", "markdown", "json"])
def test_groups_in_the_same_bytes_as_ever(kind, detail, tmp_path):
    target = tmp_path / f"trace.{SUFFIX[kind]}"
    export(Run(loaded(tmp_path, TITLED), 1), target, detail=detail)
    same(target.read_text("utf-8"), golden(kind, detail, "groups").read_text("utf-8"), kind)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for one in FORMATS:
        for fine in DETAILS:
            export(Run(sketch_problem()), golden(one, fine), detail=fine)
    with TemporaryDirectory() as folder:
        problem = loaded(Path(folder), TITLED)
    for one in ("text", "markdown", "json"):
        for fine in ("group", "edge"):
            export(Run(problem, 1), golden(one, fine, "groups"), detail=fine)
