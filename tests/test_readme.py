"""The README says what the program says."""

import re
import shlex

import numpy as np
import pytest

import bpdebug
from bpdebug.__main__ import main
from tests.readme import README

TEXT = README.read_text(encoding="utf-8")
FEWEST, MOST = 90, 150
"""Lines: what a newcomer reads in a few minutes."""


def test_a_newcomer_can_read_it_whole():
    assert FEWEST <= len(TEXT.splitlines()) <= MOST


def test_the_first_screen_has_a_sentence_a_picture_and_two_commands():
    first = "\n".join(TEXT.splitlines()[:24])
    assert len(re.findall(r"!\[.*\]\(docs/.*\.svg\)", first)) == 1
    assert first.count("```sh") == 2
    assert "bpdebug scenarios/two_layer.toml" in first
    assert "pytest" in first


def test_pictures_and_pages_that_are_named_are_there():
    named = re.findall(r"\]\((docs/[^)#]+)", TEXT) + re.findall(r"docs/\w+\.\w+", TEXT)
    assert len(named) > 4
    for path in named:
        assert (README.parent / path).is_file()


def lines_of_commands():
    """What follows the first command: it stands there as it is typed after it."""
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(".venv/bin/bpdebug ")]


def test_no_line_needs_a_program_that_the_first_command_does_not_install():
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > 8
    for line in lines:
        assert line.startswith(("python3 -m venv .venv ", ".venv/bin/", "pipx install .")), line


def test_the_long_commands_say_what_they_do():
    for line in re.findall(r"^python3 .*", TEXT, flags=re.M):
        assert "&& echo " in line


@pytest.mark.parametrize("line", [one for one in lines_of_commands() if "--tour" not in one])
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


def test_the_example_in_python_runs(monkeypatch, capsys):
    torch = pytest.importorskip("torch")
    opened = []
    monkeypatch.setattr(bpdebug.ScenarioRun, "debug", lambda run: opened.append(run))

    def loss(x, y, W1, b1):
        return np.mean((x @ W1 + b1 - y) ** 2)

    def backward(x, y, W1, b1):
        d = 2 * (x @ W1 + b1 - y) / y.size
        return {"W1": x.T @ d, "b1": d.sum()}

    (example,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
    in_numpy, in_torch = example.split("with ")
    rng = np.random.default_rng(0)
    x, y, weights = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
    names = {"bpdebug": bpdebug, "loss": loss, "backward": backward}
    exec(in_numpy, names | {"x": x, "y": y, "W1": weights, "b1": np.zeros(())})
    assert "all 2 arrays agree" in capsys.readouterr().out
    model = torch.nn.Linear(3, 2)
    names |= {"model": model, "criterion": torch.nn.CrossEntropyLoss()}
    names |= {"optimizer": torch.optim.SGD(model.parameters(), lr=0.1)}
    names |= {"x": torch.tensor(x).float(), "y": torch.tensor([0, 1, 1, 0])}
    exec(f"with {in_torch}", names)
    assert "all 2 arrays agree" in capsys.readouterr().out
    assert len(opened) == 1
