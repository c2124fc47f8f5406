"""The glossary explains each word once, and `help` finds it."""

from collections import Counter

import pytest

from bpdebug.debugger import Debugger
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording.glossary import CHAPTERS, entry_of, words


@pytest.fixture(scope="module")
def debugger():
    return Debugger(Run(load(find("two_layer"))))


def test_no_word_has_two_entries():
    assert [word for word, count in Counter(words()).items() if count > 1] == []


def test_every_entry_is_a_sentence():
    for chapter in CHAPTERS:
        for entry in chapter.entries:
            assert entry.meaning[0].isupper() or not entry.meaning[0].isalpha()
            assert entry.meaning.endswith(".")


@pytest.mark.parametrize("word", [*words(), *REGISTRY, *OPTIMIZERS])
def test_help_knows_every_word_sign_op_and_optimizer(word, debugger):
    reply = debugger.execute(f"help {word}")
    assert reply.ok, reply.text


def test_help_on_a_word_says_what_it_means(debugger):
    assert "back to one of its operands" in debugger.execute("help edges").text
    assert "cell by cell" in debugger.execute("help ⊙").text
    assert entry_of("EDGE") is entry_of("edge") is not None


def test_a_word_that_is_a_command_too_has_both(debugger):
    told = debugger.execute("help watch").text
    assert "watch EXPRESSION" in told
    assert "wherever the cursor stands" in told


def test_help_on_an_op_has_its_derivatives(debugger):
    told = debugger.execute("help multiply").text
    assert "∂y/∂a = b" in told
    assert "∂y/∂b = a" in told


def test_help_on_what_is_no_word_says_so(debugger):
    reply = debugger.execute("help edgse")
    assert not reply.ok
    assert "did you mean 'edge'" in reply.text
