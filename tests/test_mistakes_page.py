"""The page about a wrong gradient: its example, its answer and its table are the program's own."""

import re
import runpy
import shlex

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.mistakes.catalogue import CATALOGUE
from tests.readme import MISTAKE_TABLES, MISTAKES, filled

TEXT = MISTAKES.read_text(encoding="utf-8")


def block(kind):
    """What stands in the page's only block of a kind."""
    (found,) = re.findall(rf"```{re.escape(kind)}\n(.*?)```", TEXT, flags=re.S)
    return found


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The folder with the example as the page saves it, and a way to run its program."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(block("toml scenario"), encoding="utf-8")

    def run(program):
        (tmp_path / "mine.py").write_text(program, encoding="utf-8")
        return runpy.run_path(str(tmp_path / "mine.py"))

    return run


def compared(capsys):
    """The exit status and the answer of the page's command."""
    line = block("sh").strip()
    told = int(re.search(r"# exit status (\d)", line)[1])
    status = main(shlex.split(line, comments=True)[1:])
    return told, status, capsys.readouterr().out


def test_the_table_is_that_of_the_program():
    assert filled(TEXT, MISTAKE_TABLES) == TEXT, "run `python -m tests.readme`"
    for mistake in CATALOGUE:
        assert TEXT.count(f"| `{mistake.id}` |") == 1


def test_the_example_gets_the_answer_that_the_page_shows(mine, capsys):
    mine(block("python mine.py"))
    told, status, out = compared(capsys)
    assert status == told == 1
    assert out == block("text answer")


def test_corrected_it_agrees(mine, capsys):
    program, fixed = block("python mine.py"), block("python fixed").strip()
    wrong = next(line for line in program.splitlines() if line.startswith("dz1 = "))
    assert wrong != fixed
    mine(program.replace(wrong, fixed))
    _, status, out = compared(capsys)
    assert status == 0
    assert out == block("text right")


@pytest.mark.parametrize(("kind", "file"), [("numpy", "mine.npz"), ("json", "mine.json")])
def test_numbers_are_handed_over_as_the_page_says(kind, file, mine, tmp_path, capsys):
    scope = mine(block("python mine.py"))
    text = tmp_path / "mine.toml"
    update = '\n[optimizer]\nname = "sgd"\nlearning_rate = 0.1\n'
    text.write_text(block("toml scenario") + update, encoding="utf-8")
    exec(block(f"python {kind}"), {**scope, "np": np})
    assert main(["mine.toml", "--against", file]) == 1
    assert "(derivative-formula-at-input), at z1" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["torch", "jax"])
def test_what_cannot_run_here_is_python_at_least(kind):
    compile(block(f"python {kind}"), kind, "exec")


def test_every_convention_is_told():
    source = (MISTAKES.parent.parent / "bpdebug" / "mistakes" / "conventions.py").read_text("utf-8")
    for ident in ("layout", "reduction", "half", "sign"):
        assert f"| `{ident}` |" in TEXT
        assert f'"{ident}"' in source


def test_the_contents_lead_to_sections():
    headings = re.findall(r"^## (.*)", TEXT, flags=re.M)
    known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) == known
