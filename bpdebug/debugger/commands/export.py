"""The command `export`, and how its arguments are parsed."""

from __future__ import annotations

import shlex
from os.path import expanduser

from bpdebug.debugger.commands.command import Argument, Command, ExportRequest
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.formats import DETAILS, FORMATS, listed
from bpdebug.records import replace
from bpdebug.run import Selection
from bpdebug.served import served


def export(debugger: Debugger, argument: str) -> str:
    """export FILE [--format F] [--detail D] [--iterations I]"""
    if debugger.exporter is None:
        raise BpdebugError("this session cannot write an export")
    watched = tuple(expression for _, expression in debugger.watches)
    request = replace(
        export_request(argument),
        watches=watched,
        comparison=debugger.comparison,
        second=debugger.second,
    )
    return debugger.exporter(request)


def export_request(argument: str) -> ExportRequest:
    """Parse the arguments of `export`; a file name with blanks must be quoted."""
    try:
        words = shlex.split(argument)
    except ValueError:
        raise BpdebugError("a quote in the file's name is never closed") from None
    target, options = "", {"--format": "", "--detail": "", "--iterations": ""}
    while words:
        argument = words.pop(0)
        word, _, value = argument.partition("=")
        if word in options:
            options[word] = value or (words.pop(0) if words else "")
            check_choice(word, options[word])
        elif word.startswith("--"):
            raise BpdebugError(f"export has no option '{word}'{did_you_mean(word, options)}")
        elif target:
            raise BpdebugError(f"one file, not '{word[:40]}' too; put a name with blanks in quotes")
        else:
            target = argument
    if not target:
        raise BpdebugError("export to which file? export trace.md, or export - for standard output")
    if not served():  # A visitor's home is not the one of this machine.
        target = expanduser(target)
    return ExportRequest(target, options["--format"], options["--detail"], options["--iterations"])


def check_choice(option: str, value: str) -> None:
    """Raise BpdebugError unless a value is a choice of its option, or selects iterations."""
    if option == "--iterations":
        Selection.parse(value)
        return
    choices = tuple(FORMATS) if option == "--format" else DETAILS
    if value not in choices:
        raise BpdebugError(f"{option} is one of {', '.join(choices)}, not '{value[:40]}'")


EXPORT: tuple[Command, ...] = (
    Command(
        "export",
        "write the trace to a file; - is standard output",
        export,
        abbreviations=("x",),
        keys=("x",),
        usage="export FILE [--format F] [--detail D] [--iterations I]",
        details=f"The format is {listed()};\n"
        "without one, the file's suffix decides. The detail is layer, group, edge or term.\n"
        "The iterations are all, or some of them: export t.json --iterations 1,10,100-110.",
        prompt="Export to",
        long=True,
        argument=Argument.EXPORT,
        downloads=True,
        alone_as_key=True,
    ),
)
