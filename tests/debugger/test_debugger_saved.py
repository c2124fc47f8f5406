"""What is saved of a session, as plain data."""

import json

import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.saved_session import check_session, is_empty, restore, session_data
from bpdebug.run import Run
from bpdebug.scenario import find, load


def debugger_on(name="two_layer"):
    return Debugger(Run(load(find(name))))


def set_up():
    debugger = debugger_on()
    for line in (
        "break z1",
        "break z2 -> W2",
        "tbreak W1",
        "break norm(grad(W1)) > 0.01",
        "disable 2",
        "watch grad(W2)[0, 0]",
        "mark here",
        "continue",
    ):
        assert debugger.execute(line).ok
    return debugger


def test_everything_lasting_comes_back_and_nothing_else():
    data = json.loads(json.dumps(session_data(set_up())))
    again = debugger_on()
    assert restore(again, data) == []
    assert [(b.text, b.enabled, b.hits) for b in again.breakpoints] == [
        ("z1", True, 0),
        ("z2 -> W2", False, 0),
        ("norm(grad(W1)) > 0.01", True, 0),
    ]
    assert [text for _, text in again.watches] == ["grad(W2)[0, 0]"]
    assert again.marks == {"here": (1, 5)}
    assert session_data(again) == data
    assert again.execute("continue").ok


def test_what_does_not_fit_any_more_is_named_and_left_out():
    data = session_data(set_up())
    data["marks"]["late"] = [7, 3]
    other = debugger_on("chain_rule")
    unfit = restore(other, data)
    assert unfit[:2] == ["z1", "z2 -> W2"]
    assert {"grad(W2)[0, 0]", "'late"} <= set(unfit)
    assert not other.watches
    assert not other.breakpoints


def test_what_stands_already_is_not_set_twice():
    debugger = debugger_on()
    debugger.add_breakpoint("z1")
    restore(debugger, session_data(set_up()))
    assert [b.text for b in debugger.breakpoints].count("z1") == 1


def test_nothing_to_keep_is_empty():
    debugger = debugger_on()
    assert is_empty(session_data(debugger))
    debugger.execute("tbreak z1")
    assert is_empty(session_data(debugger))
    debugger.execute("mark")
    assert not is_empty(session_data(debugger))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"version": 2},
        {"breakpoints": "z1"},
        {"breakpoints": [{"text": "z1", "enabled": 1}]},
        {"breakpoints": [{"text": "z1" * 10_000, "enabled": True}]},
        {"watches": ["L"] * 1_001},
        {"watches": [""]},
        {"marks": {"a": [1]}},
        {"marks": {"a": [True, 1]}},
        {"marks": {"a": [1.0, 1]}},
    ],
)
def test_another_form_is_refused_before_anything_is_set_up(change):
    data = session_data(set_up())
    assert check_session(data)
    debugger = debugger_on()
    with pytest.raises(ValueError, match=r"\w"):
        restore(debugger, data | change)
    assert is_empty(session_data(debugger))
