"""The tour's words: sentences broken into lines, with the keys in them lit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpdebug.debugger.tour import STATIONS, Tour
from bpdebug.debugger.tour.tour import STRAYED
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, to_ascii

WIDEST = 104
"""Longer lines are hard to read."""
LEAD = "`▶` "
"""Stands before what there is to do."""
WORD = re.compile(r"(?:`[^`]*`|[^`\s])+")
"""What no line breaks inside: a word or a key in backquotes, and the signs beside it."""


def draw_tour(tour: Tour, script: Script, room: int, *, apart: bool = False) -> list[Line]:
    """The station's words, and what to do now; `apart` puts a blank line between them."""
    asked = broken(LEAD + tour.invitation, script, room)
    return [*broken(tour.text, script, room), *[Line()] * apart, *asked]


def lines_needed(tour: Tour, script: Script, room: int) -> int:
    """Lines of the longest station: a panel of that height never changes its size."""
    return max(
        len(broken(text, script, room)) + len(broken(LEAD + asked, script, room))
        for text, station in zip(tour.texts, STATIONS, strict=True)
        for asked in (station.invitation, STRAYED)
    )


def broken(text: str, script: Script, room: int) -> list[Line]:
    """Lines of at most so many cells, broken at blanks; keys lose their backquotes and are lit."""
    room = min(room, WIDEST)
    lines = [Line()]
    for word in words(text if script.unicode else in_ascii(text)):
        blank = bool(lines[-1].spans)
        if lines[-1].width + blank + word.width > room:
            lines.append(word)
        else:
            lines[-1].add(" " * blank).extend(word)
    return lines


def in_ascii(text: str) -> str:
    """The words where the terminal shows ASCII only; δ is called delta there anyway."""
    return to_ascii(text.replace("δ (delta)", "δ").replace("ŷ", "y_hat").replace("▶", ">"))


def words(text: str) -> Iterator[Line]:
    """Each word of a text; keys are lit."""
    for word in WORD.findall(text):
        line = Line()
        for at, piece in enumerate(word.split("`")):
            line.add(piece, "now" if at % 2 else "text")
        yield line
