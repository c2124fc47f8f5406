"""The commands about scenarios: what this one is about, another one, and the tour."""

from __future__ import annotations

from textwrap import fill

from bpdebug.debugger.commands.command import Command
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.wording import safe

COLUMNS = 72
"""The most characters of a line of prose."""
NO_DESCRIPTION = "It says nothing about itself; a `description` in its file would stand here."


def about(debugger: Debugger, argument: str) -> str:
    """about"""
    problem = debugger.run.problem
    paragraphs = problem.description.strip().split("\n\n")
    prose = [fill(safe(" ".join(text.split())), COLUMNS) for text in paragraphs if text.strip()]
    notes = [fill(f"note: {safe(note.sentence)}", COLUMNS) for note in problem.notes]
    return "\n\n".join([safe(problem.title), *(prose or [NO_DESCRIPTION]), *notes])


def open_another(debugger: Debugger, argument: str) -> str:
    """open [NAME], which the screen implements; in line mode it fails."""
    name = argument or "NAME"
    raise BpdebugError(
        f"open works on the screen; here, leave with quit and start bpdebug {name[:80]} "
        "(bpdebug --list has the names)"
    )


def tour(debugger: Debugger, argument: str) -> str:
    """tour, which the screen implements; in line mode it fails."""
    raise BpdebugError("the tour needs the screen; leave with quit and start bpdebug --tour")


SCENARIOS: tuple[Command, ...] = (
    Command("about", "what this scenario is, and what to look for in it", about),
    Command(
        "open",
        "open another scenario; alone, choose a bundled one",
        open_another,
        usage="open [NAME]",
        details="open xor        a bundled scenario by its name\n"
        "open my.toml    a file\n"
        "Only on the screen. This scenario keeps its breakpoints, watches and marks.",
    ),
    Command(
        "tour",
        "a walk through backpropagation, station by station, with real numbers",
        tour,
        details="Only on the screen; `bpdebug --tour` starts with it.",
    ),
)
