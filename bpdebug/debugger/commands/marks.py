"""The commands for marks."""

from __future__ import annotations

from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.commands.motion import goto
from bpdebug.debugger.debugger import Debugger


def mark(debugger: Debugger, argument: str) -> str:
    """mark [NAME]"""
    name = debugger.add_mark(argument.strip("'").strip())
    iteration, position = debugger.instant
    return f"mark '{name}' at iteration {iteration}, tick {position}"


def marks(debugger: Debugger, argument: str) -> str:
    """marks"""
    if not debugger.marks:
        return "no marks; `mark NAME` sets one here"
    return "\n".join(
        f"'{name}  iteration {iteration}, tick {position}"
        for name, (iteration, position) in debugger.marks.items()
    )


def goto_mark(debugger: Debugger, argument: str) -> str:
    """goto 'MARK, for the key that asks for a mark's name alone."""
    return goto(debugger, "'" + argument.strip("'"))


MARKS: tuple[Command, ...] = (
    Command(
        "mark",
        "give this position a name",
        mark,
        abbreviations=("m",),
        keys=("m",),
        usage="mark [NAME]",
        details="Without a name, the mark gets the next number. `goto 'NAME` returns to it.",
        prompt="Mark this position as",
        argument=Argument.NEW_MARK,
    ),
    Command("marks", "the marks", marks),
    Command(
        "",
        "to a mark",
        goto_mark,
        ident="goto_mark",
        keys=("apostrophe",),
        usage="[NAME]",
        details="Without a name: the latest mark.",
        prompt="To the mark",
        long=True,
        argument=Argument.MARK,
    ),
)
