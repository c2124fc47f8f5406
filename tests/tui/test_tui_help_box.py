"""Help in a box on a screen of 80 columns: its sentences are broken once, where a line ends."""

import pytest
from rich.text import Text

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.overlays.text_box import FRAME
from bpdebug.tui.overlays.wrapping import wrapped
from bpdebug.wording.glossary import words

NAMED = [command.name for command in COMMANDS if command.name]


@pytest.fixture(scope="module")
def debugger():
    return Debugger(Run(load(find("two_layer"))))


@pytest.mark.parametrize("word", dict.fromkeys([*words(), *REGISTRY, *OPTIMIZERS, *NAMED]))
def test_no_line_of_help_is_broken_again(word, debugger):
    text = debugger.execute(f"help {word}").text
    # An example and what it does are two columns: the second goes on below itself.
    prose = "\n".join(line for line in text.splitlines() if "  " not in line.strip())
    assert wrapped(Text(prose), 80 - FRAME).plain == prose


def test_a_sentence_over_several_lines_is_one_and_examples_stay_apart(debugger):
    told = debugger.execute("help watch").text
    assert "value(n), comparisons, and, or, not" in " ".join(told.split())
    assert all(len(line) > 40 for line in told.split("\n")[2:6])
    goto = debugger.execute("help goto").text.splitlines()
    assert "  goto 40           tick 40 of this iteration" in goto
    assert any(line.startswith("  goto W2           the first tick that writes") for line in goto)
