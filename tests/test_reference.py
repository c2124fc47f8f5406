"""The reference says what the program says, and its examples work as they are typed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bpdebug
from bpdebug.__main__ import main
from bpdebug.debugger import COMMANDS
from bpdebug.tui.keys.keymap import usual_keys
from tests.readme import REFERENCE, filled

TEXT = REFERENCE.read_text(encoding="utf-8")
ELLIOTT = """
[parameters]
x = [-1.5, 0.25, 2.0]
[graph]
L = "sum(elliott(x))"
"""


def test_tables_are_those_of_the_program():
    assert filled(TEXT) == TEXT, "run `python -m tests.readme`"


def test_every_command_has_its_line():
    for command in COMMANDS:
        assert f"| `{command.form}` |" in TEXT.replace("\\|", "|") or not command.name


def test_the_contents_lead_to_sections():
    headings = re.findall(r"^#+ (.*)", TEXT, flags=re.M)
    known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert len(links) > 5
    assert set(links) <= known


def test_the_options_are_those_of_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[a-z-]+[a-z]", capsys.readouterr().out))
    block = TEXT.split("## Command line")[1].split("```")[1]
    assert known == set(re.findall(r"--[a-z-]+[a-z]", block))


def test_the_program_prints_the_ids_of_its_keys(capsys):
    assert main(["--keys"]) == 0
    lines = [line.split(None, 1) for line in capsys.readouterr().out.splitlines()]
    assert {ident: keys.split() for ident, keys in lines} == {
        ident: list(keys) for ident, keys in usual_keys().items()
    }


def test_an_activation_works_as_the_example_declares_it(tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
    package = tmp_path / "bpdebug"
    shutil.copytree(Path(bpdebug.__file__).parent, package)
    declared = package / "ops" / "families" / "activations.py"
    text = declared.read_text(encoding="utf-8")
    if '"elliott"' not in text:
        declared.write_text(f"{text}\n\n{example}", encoding="utf-8")
    (tmp_path / "mine.toml").write_text(ELLIOTT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bpdebug", "mine.toml", "--check", "-c", "list", "-c", "print L"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "L = 0.266667" in done.stdout
