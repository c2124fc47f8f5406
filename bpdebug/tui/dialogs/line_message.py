"""The message about a line while the user types it: where it leads, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bpdebug.debugger import Command, Debugger
from bpdebug.debugger.commands.command import NAMING, Argument
from bpdebug.debugger.commands.lookup import parse_line
from bpdebug.debugger.short_names import written_out
from bpdebug.debugger.text.preview import breakpoint_text, landing_text
from bpdebug.errors import BpdebugError


class LineMessage(NamedTuple):
    """A message about a line, empty for none, and whether the line is good so far."""

    text: str
    ok: bool = True


Explainer = Callable[[str], LineMessage]


def value_here(debugger: Debugger, text: str) -> str:
    """An expression with its value at the cursor. BpdebugError where it can never be evaluated."""
    debugger.try_expression(text)
    return debugger.show(text).splitlines()[0]


def mark_text(debugger: Debugger, text: str) -> str:
    """The position of a mark, as `goto` would reach it."""
    return landing_text(debugger, "'" + text.strip("'"))


def edited_text(debugger: Debugger, text: str) -> str:
    """The value at the cursor of a breakpoint's or a watch's new text; empty without a text."""
    number, _, rest = text.partition(" ")
    if not rest.strip():
        return ""
    return (value_here if number.startswith("w") else breakpoint_text)(debugger, rest.strip())


ARGUMENTS: Mapping[Argument, Callable[[Debugger, str], str]] = {
    Argument.INSTANT: landing_text,
    Argument.MARK: mark_text,
    Argument.EXPRESSION: value_here,
    Argument.BREAKPOINT: breakpoint_text,
    Argument.ENTRY: edited_text,
}
"""The explainers of arguments, by what those are."""


def explainer(debugger: Debugger, command: Command | None) -> Explainer | None:
    """The explainer of a command's argument, or None; with no command, that of a whole line."""
    if command is None:
        return lambda line: explain_line(debugger, line)
    if command.argument not in ARGUMENTS:
        return None
    return lambda text: explained(debugger, command, text)


def explained(debugger: Debugger, command: Command, text: str) -> LineMessage:
    """The explanation of an argument; the error where it has a mistake; empty for a blank one."""
    if not text.strip():
        return LineMessage("")
    try:
        if command.argument in NAMING:
            text = written_out(debugger.moment, text)
        message = LineMessage(ARGUMENTS[command.argument](debugger, text.strip()))
    except BpdebugError as error:
        message = LineMessage(error.problem, ok=False)
    return LineMessage(debugger.showable(message.text), message.ok)


def explain_line(debugger: Debugger, line: str) -> LineMessage:
    """The message about a line: its argument explained, else the command's form and summary."""
    if not line.strip() or line.strip().startswith("#"):
        return LineMessage("")
    try:
        command, argument = parse_line(line)
    except BpdebugError:
        # A word that is being typed is no mistake yet; sending the line reports it.
        return LineMessage("")
    if command.argument in ARGUMENTS and argument:
        return explained(debugger, command, argument)
    return LineMessage(f"{command.form}: {command.summary}")
