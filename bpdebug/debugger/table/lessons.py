"""The scenario itself: what it is about, another one, and the tour."""

from __future__ import annotations

from bpdebug.debugger import lessons
from bpdebug.debugger.command import Command

LESSONS: tuple[Command, ...] = (
    Command(
        "about",
        "about",
        "what this scenario is, and what to look for in it",
        lessons.about,
    ),
    Command(
        "open",
        "open",
        "open another scenario; alone, choose a bundled one",
        lessons.open_another,
        usage="open [NAME]",
        details="open xor        a bundled scenario by its name\n"
        "open my.toml    a file\n"
        "Only on the screen. This scenario keeps its breakpoints, watches and marks.",
    ),
    Command(
        "tour",
        "tour",
        "a walk through backpropagation, stop by stop, with real numbers",
        lessons.tour,
        details="Only on the screen; `bpdebug --tour` starts with it.",
    ),
)
