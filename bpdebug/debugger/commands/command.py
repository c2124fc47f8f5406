"""What a command is, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpdebug.record import record

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger


class MotionText(str):
    """What a motion says. Where one stands belongs behind it, for those who do not see it."""

    __slots__ = ()


@record
class Reply:
    """The answer to one line: what to show, whether it went well, whether to leave."""

    note: str
    """What there is to say besides where one stands."""
    ok: bool = True
    quit: bool = False
    where: str = ""
    """After a motion, where one stands, and the watches; empty where a front end shows them."""
    cancelled: bool = False
    """True when the person ended it: not done, and no mistake either."""

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(part for part in (self.note, self.where) if part)


@record
class Command:
    """One command, declared once: line mode, keys, palette, help and the reference all read this.

    `run(debugger, argument)` does it and returns what to say; it raises BpdebugError when the
    argument is wrong. An entry without a `name` is a key that gives another command its argument.
    """

    name: str
    summary: str
    run: Callable[[Debugger, str], str]
    abbreviations: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    """Abbreviations where nothing follows them; with an argument they may be another command's."""
    keys: tuple[str, ...] = ()
    """As Textual names keys; the first is the one to show."""
    usage: str = ""
    """The command with its arguments; the name alone where it is empty."""
    details: str = ""
    prompt: str = ""
    """What a key asks for before it runs the command; empty when it needs no argument."""
    long: bool = False
    """It may go through many iterations; a screen does it beside itself and shows how far it is."""
    ident: str = ""
    """The id where it is another word than the name."""

    @property
    def id(self) -> str:
        """What the tables of keys, openers and prompts call it."""
        return self.ident or self.name

    @property
    def short(self) -> tuple[str, ...]:
        """Every abbreviation, also those that hold without an argument only."""
        return (*self.abbreviations, *self.alone)

    @property
    def form(self) -> str:
        """How it is typed."""
        return self.usage or self.name


@record
class ExportRequest:
    """What `export FILE` with its options asks of the front end's exporter."""

    target: str
    format: str = ""
    """text, markdown, json, jsonl or csv; empty to tell by the file's suffix."""
    detail: str = ""
    """layer, edge or term; empty for what the front end was started with."""
    iterations: str = ""
    """Which of them, such as `1,10,100-110`; empty for all, or what the front end says."""
    watches: tuple[str, ...] = ()
    """What is watched: among the curves, each that is one number has a column."""
