"""The guide says what the program says, and its first session runs as it is told."""

import re

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from tests.readme import GUIDE, GUIDE_TABLES, filled

TEXT = GUIDE.read_text(encoding="utf-8")


def test_tables_are_those_of_the_program():
    assert filled(TEXT, GUIDE_TABLES) == TEXT, "run `python -m tests.readme`"


def session():
    """The commands of the first session, each with the parts of its answer that are told."""
    steps = []
    for block in re.findall(r"```session\n(.*?)```", TEXT, flags=re.S):
        for line in block.splitlines():
            if line.startswith("> "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def test_the_first_session_goes_as_it_is_told():
    debugger = Debugger(Run(load(find("two_layer"))))
    assert len(session()) > 15
    for command, told in session():
        reply = debugger.execute(command)
        assert reply.ok, (command, reply.text)
        for line in told:
            assert line.strip() in reply.text, (command, reply.text)


def test_every_command_has_its_line():
    for command in COMMANDS:
        assert f"| `{command.form}` |" in TEXT.replace("\\|", "|") or not command.name


def test_pictures_and_sections_that_are_named_are_there():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (GUIDE.parent / picture).is_file()
