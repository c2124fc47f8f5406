"""The scenario itself: what it is about, another one, and the tour."""

from __future__ import annotations

from bpdebug.debugger import lessons
from bpdebug.debugger.command import Command

LESSONS: tuple[Command, ...] = (
    Command(
        "about",
        "about",
        "what this scenario is, and what there is to see in it",
        lessons.about,
    ),
    Command(
        "open",
        "open",
        "another scenario; alone, choose one of those that come with bpdebug",
        lessons.open_another,
        usage="open [NAME]",
        details="open xor        a bundled scenario by its name\n"
        "open my.toml    a file\n"
        "This is for the screen. Breakpoints, watches and marks of this scenario are kept.",
    ),
    Command(
        "tour",
        "tour",
        "a walk through backpropagation, stop by stop, with real numbers",
        lessons.tour,
        details="This is for the screen; `bpdebug --tour` begins with it.",
    ),
)
