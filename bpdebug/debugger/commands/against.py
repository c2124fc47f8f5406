"""The commands about numbers that the user hands in: compare them, go from error to error."""

from __future__ import annotations

import shlex
from functools import partial
from os.path import expanduser
from pathlib import Path

from bpdebug.debugger.commands.command import Argument, Command, MotionText, Results
from bpdebug.debugger.comparison import WrongLine
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.served import served
from bpdebug.wording import gradient_name, node_name

OFF = "off"
NOTHING = (
    "there are no numbers to compare with yet; `against FILE` reads yours (.json, .toml, .npz, "
    ".safetensors)"
)


def against(debugger: Debugger, argument: str) -> str:
    """against [FILE | off]"""
    if argument == OFF:
        return forget(debugger)
    if argument:
        made = debugger.compare_with(file_of(argument))
        return "\n".join([*made.report, *([f"note: {made.beyond}"] if made.beyond else [])])
    if debugger.comparison is None:
        raise BpdebugError(NOTHING)
    return "\n".join([f"{debugger.comparison.source}:", *debugger.comparison.report])


def forget(debugger: Debugger) -> str:
    """against off"""
    before = debugger.handed_in
    if before is None:
        raise BpdebugError("no numbers were handed in, so that there are none to forget")
    debugger.compare(None)
    rest = "; the lines of [backward] are compared again" if debugger.comparison else ""
    return f"{before.source} is forgotten{rest}"


def file_of(argument: str) -> Path:
    """The file that an argument names; one with blanks may be quoted."""
    if served():
        raise BpdebugError("files cannot be read from a browser; start bpdebug on your own machine")
    try:
        words = shlex.split(argument)
    except ValueError:
        raise BpdebugError("a quote in the file's name is never closed") from None
    if len(words) != 1:
        raise BpdebugError("name one file; put a name with blanks in quotes")
    try:
        return Path(expanduser(words[0]))
    except ValueError as error:  # a null character
        raise BpdebugError(f"there is no such file: {error}") from None


def next_wrong(debugger: Debugger, argument: str, *, back: bool = False) -> str:
    """wrong and rwrong: go to the next or the previous wrong line, wrapping at the ends."""
    comparison = debugger.comparison
    if comparison is None:
        which = "previous" if back else "next"
        raise BpdebugError(f"no {which} wrong line: {NOTHING}")
    line, number, wrapped = comparison.neighbour(debugger.instant, back=back)
    debugger.go(line.instant)
    note = f"wrong line {number} of {len(comparison.wrong_lines)}: {title(debugger, line)}"
    return MotionText(f"{note}; went round" if wrapped else note)


def title(debugger: Debugger, line: WrongLine) -> str:
    """What is wrong in a line, and where: a mistake's name, or that none explains it."""
    graph, script = debugger.timeline.graph, debugger.script
    if line.mistake is not None:
        return f"{line.mistake.title} ({line.mistake.id})"
    if line.instant.position <= debugger.timeline.forward:
        return f"the value of {node_name(graph, line.node, script)}"
    if line.update is not None:
        return f"the update of {node_name(graph, line.node, script)}; no known mistake explains it"
    return f"{gradient_name(graph, line.node, script)}; no known mistake explains it"


AGAINST: tuple[Command, ...] = (
    Command(
        "against",
        "compare numbers of your own with the right ones; alone, the verdict again",
        against,
        abbreviations=("a", "compare"),
        keys=("a",),
        usage="against [FILE | off]",
        details="against mine.json  reads arrays by name, from .json, .toml, .npz or .safetensors\n"
        "against            the verdict again\n"
        "against off        forgets the numbers\n"
        "The names are W1, grad(z1), delta(2), value(h1) or new(W1), each with @3 behind it for\n"
        "iteration 3. From then on `list` marks the lines that are wrong by themselves, and\n"
        "those that only follow from them; `where` and `print` show your numbers beside the\n"
        "right ones. A scenario with a [backward] is compared from the start.",
        prompt="Compare with the numbers in",
        argument=Argument.NUMBERS,
        long=True,
    ),
    Command(
        "wrong",
        "the next line that is wrong in your numbers",
        next_wrong,
        abbreviations=("next-wrong", "nw"),
        keys=("right_parenthesis",),
        long=True,
        results=Results.WRONG_LINES,
    ),
    Command(
        "rwrong",
        "the previous line that is wrong in your numbers",
        partial(next_wrong, back=True),
        abbreviations=("last-wrong", "previous-wrong", "rw"),
        keys=("left_parenthesis",),
        long=True,
        results=Results.WRONG_LINES,
    ),
)
