"""The tour's sentences as lines, with the keys in them highlighted."""

from __future__ import annotations

import re

from bpdebug.debugger.tour import STATIONS, Tour
from bpdebug.debugger.tour.tour import OFF_ROUTE
from bpdebug.tui.draw.line import Line, flow
from bpdebug.wording import Script, to_ascii
from bpdebug.wording.ascii import WORDS

WIDEST = 104
"""Cells of the longest line: longer lines are hard to read."""
LEAD = "`▶` "
"""Stands before the station's invitation."""
WORD = re.compile(r"(?:`[^`]*`|[^`\s])+")
"""What is never broken: a word, or a key in backquotes, with the punctuation beside it."""


def draw_tour(tour: Tour, script: Script, room: int, *, apart: bool = False) -> list[Line]:
    """The station's text and its invitation; `apart` puts a blank line between them."""
    invitation = broken(LEAD + tour.invitation, script, room)
    return [*broken(tour.text, script, room), *[Line()] * apart, *invitation]


def lines_needed(tour: Tour, script: Script, room: int) -> int:
    """Lines of the longest station, so that a panel of this height has room for every station."""
    return max(
        len(broken(text, script, room)) + len(broken(LEAD + invitation, script, room))
        for text, station in zip(tour.texts, STATIONS, strict=True)
        for invitation in (station.invitation, OFF_ROUTE)
    )


def broken(text: str, script: Script, room: int) -> list[Line]:
    """A text as lines broken at blanks; keys are highlighted and lose their backquotes."""
    if not script.unicode:
        # δ is written as delta, so the text need not explain its name.
        text = to_ascii(text.replace("δ (delta)", "δ").translate(WORDS))
    words = []
    for word in WORD.findall(text):
        words.append(Line())
        for at, piece in enumerate(word.split("`")):
            words[-1].add(piece, "now" if at % 2 else "text")
    return flow(words, min(room, WIDEST))
