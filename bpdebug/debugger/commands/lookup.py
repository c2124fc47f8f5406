"""The command that is meant by what a user types.

`commands` fills the table when it is imported, as the package does; so the debugger finds a command
without importing those that import the debugger.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bpdebug.debugger.commands.command import Command
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.printable import quoted

TABLE: list[Command] = []
"""Every command, in the order of the table."""


def register(commands: Iterable[Command]) -> None:
    """Have these commands in the table."""
    TABLE[:] = commands
    commands_by_word.cache_clear()


@lru_cache(maxsize=1)
def commands_by_word() -> dict[str, Command]:
    """Every word that names a command, in full or short."""
    return {
        word: command
        for command in TABLE
        for word in (command.name, *command.abbreviations)
        if word
    }


def parse_line(line: str) -> tuple[Command, str]:
    """The command that a line begins with, and its argument.

    BpdebugError where there is no such command, or where it takes no argument and has one.
    """
    word, *rest = line.split(None, 1) or [""]
    alone = next((command for command in TABLE if word in command.alone), None)
    command = alone if alone and not rest else look_up(word)
    argument = "".join(rest).strip()
    if argument and not command.usage:
        raise BpdebugError(f"'{command.name}' takes no argument; leave {quoted(argument)} out")
    return command, argument


def look_up(word: str) -> Command:
    """The command with this name, abbreviation or unmistakable beginning."""
    known = commands_by_word()
    if word in known:
        return known[word]
    begun = {c.id: c for c in TABLE if c.name and word and c.name.startswith(word)}
    if len(begun) == 1:
        return next(iter(begun.values()))
    if begun:
        meant = " or ".join(c.name for c in begun.values())
        raise BpdebugError(f"'{word[:40]}' is short for {meant}; write more of it")
    full = [c.name for c in TABLE if c.name]
    hint = did_you_mean(word, full) or "; `help` lists the commands"
    raise BpdebugError(f"unknown command '{word[:40]}'{hint}")
