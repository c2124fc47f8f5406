"""What a prompt says about a line while it is typed: where it leads, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bpdebug.debugger import Debugger
from bpdebug.debugger.commands.lookup import parse_line
from bpdebug.debugger.text.preview import breakpoint_text, landing_text
from bpdebug.errors import BpdebugError


class Told(NamedTuple):
    """What there is to say about a line, and whether it is good so far."""

    text: str
    ok: bool = True


Teller = Callable[[str], Told]


def value_here(debugger: Debugger, text: str) -> str:
    """An expression with its value here. BpdebugError where it could never be evaluated."""
    debugger.try_expression(text)
    return debugger.show(text).splitlines()[0]


def mark(debugger: Debugger, text: str) -> str:
    """Where a mark is."""
    return landing_text(debugger, "'" + text.strip("'"))


def edited(debugger: Debugger, text: str) -> str:
    """What the new text of a breakpoint or a watch is worth here."""
    number, _, rest = text.partition(" ")
    if not rest.strip():
        return ""
    return (value_here if number.startswith("w") else breakpoint_text)(debugger, rest.strip())


ARGUMENTS: dict[str, Callable[[Debugger, str], str]] = {
    "goto": landing_text,
    "goto_mark": mark,
    "print": value_here,
    "watch": value_here,
    "break": breakpoint_text,
    "tbreak": breakpoint_text,
    "break_condition": breakpoint_text,
    "edit": edited,
}
"""What tells about a command's argument, by the command's id."""


def teller(debugger: Debugger, ident: str) -> Teller | None:
    """What tells about an argument of a command; with no id, about a whole line."""
    if not ident:
        return lambda line: about_line(debugger, line)
    argument = ARGUMENTS.get(ident)
    return None if argument is None else lambda text: told(debugger, argument, text)


def told(debugger: Debugger, tell: Callable[[Debugger, str], str], text: str) -> Told:
    """The answer, or the error that stands in its place."""
    if not text.strip():
        return Told("")
    try:
        found = Told(tell(debugger, text.strip()))
    except BpdebugError as error:
        found = Told(error.problem, ok=False)
    return Told(debugger.showable(found.text), found.ok)


def about_line(debugger: Debugger, line: str) -> Told:
    """A command's form and summary, until there is something to say about its argument."""
    if not line.strip() or line.strip().startswith("#"):
        return Told("")
    try:
        command, argument = parse_line(line)
    except BpdebugError:
        # While a word is being typed it is no mistake yet; sending it says what is wrong.
        return Told("")
    tell = ARGUMENTS.get(command.id)
    if tell is not None and argument:
        return told(debugger, tell, argument)
    return Told(f"{command.form}: {command.summary}")
