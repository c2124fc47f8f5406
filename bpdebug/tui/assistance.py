"""What helps to fill a prompt in: words to complete, and what is wrong with a line so far."""

from __future__ import annotations

from collections.abc import Callable

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import BUILT_IN, SPECIAL, Allow, callable_names

EXPRESSIONS = ("watch", "print")
BREAKPOINTS = ("break_condition", "break", "tbreak")
NAMES = ("goto", "find", "until", "info")


def words(debugger: Debugger, ident: str) -> list[str]:
    """What may be typed: the scenario's names first, then functions, then commands."""
    graph = debugger.moment.graph
    found = [node.name for node in graph.nodes if node.name]
    if ident in NAMES:
        return [*found, "iteration"]
    functions = callable_names(Allow.WATCH)
    found += [*SPECIAL, *(f for f in functions if f not in SPECIAL), *BUILT_IN]
    if ident in EXPRESSIONS or ident in BREAKPOINTS:
        return found
    return [*(command.name for command in COMMANDS if command.name), *found]


def problem(debugger: Debugger, ident: str) -> Callable[[str], str] | None:
    """A check of an expression or condition as it is typed; None where there is none to make."""
    trial: Callable[[str], object]
    if ident in EXPRESSIONS:
        trial = debugger.try_expression
    elif ident in BREAKPOINTS:
        trial = debugger.try_breakpoint
    else:
        return None

    def check(text: str) -> str:
        try:
            trial(text.strip())
        except BpdebugError as error:
            return error.problem.splitlines()[0]
        return ""

    return check
