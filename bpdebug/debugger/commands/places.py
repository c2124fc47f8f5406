"""Marks and search."""

from __future__ import annotations

from bpdebug.debugger.commands import moving
from bpdebug.debugger.commands.command import Command

PLACES: tuple[Command, ...] = (
    Command(
        "mark",
        "mark",
        "give this place a name",
        moving.mark,
        abbreviations=("m",),
        keys=("m",),
        usage="mark [NAME]",
        details="Without a name, the mark gets the next number. `goto 'NAME` returns to it.",
        prompt="Mark this place as",
    ),
    Command("marks", "marks", "the marks", moving.marks),
    Command(
        "goto_mark",
        "",
        "to a mark",
        moving.goto_mark,
        keys=("apostrophe",),
        usage="[NAME]",
        details="Without a name: the latest mark.",
        prompt="To the mark",
        long=True,
    ),
    Command(
        "find",
        "find",
        "the next tick whose name or op has the text",
        moving.find,
        abbreviations=("search",),
        keys=("slash", "ctrl+f"),
        usage="find [TEXT]",
        details="Without a text, `find` searches for the last one again. Exact names come first,\n"
        "ops before nodes; then parts of names; then formulas.",
        prompt="Find",
    ),
    Command(
        "rfind",
        "rfind",
        "the previous hit",
        moving.reverse_find,
        keys=("comma",),
        usage="rfind [TEXT]",
    ),
    Command("find_next", "", "the next hit", moving.find, keys=("full_stop",)),
)
