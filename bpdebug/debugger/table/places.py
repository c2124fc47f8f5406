"""Marks and search."""

from __future__ import annotations

from bpdebug.debugger import motions
from bpdebug.debugger.command import Command

PLACES: tuple[Command, ...] = (
    Command(
        "mark",
        "mark",
        "remember this place by a name",
        motions.mark,
        abbreviations=("m",),
        keys=("m",),
        usage="mark [NAME]",
        details="Without a name it takes the next number. `goto 'NAME` returns.",
        prompt="Mark this place as",
    ),
    Command("marks", "marks", "the marks", motions.marks),
    Command(
        "goto_mark",
        "",
        "to a mark",
        motions.goto_mark,
        keys=("apostrophe",),
        usage="[NAME]",
        details="Without a name it is the mark set last.",
        prompt="To the mark",
        long=True,
    ),
    Command(
        "find",
        "find",
        "the next tick whose name or op has the text",
        motions.find,
        abbreviations=("search",),
        keys=("slash", "ctrl+f"),
        usage="find [TEXT]",
        details="Without a text it looks for the last one again. What has just that name comes\n"
        "first, an op before a node; then a part of a name; then formulas.",
        prompt="Find",
    ),
    Command(
        "rfind",
        "rfind",
        "the hit before",
        motions.reverse_find,
        keys=("comma",),
        usage="rfind [TEXT]",
    ),
    Command("find_next", "", "the next hit", motions.find, keys=("full_stop",)),
)
