"""The table of commands: line mode, keys, the help screen and the reference all come from it."""

from __future__ import annotations

from functools import lru_cache

from bpdebug.debugger import looks
from bpdebug.debugger.command import Command
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.helping import described, key_text, overview
from bpdebug.debugger.table.inspecting import INSPECTING
from bpdebug.debugger.table.judging import JUDGING
from bpdebug.debugger.table.looking import LOOKING
from bpdebug.debugger.table.moving import MOVING
from bpdebug.debugger.table.places import PLACES
from bpdebug.debugger.table.stopping import STOPPING
from bpdebug.debugger.table.time import TIME
from bpdebug.errors import BpdebugError, did_you_mean

__all__ = ["COMMANDS", "key_text", "look_up", "names"]


def help_on(debugger: Debugger, argument: str) -> str:
    """help [COMMAND]"""
    return described(look_up(argument.split()[0])) if argument else overview(COMMANDS)


COMMANDS: tuple[Command, ...] = (
    *MOVING,
    *TIME,
    *PLACES,
    *STOPPING,
    *LOOKING,
    *JUDGING,
    *INSPECTING,
    Command(
        "help",
        "help",
        "the commands, or one of them in full",
        help_on,
        abbreviations=("h", "?"),
        keys=("question_mark", "f1"),
        usage="help [COMMAND]",
    ),
    Command(
        "quit",
        "quit",
        "leave",
        looks.leave,
        abbreviations=("q", "exit"),
        keys=("q", "ctrl+q"),
    ),
)


@lru_cache(maxsize=1)
def names() -> dict[str, Command]:
    """Every word that names a command, in full or short."""
    return {
        word: command
        for command in COMMANDS
        for word in (command.name, *command.abbreviations)
        if word
    }


def look_up(word: str) -> Command:
    """The command with this name, abbreviation or unmistakable beginning."""
    known = names()
    if word in known:
        return known[word]
    begun = {c.id: c for c in COMMANDS if c.name and word and c.name.startswith(word)}
    if len(begun) == 1:
        return next(iter(begun.values()))
    if begun:
        meant = " or ".join(c.name for c in begun.values())
        raise BpdebugError(f"'{word[:40]}' is short for {meant}; write more of it")
    full = [c.name for c in COMMANDS if c.name]
    hint = did_you_mean(word, full) or "; `help` lists the commands"
    raise BpdebugError(f"unknown command '{word[:40]}'{hint}")
