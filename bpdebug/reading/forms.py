"""TOML and JSON in a text, measured in one quick pass before Python's readers see them.

Some texts are too much for those readers: a key of 100,000 parts takes minutes, a number of 5,000
digits is read but cannot be written, and deeply nested lists raise a RecursionError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.printable import quoted
from bpdebug.reading.limits import DEPTH, DIGITS, ENTRIES, KEY_PARTS

TOML_TEXTS = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3,5})?|\'\'\'(?:[^\']|\'{1,2}(?!\'))*+(?:\'{3,5})?'
    r'|"(?:[^"\\\n]|\\.)*+"?|\'[^\'\n]*+\'?|\#[^\n]*+',
    re.DOTALL,
)
"""Texts and comments: what they hold is not measured. One that is never closed goes to the end, so
that its quotes are not each looked at again as the beginning of another."""
JSON_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
DOTTED = re.compile(rf"(?<![\w+.\- \t])[ \t]*+(?:[\w+\-]++[ \t]*+\.[ \t]*+){{{KEY_PARTS}}}")
LONG = re.compile(rf"\d[\d_]{{{DIGITS}}}|0x[0-9a-fA-F_]{{{DIGITS + 1}}}")
BRACKETS = re.compile(r"[\[\]{}]")


def toml_in(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The tables of a TOML text; BpdebugError where it is none, or passes a limit.

    `parse_float` makes each number with a point or an exponent.
    """
    import tomllib

    bare = without_texts(text, TOML_TEXTS)
    found = DOTTED.search(bare)
    if found is not None:
        at = line_of(bare, found.end())
        raise BpdebugError(f"a key has more than {KEY_PARTS} parts ({at}); give it a shorter name")
    measure(bare, "TOML")
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        end = f"at {line_and_column(text, len(text))}, the end of the file"
        said = quoted(str(error).replace("at end of document", end), 300)[1:-1]
        raise BpdebugError(f"not valid TOML: {said}{bare_key_hint(text, said)}") from None
    except (ValueError, OverflowError, RecursionError) as error:
        # A date of the 40th of May is a plain ValueError.
        raise BpdebugError(f"not valid TOML: {quoted(error, 300)[1:-1]}") from None


def json_in(text: str, parse_number: Callable[[str], Any] | None = None) -> Any:
    """What a JSON text holds; BpdebugError where it is none, or passes a limit.

    `parse_number` makes each number; without it, numbers are Python's own.
    """
    import json

    measure(without_texts(text, JSON_TEXTS), "JSON")
    try:
        return json.loads(
            text,
            parse_float=parse_number,
            parse_int=parse_number,
            object_pairs_hook=without_repeats,
        )
    except (ValueError, RecursionError) as error:
        raise BpdebugError(f"not valid JSON: {quoted(error, 300)[1:-1]}") from None


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON as a dictionary; BpdebugError for a key that is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise BpdebugError(f"the key {quoted(twice, 60)} is given twice; leave one out")
    return found


def without_texts(text: str, texts: re.Pattern[str]) -> str:
    """The text with `q` for each text in quotes and each comment; lines stay where they are."""
    return texts.sub(lambda found: "q" + "\n" * found[0].count("\n"), text)


def measure(bare: str, form: str) -> None:
    """BpdebugError where what stands outside of texts passes a limit."""
    if bare.count(",") + bare.count("=") > ENTRIES:
        raise BpdebugError(
            f"the file has more than {ENTRIES:,} values; keep large arrays in an .npz file"
        )
    found = LONG.search(bare)
    if found is not None:
        at = line_of(bare, found.start())
        raise BpdebugError(
            f"not valid {form}: a number has too many digits ({at}), more than {DIGITS:,}; "
            "write it as 1.5e300"
        )
    depth = 0
    for found in BRACKETS.finditer(bare):
        # A closing one too many is for Python's reader to tell.
        depth = depth + 1 if found[0] in "[{" else max(depth - 1, 0)
        if depth > DEPTH:
            at = line_of(bare, found.start())
            raise BpdebugError(
                f"not valid {form}: lists or tables are nested too deep ({at}), more than "
                f"{DEPTH} in one another"
            )


def line_of(text: str, at: int) -> str:
    """The line in which a character stands."""
    return line_and_column(text, at).partition(",")[0]


def line_and_column(text: str, at: int) -> str:
    """Where a character stands, counted from 1."""
    text = text[:at].replace("\r\n", "\n")
    return f"line {text.count(chr(10)) + 1}, column {len(text) - text.rfind(chr(10))}"


def bare_key_hint(text: str, said: str) -> str:
    """What to do where TOML stumbled over a name such as δ, which it allows in quotes only."""
    found = re.search(r"at line (\d+), column (\d+)", said)
    lines = text.replace("\r\n", "\n").split("\n")
    if found is None or int(found[1]) > len(lines):
        return ""
    name = re.match(r"\s*(\w+)\s*=", lines[int(found[1]) - 1])
    if name is None or name[1].isascii():
        return ""
    return f'; put names with letters beyond a–z in quotes: "{name[1][:60]}" = …'
