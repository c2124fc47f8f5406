"""The line above the panes."""

from __future__ import annotations

import re

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
