"""The page about one's own network: every example is a scenario that works as it stands there."""

import re
import shlex

import pytest

from bpdebug.__main__ import main
from bpdebug.scenario.inits import INITS
from tests.readme import GUIDE

PAGE = GUIDE.parent / "scenarios.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml scenario\n(.*?)```", TEXT, flags=re.S)
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.S)
    for line in block.splitlines()
]


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The example of the first section, saved as the page says."""
    (tmp_path / "mine.toml").write_text(EXAMPLES[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("at", range(len(EXAMPLES)))
def test_every_example_passes_its_check(at, tmp_path, capsys):
    path = tmp_path / "example.toml"
    path.write_text(EXAMPLES[at], encoding="utf-8")
    assert main([str(path), "--check"]) == 0, capsys.readouterr()


def test_nan_names_what_is_not_finite_from_the_start(tmp_path, capsys):
    (example,) = re.findall(r"```toml not-finite\n(.*?)```", TEXT, flags=re.S)
    (answer,) = re.findall(r"```text answer\n(.*?)```", TEXT, flags=re.S)
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    assert main([str(path), "-c", "nan"]) == 0
    assert capsys.readouterr().out.startswith(answer)


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.usefixtures("mine")
def test_every_command_works(line, capsys):
    assert line.startswith("bpdebug mine.toml ")
    assert main(shlex.split(line)[1:]) == 0, capsys.readouterr()
    out = capsys.readouterr().out
    assert out
    assert "goto" not in line or "not computed yet" not in out


def test_every_init_and_its_settings_are_named():
    for name, init in INITS.items():
        assert name in TEXT
        for setting in init.settings:
            assert f"`{setting}`" in TEXT


def test_the_contents_lead_to_sections():
    headings = re.findall(r"^## (.*)", TEXT, flags=re.M)
    known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) == known
