"""A look at an expression's text before Python's parser sees it: its size and its nesting."""

from __future__ import annotations

import re
from unicodedata import category

from bpdebug.errors import BpdebugError
from bpdebug.expression.excerpt import mistake
from bpdebug.expression.hints import for_sign
from bpdebug.expression.limits import BRACKETS, EXPRESSION_LENGTH
from bpdebug.printable import HIDDEN

SIGNS = re.compile(rf"(?:[-+~]\s*){{{BRACKETS + 1},}}|(?:\bnot\s+){{{BRACKETS + 1},}}")
CUT = ("…", "...", "~")
NOT_CUT = re.compile(r"\"[^\"]*\"|'[^']*'|(?<=[\[,])\s*\.\.\.(?=\s*[\],])")
"""Texts in quotes, and the dots of an index, `x[..., 0]`, which no screen writes."""
CLOSING = {")": "(", "]": "[", "}": "{"}


def clean(text: str, *, whole: bool = False) -> str:
    """The text on one line, checked. Raises BpdebugError at what can be seen without parsing.

    With `whole`, that is also a name that the screen had no room for.
    """
    if len(text) > EXPRESSION_LENGTH:
        raise BpdebugError(
            f"the expression has {len(text):,} characters, more than {EXPRESSION_LENGTH:,}; "
            "split it into several entries"
        )
    text = re.sub(r"[\n\r\t]", " ", text)
    if not text.strip():
        raise BpdebugError("the expression is empty; write one, such as 'x * w'")
    for at, char in enumerate(text):
        behind = text[at + 1 : at + 2]
        if char == "!" and behind != "=":
            raise fault(text, at, for_sign("!"))
        lone = char == "#" and not ("0" <= behind <= "9")
        if lone or char in "\\;`$?" or category(char) in HIDDEN:
            raise fault(text, at, "this character has no place in an expression")
    if whole:
        check_whole(text)
    check_brackets(text)
    run = SIGNS.search(text)
    if run is not None:
        raise fault(text, run.start(), f"more than {BRACKETS} signs in a row")
    return text


def check_whole(text: str) -> None:
    """BpdebugError for a name that the screen had no room for."""
    plain = NOT_CUT.sub(lambda found: " " * len(found[0]), text)
    for mark in CUT:
        at = plain.find(mark)
        if at >= 0:
            problem = f"'{mark}' marks a name that was cut to fit the screen; type the whole name"
            raise mistake(problem, text, (at, at + len(mark)))


def check_brackets(text: str) -> None:
    """Every bracket must be closed, by its like, and not too many be open at once."""
    still_open: list[int] = []
    quote = ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            still_open.append(at)
            if len(still_open) > BRACKETS:
                raise fault(text, at, f"more than {BRACKETS} nested brackets; split the expression")
        elif char in ")]}":
            if not still_open or text[still_open[-1]] != CLOSING[char]:
                raise fault(text, at, f"'{char}' closes nothing")
            still_open.pop()
    if still_open:
        raise fault(text, still_open[-1], f"'{text[still_open[-1]]}' is never closed")


def fault(text: str, at: int, problem: str) -> BpdebugError:
    """A mistake at one character."""
    return mistake(problem, text, (at, at + 1))
