"""Any text gives an answer: every command, with whatever follows it, in any state."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from tests.graphs import two_layer_problem

RUNS = [Run(two_layer_problem(iterations=3)), Run(load(find("nan_birth")))]
WORDS = sorted({word for one in COMMANDS for word in (one.name, *one.short) if word})
PLACES = ["", "goto $", "goto W2", "continue", "goto iteration 2", "watch grad(W1)", "break W1"]
PIECES = [
    *["W1", "W2", "z1", "h1", "L", "loss", "δ₂", "∂L/∂W₂", "ŷ", "x", "iteration", "nothing", "b9"],
    *["[0]", "[0, 1]", "[-1]", "[9]", "[]", "[:]", "[None]", "[1e9]", ".T", ".shape", "->", "if"],
    *["grad(", "delta(1)", "delta(", "previous(", "norm(", "any(", "isnan(", "change(", ")", "("],
    *[
        "0",
        "1",
        "-1",
        "3",
        "+2",
        "$",
        "'a",
        "1e999",
        "nan",
        "inf",
        "9" * 20,
        "9" * 5_000,
        "0x",
        "½",
    ],
    *["==", "<", "**", "@", "/", ",", ":", "=", ";", "|", '"', "'", "\\", "#", "%", "!", "^", "~"],
    *["true", "--format", "json", "all", "iteration", "a" * 2_000, "[" * 300, "(" * 300, "-" * 300],
    *["\x00", "\x1b[31m", "\ud800", "\u202e", "\u0301", "权", "\t", "\u2028", "𝛿"],
]
ARGUMENTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=5).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)


def answered(debugger, line):
    """The reply, which is text that steers no terminal."""
    reply = debugger.execute(line)
    assert reply.ok or reply.note
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in reply.text), (
        reply.text[:300]
    )
    return reply


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(RUNS),
    st.sampled_from(PLACES),
    st.sampled_from(WORDS) | st.sampled_from(PIECES),
    ARGUMENTS,
    st.booleans(),
)
def test_any_line_is_answered_and_the_next_one_too(run, place, word, argument, unicode):
    debugger = Debugger(run, Script(unicode=unicode))
    debugger.execute(place)
    answered(debugger, f"{word} {argument}")
    assert answered(debugger, "where").ok
