"""Find the command that a user types.

`commands.table` registers the commands when it is imported, so that the debugger finds a command
without importing the modules that import the debugger.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bpdebug.debugger.commands.command import Command
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.printable import quoted

TABLE: list[Command] = []
"""Every command, in the order of the table."""


def fill_table(commands: Iterable[Command]) -> None:
    """Put these commands into the table, in place of any others."""
    TABLE[:] = commands
    commands_by_word.cache_clear()


@lru_cache(maxsize=1)
def commands_by_word() -> dict[str, Command]:
    """By name and by abbreviation, the command."""
    return {
        word: command
        for command in TABLE
        for word in (command.name, *command.abbreviations)
        if word
    }


def parse_line(line: str) -> tuple[Command, str]:
    """Parse a line into its command and the argument.

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
    """The command with this name, abbreviation or unambiguous beginning; else BpdebugError."""
    by_word = commands_by_word()
    if word in by_word:
        return by_word[word]
    names = [command.name for command in TABLE if command.name]
    matches = [name for name in names if word and name.startswith(word)]
    if len(matches) == 1:
        return by_word[matches[0]]
    if matches:
        raise BpdebugError(f"'{word[:40]}' is short for {' or '.join(matches)}; write more of it")
    hint = did_you_mean(word, names) or "; `help` lists the commands"
    raise BpdebugError(f"unknown command '{word[:40]}'{hint}")
