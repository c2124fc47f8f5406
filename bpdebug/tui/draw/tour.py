"""The tour's words: sentences broken into lines, with the keys in them lit."""

from __future__ import annotations

import re

from bpdebug.debugger.tour import STOPS, Tour
from bpdebug.tui.draw.line import Line, Look
from bpdebug.wording import to_ascii, width

WIDEST = 104
"""Longer lines are hard to read."""
STRAYED = "Look around. `enter` goes on with the tour, `backspace` comes back here."
LEAD = "▶ "
"""Stands before what there is to do."""
PIECE = re.compile(r"`[^`]*`|[^`\s]+|\s+")
"""A key, a word, or what is between two of them."""


def draw_tour(tour: Tour, look: Look, room: int, *, apart: bool = False) -> list[Line]:
    """The stop's words, and what to do now; `apart` puts a blank line between them."""
    return [
        *broken(tour.text, look, room),
        *[Line()] * apart,
        *broken(invitation(tour), look, room, lead=LEAD),
    ]


def lines_needed(tour: Tour, look: Look, room: int) -> int:
    """Lines of the longest stop: a panel of that height never changes its size."""
    return max(
        len(broken(text, look, room)) + len(broken(asked, look, room, lead=LEAD))
        for text, stop in zip(tour.texts, STOPS, strict=True)
        for asked in (stop.invitation, STRAYED)
    )


def invitation(tour: Tour) -> str:
    """What to do now; another than the stop's own after the first of several keys."""
    if tour.strayed:
        return STRAYED
    if 0 < len(tour.keys) < len(tour.stop.keys):
        return f"And now press `{tour.keys[0]}`."
    return tour.stop.invitation


def broken(text: str, look: Look, room: int, *, lead: str = "") -> list[Line]:
    """Lines of at most so many cells, broken at blanks; keys lose their backquotes and are lit."""
    shown = lead + text if look.unicode else in_ascii(lead + text)
    room = min(room, WIDEST)
    lines = [Line()]
    for word in words(shown):
        if lines[-1].width + width(" ") * bool(lines[-1].spans) + word.width > room:
            lines.append(Line())
        elif lines[-1].spans:
            lines[-1].add(" ")
        lines[-1].extend(word)
    return lines


def in_ascii(text: str) -> str:
    """The words where the terminal shows ASCII only; δ is called delta there anyway."""
    return to_ascii(text.replace("δ (delta)", "δ").replace("ŷ", "y_hat").replace("▶", ">"))


def words(text: str) -> list[Line]:
    """What no line breaks inside: a word and the signs beside it; keys are lit."""
    found, open_word = [], False
    for piece in PIECE.findall(text):
        if piece.isspace():
            open_word = False
            continue
        if not open_word:
            found.append(Line())
            open_word = True
        key = piece.startswith("`")
        found[-1].add(piece.strip("`"), "now" if key or piece in ("▶", ">") else "text")
    return found
