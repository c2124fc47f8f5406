"""TOML and JSON are measured in one pass before they are read; no text ends in a traceback."""

from __future__ import annotations

import json
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.reading import DEPTH, DIGITS, ENTRIES, KEY_PARTS, json_in, toml_in

LONG = {
    "dotted key": ("a." * 100_000 + "a = 1", "a key has more than 32 parts (line 1)"),
    "dotted header": ("[" + "a." * 100_000 + "a]", "a key has more than 32 parts"),
    "spaced key": ("x = 1\n" + "a . " * 100_000 + "a = 1", "more than 32 parts (line 2)"),
    "quoted key": ('"a".' * 100_000 + "a = 1", "a key has more than 32 parts"),
    "inline key": ("x = {" + "a." * 100_000 + "a = 1}", "a key has more than 32 parts"),
    "digits": ("x = '''\n\n'''\na = " + "9" * 5_000, "a number has too many digits (line 4)"),
    "grouped": ("a = " + "1_" * 3_000 + "1", "a number has too many digits"),
    "hexadecimal": ("a = 0x" + "f" * 5_000, "a number has too many digits"),
    "octal": ("a = 0o" + "7" * 5_000, "a number has too many digits"),
    "binary": ("a = 0b" + "1" * 100_000, "a number has too many digits"),
    "fraction": ("a = 0." + "1" * 1_000_000, "a number has too many digits"),
    "exponent": ("a = 1e" + "1" * 5_000, "a number has too many digits"),
    "lists": ("a = 1\nb = " + "[" * 5_000, "nested too deep (line 2)"),
    "tables": ("a = " + "{a = " * 5_000, "nested too deep (line 1)"),
    "values": ("a = [" + "1," * (ENTRIES + 1) + "]", "more than 2,000,000 values"),
    "date": ("a = 2001-02-31", "not valid TOML: "),
    "quotes": ('a = "' + '\\"' * 500_000, "not valid TOML: "),
    "quotes of a long text": ('a = """' + '\\"""' * 500_000, "not valid TOML: "),
    "four quotes": ('a = ["""x"""", {' + "a." * 100_000 + 'a = 1}, "y"]', "more than 32 parts"),
    "four single quotes": (
        "a = ['''x'''', {" + "a." * 100_000 + "a = 1}, 'y']",
        "more than 32 parts",
    ),
}


@pytest.mark.parametrize("case", LONG)
def test_a_toml_text_past_a_limit_is_one_sentence_at_once(case):
    text, told = LONG[case]
    start = monotonic()
    with pytest.raises(BpdebugError) as error:
        toml_in(text)
    assert told in error.value.problem
    assert "\n" not in error.value.problem
    assert len(error.value.problem) < 500
    assert monotonic() - start < 10  # it took minutes


BAD_JSON = {
    "lists": ("[" * 100_000, "nested too deep"),
    "tables": ('{"a":' * 100_000, "nested too deep"),
    "digits": ("9" * 5_000, "too many digits"),
    "unfinished": ("[1, 2", "not valid JSON: "),
    "empty": ("", "not valid JSON: "),
    "nul": ("\x00", "not valid JSON: "),
    "control": ('"\x1b[31m', "not valid JSON: "),
    "quotes": ('"' + '\\"' * 500_000, "not valid JSON: "),
}


@pytest.mark.parametrize("case", BAD_JSON)
def test_a_json_text_past_a_limit_is_one_sentence(case):
    text, told = BAD_JSON[case]
    with pytest.raises(BpdebugError) as error:
        json_in(text)
    assert told in error.value.problem
    assert error.value.problem.isprintable()


def test_what_keeps_to_the_limits_is_read():
    key = ".".join(["a"] * KEY_PARTS)
    assert str(toml_in(f"{key} = 1")).count("a") == KEY_PARTS
    assert toml_in("a = " + "9" * DIGITS) == {"a": int("9" * DIGITS)}
    assert toml_in(f"a = {'[' * DEPTH}{']' * DEPTH}")
    assert json_in("[" * DEPTH + "]" * DEPTH)
    assert json_in('{"a": [1, 2.5, "NaN"]}') == {"a": [1, 2.5, "NaN"]}


def test_what_stands_in_texts_and_comments_is_not_measured():
    deep, dotted, long = "[" * 500, "a." * 500, "9" * 5_000
    text = f"a = \"{deep}{dotted}{long}\"\n# {deep}{dotted}{long}\nb = '''\n{deep}\n{long}'''"
    assert set(toml_in(text)) == {"a", "b"}
    assert json_in(json.dumps([deep, long, '"' + deep]))


PIECES = st.sampled_from(
    [
        *'[]{}=,."#\n\\ -',
        "'''",
        '"""',
        "a",
        "a.",
        "0x",
        "9" * 1_001,
        "1e999",
        "[a]\n",
        "\r\n",
        "\x00",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
@pytest.mark.parametrize("read", [toml_in, json_in])
def test_any_text_is_read_or_refused_in_one_printable_line(read, text):
    try:
        read(text)
    except BpdebugError as error:
        told = error.problem
        assert told.isprintable(), told  # most texts are refused
