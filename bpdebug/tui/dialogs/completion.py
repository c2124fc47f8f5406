"""Completion of a line that is being typed, by the kind of argument that a command takes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from bpdebug.debugger import COMMANDS, Command, Debugger
from bpdebug.debugger.commands.breakpoints import ALL
from bpdebug.debugger.commands.command import Argument
from bpdebug.debugger.commands.lookup import look_up
from bpdebug.debugger.short_names import short_names
from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import BUILT_IN, SPECIAL, Allow, callable_names
from bpdebug.formats import DETAILS, FORMATS, SUFFIXES
from bpdebug.run.curve_names import FAMILIES
from bpdebug.served import served

LAST_WORD = re.compile(r"[^\W\d][\w.]*$")
"""The name that a text ends with, also the beginning of a dotted name."""
LAST_KEY = re.compile(r"(?<=[\s,;])[\w./]+$|^[\w./]+$")
"""The key or the scenario that a text ends with, not a value."""
LAST_CHUNK = re.compile(r"\S*$")
MOST_FILES = 10_000
"""Entries of a folder that are read, at most."""
NUMBERS = (".json", ".toml", ".npz", ".safetensors")
"""Suffixes of files with numbers to compare."""


class Completion(NamedTuple):
    """Where the word that is being typed begins, and what it may become."""

    start: int
    words: list[str]


Completer = Callable[[str], Completion]
NOTHING: Completer = lambda text: Completion(len(text), [])  # noqa: E731
"""Completes nothing."""


def by_word(text: str, words: Iterable[str], pattern: re.Pattern[str] = LAST_WORD) -> Completion:
    """The words that begin with the last word of a text, once it has a letter."""
    match = pattern.search(text)
    begun = match[0] if match is not None else ""
    fitting = (word for word in words if begun and word.startswith(begun) and word != begun)
    return Completion(len(text) - len(begun), list(dict.fromkeys(fitting)))


def names(debugger: Debugger) -> list[str]:
    """The scenario's own names, then those inside the group here as its lines show them."""
    whole = [node.name for node in debugger.moment.graph.nodes if node.name]
    return [*whole, *short_names(debugger.moment)]


def breakpoint_numbers(debugger: Debugger) -> list[str]:
    """The numbers of all breakpoints, as texts."""
    return [str(point.number) for point in debugger.breakpoints]


def watch_numbers(debugger: Debugger) -> list[str]:
    """The numbers of all watches, as texts."""
    return [str(number) for number, _ in debugger.watches]


def complete_expression(debugger: Debugger, text: str) -> Completion:
    """print, watch, break: the scenario's names first, then functions, states and operators."""
    functions = callable_names(Allow.WATCH)
    special = [*SPECIAL, *(name for name in functions if name not in SPECIAL)]
    states = [name for rule in debugger.run.problem.rules.values() for name in rule.states]
    words = [*names(debugger), *special, *states, *BUILT_IN, "and", "or", "not"]
    return by_word(text, words)


def complete_breakpoint(debugger: Debugger, text: str) -> Completion:
    """break: names and groups first, then what a condition may have."""
    groups = by_word(text, [*names(debugger), *debugger.timeline.graph.groups])
    rest = complete_expression(debugger, text)
    return Completion(groups.start, list(dict.fromkeys([*groups.words, *rest.words])))


def complete_location(debugger: Debugger, text: str) -> Completion:
    """goto, until, find, info: names, groups and marks."""
    marks = [f"'{name}" for name in debugger.marks]
    groups = debugger.timeline.graph.groups
    chunk = by_word(text, [*marks, *names(debugger), *groups, "iteration"], LAST_CHUNK)
    return chunk if chunk.words else by_word(text, names(debugger))


def complete_group(debugger: Debugger, text: str) -> Completion:
    """fold, unfold: the names of groups, or all."""
    return by_word(text, [*debugger.timeline.graph.groups, ALL], LAST_CHUNK)


def complete_mark(debugger: Debugger, text: str) -> Completion:
    """mark: the names of marks."""
    return by_word(text, debugger.marks, LAST_CHUNK)


def complete_breakpoints(debugger: Debugger, text: str) -> Completion:
    """delete, enable, disable: breakpoints' numbers, also before a digit is typed, or all."""
    return offer_words(text, [*breakpoint_numbers(debugger), ALL])


def complete_watches(debugger: Debugger, text: str) -> Completion:
    """unwatch: watches' numbers, or all."""
    return offer_words(text, [*watch_numbers(debugger), ALL])


def complete_entry(debugger: Debugger, text: str) -> Completion:
    """edit: a number first, then an expression."""
    if " " in text:
        return complete_expression(debugger, text)
    watches = [f"w{number}" for number in watch_numbers(debugger)]
    return offer_words(text, [*breakpoint_numbers(debugger), *watches])


def complete_curves(debugger: Debugger, text: str) -> Completion:
    """curves: words for a family, then what an expression may have."""
    families = by_word(text, ["loss", *FAMILIES.values()])
    rest = complete_expression(debugger, text)
    return Completion(families.start, list(dict.fromkeys([*families.words, *rest.words])))


def complete_changes(debugger: Debugger, text: str) -> Completion:
    """with: settings of [run] and of the run's optimizer, other keys, bundled scenarios."""
    # Loaded only here: a screen opens sooner without them.
    from bpdebug.scenario.library import paths
    from bpdebug.scenario.settings import RUN_KEYS
    from bpdebug.scenario.tables import CHANGEABLE

    rule = debugger.run.problem.rule
    settings = [*RUN_KEYS, *(["name", *rule.settings] if rule is not None else [])]
    keys = [f"{name}=" for name in settings]
    tables = [f"{table}." for table in CHANGEABLE if table != "loss"]
    return by_word(text, [*keys, *tables, *paths()], LAST_KEY)


def offer_words(text: str, words: list[str]) -> Completion:
    """The words that begin with the last chunk of a text, also where that chunk is empty."""
    match = LAST_CHUNK.search(text)
    begun = match[0] if match is not None else ""
    taken = text[: len(text) - len(begun)].split()
    fitting = [w for w in words if w.startswith(begun) and w != begun and w not in taken]
    return Completion(len(text) - len(begun), fitting)


def complete_command(debugger: Debugger, text: str) -> Completion:
    """help: a command's name."""
    return by_word(text, [command.name for command in COMMANDS if command.name])


def complete_export(debugger: Debugger, text: str) -> Completion:
    """export: a file, then options and what they may be."""
    chunks = text.split()
    last = "" if text.endswith(" ") else (chunks.pop() if chunks else "")
    option = chunks[-1] if chunks else ""
    if option in ("--format", "--detail"):
        return offer_words(text, list(FORMATS if option == "--format" else DETAILS))
    if last.startswith("--"):
        return offer_words(text, ["--format", "--detail", "--iterations"])
    completion = complete_file(last)
    return Completion(len(text) - len(last) + completion.start, completion.words)


def complete_numbers_file(debugger: Debugger, text: str) -> Completion:
    """against: a file of numbers, or off."""
    completion = complete_file(text, NUMBERS)
    return completion if completion.words else offer_words(text, ["off"])


def complete_file(text: str, suffixes: Collection[str] = tuple(SUFFIXES)) -> Completion:
    """Folders, and files with one of some suffixes, that begin like a path.

    Nothing in a browser: a visitor may not list the server's files.
    """
    if not text or served():
        return Completion(0, [])
    folder, begun = os.path.split(text)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry, _ in zip(entries, range(MOST_FILES), strict=False)
                if entry.name.startswith(begun)
                and (begun or not entry.name.startswith("."))
                and (entry.is_dir() or entry.name.lower().endswith(tuple(suffixes)))
            )
    except OSError:
        # An unreadable folder completes nothing; the export itself reports what is wrong with it.
        names = []
    start = len(text) - len(begun)
    return Completion(start, [name for name in names if name != begun])


KINDS: Mapping[Argument, Callable[[Debugger, str], Completion]] = {
    Argument.EXPRESSION: complete_expression,
    Argument.BREAKPOINT: complete_breakpoint,
    Argument.TENSOR: complete_expression,
    Argument.INSTANT: complete_location,
    Argument.LOCATION: complete_location,
    Argument.TEXT: complete_location,
    Argument.GROUP: complete_group,
    Argument.MARK: complete_mark,
    Argument.NEW_MARK: complete_mark,
    Argument.BREAKPOINTS: complete_breakpoints,
    Argument.WATCHES: complete_watches,
    Argument.ENTRY: complete_entry,
    Argument.EXPORT: complete_export,
    Argument.CURVES: complete_curves,
    Argument.CHANGES: complete_changes,
    Argument.NUMBERS: complete_numbers_file,
    Argument.COMMAND: complete_command,
}
"""The function that completes an argument, by what that is."""


def completer(debugger: Debugger, command: Command | None) -> Completer:
    """The completer of a command's argument; with no command, of a whole line."""
    if command is None:
        return lambda line: whole_line(debugger, line)
    complete = KINDS.get(command.argument)
    return NOTHING if complete is None else lambda text: complete(debugger, text)


def whole_line(debugger: Debugger, line: str) -> Completion:
    """A command first, then its argument."""
    lead = len(line) - len(line.lstrip())
    word, blank, argument = line[lead:].partition(" ")
    if not blank:
        completion = complete_command(debugger, word)
        return Completion(lead + completion.start, completion.words)
    try:
        command = look_up(word)
    except BpdebugError:
        return NOTHING(line)
    completion = completer(debugger, command)(argument)
    return Completion(len(line) - len(argument) + completion.start, completion.words)
