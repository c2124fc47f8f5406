"""What a command is, and its reply."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from bpdebug.records import record

if TYPE_CHECKING:
    from bpdebug.debugger.comparison import Comparison
    from bpdebug.debugger.debugger import Debugger
    from bpdebug.debugger.second_run import SecondRun


class MotionText(str):
    """A motion's note. Line mode prints the cursor's tick and the watches after it."""

    __slots__ = ()


class Argument(Enum):
    """What a command takes behind its name; completion and the message about a line follow."""

    NONE = "none"
    """Nothing, or something that is not completed: a count, a line, the name of a scenario."""
    EXPRESSION = "expression"
    BREAKPOINT = "breakpoint"
    """A location, a condition, or both."""
    TENSOR = "tensor"
    """A node or an aspect of it, whole or a cell of it."""
    INSTANT = "instant"
    """Where `goto` goes."""
    LOCATION = "location"
    TEXT = "text"
    """A part of a name, to search for."""
    GROUP = "group"
    """The name of a group of the graph, or all."""
    MARK = "mark"
    """A mark that is there."""
    NEW_MARK = "new mark"
    BREAKPOINTS = "breakpoints"
    """Numbers of breakpoints, or all."""
    WATCHES = "watches"
    """Numbers of watches, or all."""
    ENTRY = "entry"
    """The number of a breakpoint or a watch, then its new text."""
    EXPORT = "export"
    """A file to write, and options."""
    NUMBERS = "numbers"
    """A file with numbers to compare with."""
    CURVES = "curves"
    """Expressions that are one number, or words for a family of curves, between commas."""
    CHANGES = "changes"
    """Changed settings of the scenario, or another scenario."""
    COMMAND = "command"


NAMING = frozenset(
    [
        *(Argument.EXPRESSION, Argument.BREAKPOINT, Argument.TENSOR, Argument.INSTANT),
        *(Argument.LOCATION, Argument.GROUP, Argument.ENTRY),
    ]
)
"""Arguments in which names of nodes and groups may stand as a line at the cursor shows them."""


class Results(Enum):
    """What a command goes through; a screen then offers the keys of the next and the previous."""

    HITS = "hits"
    WRONG_LINES = "wrong lines"


@record
class Reply:
    """The reply to a line: what to show, whether it went well, whether to leave."""

    note: str
    """The command's own answer."""
    ok: bool = True
    quit: bool = False
    where: str = ""
    """After a motion, the cursor's tick and the watches; empty where a front end shows them."""
    cancelled: bool = False
    """True when the user cancelled the command: nothing was done, and it is no mistake."""

    @property
    def text(self) -> str:
        """Note and tick together."""
        return "\n".join(filter(None, (self.note, self.where)))


@record
class Command:
    """A command, declared once: line mode, keys, palette, help and the reference all read this.

    `run(debugger, argument)` does it and returns its note; it raises BpdebugError when the
    argument is wrong. An entry without a `name` is a key that gives another command its argument.
    """

    name: str
    summary: str
    run: Callable[[Debugger, str], str]
    abbreviations: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    """Abbreviations where nothing follows them; with an argument they may be another command's."""
    keys: tuple[str, ...] = ()
    """As Textual names keys; screens show the first."""
    usage: str = ""
    """The command with its arguments; the name alone where it is empty."""
    details: str = ""
    prompt: str = ""
    """What the screen asks for when a key runs the command; empty when it needs no argument."""
    long: bool = False
    """It may go through many iterations; a screen runs it in a thread and shows its progress."""
    ident: str = ""
    """The id where it differs from the name."""
    argument: Argument = Argument.NONE
    results: Results | None = None
    """What it goes through from one to the next; None where it does no such thing."""
    downloads: bool = False
    """It writes a file, which a browser downloads; there it runs in no thread."""
    alone_as_key: bool = False
    """Typed without an argument, it does on a screen what its key does there."""

    @property
    def id(self) -> str:
        """Its name in the tables of keys and prompts, and in a keymap."""
        return self.ident or self.name

    @property
    def short(self) -> tuple[str, ...]:
        """Every abbreviation, including those that hold only without an argument."""
        return (*self.abbreviations, *self.alone)

    @property
    def form(self) -> str:
        """The command as typed, with its arguments."""
        return self.usage or self.name


@record
class ExportRequest:
    """The arguments of `export FILE` with its options, for the front end's exporter."""

    target: str
    format: str = ""
    """text, markdown, json, jsonl or csv; empty to tell by the file's suffix."""
    detail: str = ""
    """layer, group, edge or term; empty for what the front end was started with."""
    iterations: str = ""
    """A selection such as `1,10,100-110`; empty for the front end's default."""
    watches: tuple[str, ...] = ()
    """Watched expressions; each whose value is a number gets a column among the curves."""
    comparison: Comparison | None = None
    """Somebody's numbers to stand beside the run's; None for none."""
    second: SecondRun | None = None
    """A run whose curves stand beside the run's; None for none."""
