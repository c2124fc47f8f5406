"""The page about Python: its examples run in their order, and print what stands below them."""

import math
import re
import shlex
import sys
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO

import numpy as np
import pytest

import bpdebug
from bpdebug.__main__ import main
from tests.readme import README

PAGE = README.parent / "docs" / "python.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```python( torch)?\n(.*?)```(?:\n\n```text\n(.*?)```)?", flags=re.S)
PROGRAMS = dict(re.findall(r"```python (\w+\.py)\n(.*?)```", TEXT, flags=re.S))
COMMANDS = re.findall(r"^bpdebug (model\.py:.*)", TEXT, flags=re.M)
WITH_TORCH = find_spec("torch") is not None


class Output(StringIO):
    """Standard output that shows Unicode, whatever the tests run on."""

    encoding = "utf-8"


def test_the_examples_print_what_the_page_shows(tmp_path, monkeypatch):
    """Those of PyTorch run only where it is installed."""
    monkeypatch.chdir(tmp_path)
    names = {}
    examples = EXAMPLE.findall(TEXT)
    assert len(examples) > 14
    for torch, code, told in examples:
        if torch and not WITH_TORCH:
            continue
        output = Output()
        with redirect_stdout(output):
            exec(compile(code, str(tmp_path / "mine.py"), "exec"), names)
        assert output.getvalue().replace(f"{tmp_path}/", "") == told, code


def test_every_text_stands_below_an_example():
    assert TEXT.count("```text\n") == sum(bool(told) for *_, told in EXAMPLE.findall(TEXT))


def test_the_gradient_test_passes_and_fails_where_it_should():
    code = PROGRAMS["test_layer.py"]
    names = {}
    exec(code, names)
    names["test_layer_norm"]()
    broken = code.replace("d.mean(axis=1, keepdims=True) - along", "d.mean(axis=1, keepdims=True)")
    assert broken != code
    exec(broken, names)
    with pytest.raises(AssertionError, match="differ"):
        names["test_layer_norm"]()


@pytest.mark.parametrize("line", [one for one in COMMANDS if " " in one])
def test_every_command_works(line, tmp_path, monkeypatch, capsys):
    (tmp_path / "model.py").write_text(PROGRAMS["model.py"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "model", raising=False)
    assert main(shlex.split(line)) == 0, capsys.readouterr()
    sys.modules.pop("model", None)
    assert capsys.readouterr().out or (tmp_path / "trace.md").stat().st_size


def rows(heading):
    """Of each row of a table: the codes that are refused, and those to write instead."""
    section = TEXT.split(f"### {heading}\n")[1].split("\n#")[0]
    found = re.findall(r"^\| (`.*) \|.*\|(.*)\|$", section, flags=re.M)
    assert len(found) > 6
    return [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in found]


def test_the_table_of_refusals_of_numpy_is_right():
    def traced(code):
        def loss(x, W):
            z = x @ W
            return eval(code, {"np": np, "math": math, "z": z, "s": z.sum()})

        weights = {"W": np.array([[0.2, -0.3], [0.5, 0.1]])}
        return bpdebug.trace(loss, x=np.array([[1.0, 2.0], [0.5, -1.0]]), parameters=weights)

    for refused, instead in rows("What is refused"):
        for code in refused:
            with pytest.raises(bpdebug.BpdebugError):
                traced(code)
        for code in instead:
            assert "W" in traced(code).gradients(), code


def test_the_table_of_refusals_of_pytorch_is_right():
    torch = pytest.importorskip("torch")
    names = {
        "torch": torch,
        "F": torch.nn.functional,
        "at": torch.tensor([[0, 1], [1, 0]]),
        "noise": torch.tensor([[0.1, 0.2], [0.3, 0.4]]),
        "eye": torch.eye(2),
    }

    def recorded(code):
        model = torch.nn.Linear(3, 2)
        with bpdebug.record(model) as run:
            z = model(torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, -0.6]]))
            loss = eval(code, {**names, "z": z})
        assert loss is not None
        return run

    for refused, instead in rows("What PyTorch code is refused"):
        for code in refused:
            with pytest.raises(bpdebug.BpdebugError):
                recorded(code)
        for code in instead:
            assert "weight" in recorded(code).gradients(), code


def test_every_name_has_its_row():
    names = re.findall(r"^\| `(\w+)", TEXT.split("## All names")[1], flags=re.M)
    assert sorted(names) == sorted(bpdebug.__all__)


def test_every_method_of_a_run_is_on_the_page():
    methods = [name for name in vars(bpdebug.ScenarioRun) if not name.startswith("_")]
    for name in methods:
        assert re.search(rf"`{name}`|run\.{name}\b", TEXT), name


def test_the_contents_lead_to_sections():
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= sections(TEXT)
    contents = re.findall(r"^\d+\. \[(.*?)\]\(#", TEXT, flags=re.M)
    assert contents == re.findall(r"^## (.*)", TEXT, flags=re.M)


def test_links_to_other_pages_lead_to_sections():
    for page, section in re.findall(r"\]\((\w+\.md)#?([^)]*)\)", TEXT):
        text = (PAGE.parent / page).read_text(encoding="utf-8")
        assert section in {"", *sections(text)}, (page, section)


def sections(text):
    """The names by which links lead to the headings of a page."""
    headings = re.findall(r"^## (.*)", text, flags=re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
