"""What may come next in a line that is being typed, by the kind of argument a command takes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.debugger.commands.breakpoints import ALL
from bpdebug.debugger.commands.lookup import look_up
from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import BUILT_IN, SPECIAL, Allow, callable_names
from bpdebug.formats import DETAILS, FORMATS, SUFFIXES
from bpdebug.served import served

LAST_WORD = re.compile(r"[^\W\d]\w*$")
LAST_CHUNK = re.compile(r"\S*$")
FILES_READ = 10_000
"""Entries of a folder that are looked at."""


class Completion(NamedTuple):
    """Where the word that is being typed begins, and what it may become."""

    start: int
    words: list[str]


Completer = Callable[[str], Completion]
NOTHING: Completer = lambda text: Completion(len(text), [])  # noqa: E731
"""Completes nothing."""


def by_word(text: str, words: Iterable[str], pattern: re.Pattern[str] = LAST_WORD) -> Completion:
    """The words that begin with the last word of a text, once there is a letter of it."""
    found = pattern.search(text)
    begun = found[0] if found is not None else ""
    fitting = (word for word in words if begun and word.startswith(begun) and word != begun)
    return Completion(len(text) - len(begun), list(dict.fromkeys(fitting)))


def names(debugger: Debugger) -> list[str]:
    """The scenario's own names."""
    return [node.name for node in debugger.moment.graph.nodes if node.name]


def expression_words(debugger: Debugger) -> list[str]:
    """What a watch or a condition is made of, the scenario's names first."""
    functions = callable_names(Allow.WATCH)
    special = [*SPECIAL, *(name for name in functions if name not in SPECIAL)]
    rules = debugger.run.problem.rules.values()
    kept = dict.fromkeys(name for rule in rules for name in rule.states)
    return [*names(debugger), *special, *kept, *BUILT_IN, "and", "or", "not"]


def breakpoint_numbers(debugger: Debugger) -> list[str]:
    return [str(point.number) for point in debugger.breakpoints]


def watch_numbers(debugger: Debugger) -> list[str]:
    return [str(number) for number, _ in debugger.watches]


def expressions(debugger: Debugger, text: str) -> Completion:
    """print, watch, break: names and functions."""
    return by_word(text, expression_words(debugger))


def places(debugger: Debugger, text: str) -> Completion:
    """goto, until, find, info: names and marks."""
    marks = [f"'{name}" for name in debugger.marks]
    chunk = by_word(text, [*marks, *names(debugger), "iteration"], LAST_CHUNK)
    return chunk if chunk.words else by_word(text, names(debugger))


def mark_names(debugger: Debugger, text: str) -> Completion:
    return by_word(text, debugger.marks, LAST_CHUNK)


def numbers(debugger: Debugger, text: str) -> Completion:
    """delete, enable, disable: each breakpoint's number, offered before it is begun, or all."""
    return offered(text, [*breakpoint_numbers(debugger), ALL])


def watched(debugger: Debugger, text: str) -> Completion:
    """unwatch: each watch's number, or all."""
    return offered(text, [*watch_numbers(debugger), ALL])


def editable(debugger: Debugger, text: str) -> Completion:
    """edit: a number first, then an expression."""
    if " " in text:
        return expressions(debugger, text)
    watches = [f"w{number}" for number in watch_numbers(debugger)]
    return offered(text, [*breakpoint_numbers(debugger), *watches])


def offered(text: str, words: list[str]) -> Completion:
    """Like `by_word`, for the few words that are worth showing before a letter is typed."""
    found = LAST_CHUNK.search(text)
    begun = found[0] if found is not None else ""
    taken = text[: len(text) - len(begun)].split()
    fitting = [w for w in words if w.startswith(begun) and w != begun and w not in taken]
    return Completion(len(text) - len(begun), fitting)


def commands(debugger: Debugger, text: str) -> Completion:
    """help: a command's name."""
    return by_word(text, [command.name for command in COMMANDS if command.name])


def export_words(debugger: Debugger, text: str) -> Completion:
    """export: a file, then options and what they may be."""
    chunks = text.split()
    last = "" if text.endswith(" ") else (chunks.pop() if chunks else "")
    option = chunks[-1] if chunks else ""
    if option in ("--format", "--detail"):
        return offered(text, list(FORMATS if option == "--format" else DETAILS))
    if last.startswith("--"):
        return offered(text, ["--format", "--detail", "--iterations"])
    found = files(last)
    return Completion(len(text) - len(last) + found.start, found.words)


def files(text: str) -> Completion:
    """Folders, and files that an export could be, that begin like a path.

    None in a browser: which files there are is not a visitor's business.
    """
    if not text or served():
        return Completion(0, [])
    folder, begun = os.path.split(text)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry, _ in zip(entries, range(FILES_READ), strict=False)
                if entry.name.startswith(begun)
                and (begun or not entry.name.startswith("."))
                and (entry.is_dir() or entry.name.lower().endswith(tuple(SUFFIXES)))
            )
    except OSError:
        # What cannot be read completes nothing; the export itself says what is wrong with it.
        found = []
    start = len(text) - len(begun)
    return Completion(start, [name for name in found if name != begun])


KINDS: tuple[tuple[Callable[[Debugger, str], Completion], str], ...] = (
    (expressions, "print watch break tbreak break_condition inspect terms paths"),
    (places, "goto until find info"),
    (mark_names, "mark goto_mark"),
    (numbers, "delete enable disable"),
    (watched, "unwatch"),
    (editable, "edit"),
    (export_words, "export"),
    (commands, "help"),
)
"""What completes an argument, and the ids of the commands that take such a one."""
ARGUMENTS = {ident: complete for complete, idents in KINDS for ident in idents.split()}
"""What completes a command's argument, by the command's id."""


def completer(debugger: Debugger, ident: str) -> Completer:
    """What completes the argument of a command; with no id, a whole line."""
    if not ident:
        return lambda line: whole_line(debugger, line)
    argument = ARGUMENTS.get(ident)
    return NOTHING if argument is None else lambda text: argument(debugger, text)


def whole_line(debugger: Debugger, line: str) -> Completion:
    """A command first, then its argument."""
    lead = len(line) - len(line.lstrip())
    word, blank, argument = line[lead:].partition(" ")
    if not blank:
        found = commands(debugger, word)
        return Completion(lead + found.start, found.words)
    try:
        command = look_up(word)
    except BpdebugError:
        return NOTHING(line)
    found = completer(debugger, command.id)(argument)
    return Completion(len(line) - len(argument) + found.start, found.words)
