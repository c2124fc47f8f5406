"""What completes the lines of `curves` and `with`: families and expressions, settings and names."""

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.dialogs.completion import completer


@pytest.fixture(scope="module")
def complete():
    return completer(Debugger(Run(load(find("xor"), iterations=2))), None)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("curves de", "delta"),
        ("curves loss, ch", "change"),
        ("curves norm(W", "W1"),
        ("with learn", "learning_rate="),
        ("with seed=3, batch", "batch_size="),
        ("with seed=3; iter", "iterations="),
        ("with netw", "network."),
        ("with too_", "too_large_step"),
        ("with published/maz", "published/mazur"),
    ],
)
def test_the_last_word_is_completed(complete, line, word):
    found = complete(line)
    assert word in found.words
    assert word.startswith(line[found.start :])


@pytest.mark.parametrize("line", ["with seed=le", "with ", "with name=ad"])
def test_a_value_is_not_completed_as_a_key(complete, line):
    assert complete(line).words == []
