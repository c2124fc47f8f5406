"""The README says what the program says."""

import re
import shlex

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.ops import REGISTRY
from bpdebug.ops.activations import activation
from tests.readme import README, filled

TEXT = README.read_text(encoding="utf-8")


def test_tables_are_those_of_the_program():
    assert filled(TEXT) == TEXT, "run `python -m tests.readme`"


def test_the_first_screen_has_a_sentence_a_picture_and_two_commands():
    first = "\n".join(TEXT.splitlines()[:24])
    assert len(re.findall(r"!\[.*\]\(docs/.*\.svg\)", first)) == 1
    assert first.count("```sh") == 2
    assert "bpdebug scenarios/two_layer.toml" in first
    assert "pytest" in first


def test_pictures_and_pages_that_are_named_are_there():
    for path in re.findall(r"\]\((docs/[^)]+)\)|`(docs/[\w./]+)`", TEXT):
        assert (README.parent / (path[0] or path[1])).is_file()


def lines_of_commands():
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("bpdebug ")]


@pytest.mark.parametrize("line", lines_of_commands())
def test_every_command_runs(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line, comments=True)
    assert main(words[1:]) == 0
    out = capsys.readouterr().out
    assert out or (tmp_path / "trace.md").read_text(encoding="utf-8")


def test_the_example_scenario_passes_its_check(tmp_path, capsys):
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.S)
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    assert main([str(path), "--check"]) == 0
    assert "W1" in capsys.readouterr().out


def test_the_options_are_those_of_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    block = TEXT.split("## Command line")[1].split("```")[1]
    assert known == set(re.findall(r"--[a-z]+", block))


def test_the_example_of_an_op_is_one(monkeypatch):
    registry = dict(REGISTRY)
    monkeypatch.setattr("bpdebug.ops.registry.REGISTRY", registry)
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
    exec(example, {"activation": activation, "np": np})
    x, step = np.array([-1.5, 0.25, 2.0]), 1e-6
    op = registry["softsign"]
    slope = (op.forward(x + step) - op.forward(x - step)) / (2 * step)
    assert op.partials[0].value(op.forward(x), x) == pytest.approx(slope, rel=1e-6)
