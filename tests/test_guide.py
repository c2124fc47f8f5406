"""The guide says what the program says, and its sessions run as they are told."""

import importlib.util
import re
import shlex

import pytest

from bpdebug.__main__ import main
from bpdebug.debugger import Debugger
from bpdebug.diagnosis.rules import RULES
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.config.configuration import config_in
from tests.readme import GUIDE, GUIDE_TABLES, MISTAKES, README, filled, findings

TEXT = GUIDE.read_text(encoding="utf-8")


def test_tables_are_those_of_the_program():
    assert filled(TEXT, GUIDE_TABLES) == TEXT, "run `python -m tests.readme`"


def sessions():
    """By section and scenario: the commands, each with the parts of its answer that are told."""
    steps = {}
    for section in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        heading = section.splitlines()[0]
        for name, block in re.findall(r"```session (\S+)\n(.*?)```", section, flags=re.S):
            assert f"`bpdebug {name}`" in section, f"{heading} does not say to open {name}"
            told = steps.setdefault((heading, name), [])
            for line in block.splitlines():
                if line.startswith("> "):
                    told.append((line[2:], []))
                else:
                    told[-1][1].append(line.strip())
    return steps


@pytest.mark.parametrize(("section", "scenario"), sessions())
def test_every_session_goes_as_it_is_told(section, scenario):
    debugger = Debugger(Run(load(find(scenario))))
    for command, told in sessions()[section, scenario]:
        reply = debugger.execute(command)
        assert reply.ok, (command, reply.text)
        assert told, command
        for line in told:
            assert line in reply.text, (command, reply.text)


def shell_lines():
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.S)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", shell_lines())
def test_every_command_line_ends_as_it_is_told(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    told = re.search(r"# exit status (\d)", line)
    status = main(shlex.split(line, comments=True)[1:])
    assert status == (int(told[1]) if told else 0), capsys.readouterr()
    assert capsys.readouterr().out or list(tmp_path.iterdir())


def test_the_configuration_is_one():
    (told,) = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.S)
    config = config_in(told)
    assert config.theme == "bpdebug-light"
    assert config.digits == 4
    assert config.keys


def test_the_threshold_of_a_finding_is_told():
    assert findings() in TEXT
    for rule in RULES:
        assert f"| {rule.title} | `{rule.id}` |" in TEXT


def headings():
    return re.findall(r"^#+ (.*)", TEXT, flags=re.M)


def test_the_contents_lead_to_sections():
    known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings()}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert len(links) > 10
    assert set(links) <= known


def pictures():
    """The module that makes them; it is a script, and stands in no package."""
    spec = importlib.util.spec_from_file_location("pictures", GUIDE.parent / "make_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_made_by_the_script_and_shown():
    made = set(pictures().PICTURES)
    assert made == {path.name for path in GUIDE.parent.glob("*.svg")}
    pages = TEXT + "".join(page.read_text("utf-8") for page in (README, MISTAKES))
    shown = re.findall(r"!\[[^\]]+\]\((?:docs/)?([^)]+)\)", pages)
    assert made == set(shown)


@pytest.mark.parametrize("picture", sorted(GUIDE.parent.glob("*.svg")), ids=lambda path: path.name)
def test_a_picture_names_no_other_place_and_is_small(picture):
    text = picture.read_text("utf-8")
    assert set(re.findall(r"https?://[^\s\"')]*", text)) <= {"http://www.w3.org/2000/svg"}
    assert "url(http" not in text
    assert "@font-face" not in text
    assert len(text.encode()) < 150_000


async def test_the_script_makes_the_picture_of_the_first_screen():
    module = pictures()
    svg = (await module.taken(module.PICTURES["screen.svg"])).replace("\N{NO-BREAK SPACE}", " ")
    assert "monospace" in svg
    assert "= 0.138499 × 0.596884 = 0.0826676" in svg
