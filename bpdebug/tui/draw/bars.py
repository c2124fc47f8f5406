"""The line above the panes and the line below them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bpdebug.debugger import Moment
from bpdebug.debugger.describe import place_line
from bpdebug.tui.draw.line import Line, Look
from bpdebug.wording import safe

NARROW = 100
VERY_NARROW = 74


def draw_header(moment: Moment, look: Look, room: int) -> Line:
    """The program's name, the scenario's title, and where the cursor is in numbers."""
    place = place_line(moment, unicode=look.unicode)
    if room < NARROW:
        # The layer shows in every pane; on a narrow screen the title needs its room.
        place = re.sub(r" . layer \d+", "", place)
    if room < VERY_NARROW:
        place = re.sub(r"^iteration \S+ . | . (edge|op|line) \S+", "", place)
    line = Line(" bpdebug ", "now").add(" ")
    title = Line(safe(moment.problem.title, unicode=look.unicode), "name")
    line.extend(title.cut(max(room - line.width - len(place) - 3, 4)))
    return line.pad(room - len(place) - 1).add(place, "text").add(" ").cut(room)


KEYS = (
    ("s", "step"),
    ("n", "next"),
    ("f", "layer"),
    ("c", "continue"),
    ("S N F C", "back"),
    ("b", "break"),
    ("g", "go to"),
    ("/", "find"),
    ("w", "watch"),
    ("p", "print"),
    ("x", "export"),
    ("z", "zoom"),
    (":", "command"),
    ("?", "help"),
    ("q", "quit"),
)
"""The keys that matter most, in the order in which they give way on a narrow screen."""
LAST = (("?", "help"), ("q", "quit"))


def draw_footer(
    message: str, ok: bool, look: Look, room: int, replaced: Mapping[str, str] | None = None
) -> Line:
    """What the last command said; else the keys, in the place of some those that were chosen."""
    if message:
        return Line(" ").add(safe(message, unicode=look.unicode), "good" if ok else "warning")
    line = Line(" ")
    keys = [(shown(key, replaced or {}), word) for key, word in KEYS]
    last = keys[-len(LAST) :]
    tail = sum(len(key) + len(word) + 3 for key, word in last)
    for key, word in keys:
        if (key, word) not in last and line.width + len(key) + len(word) + 3 + tail > room:
            continue
        line.add(key, "now").add(f" {word}  ", "quiet")
    return line.cut(room)


def shown(keys: str, replaced: Mapping[str, str]) -> str:
    """Keys with those that were chosen in the place of the usual ones, one for each."""
    return " ".join((replaced.get(key) or key).split()[0] for key in keys.split())
