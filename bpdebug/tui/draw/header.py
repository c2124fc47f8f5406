"""The line above the panes."""

from __future__ import annotations

from pathlib import Path

from bpdebug.debugger import Moment
from bpdebug.debugger.text.describe import position_line
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.wording import Script

NARROW = 100
VERY_NARROW = 74


def draw_header(moment: Moment, script: Script, room: int) -> Line:
    """The program's name, the scenario's title, and the cursor's iteration, tick and layer."""
    # The layer shows in every pane; on a narrow screen the title needs its room.
    left_out = ["layer"] * (room < NARROW)
    left_out += ["iteration", "edge", "op", "line"] * (room < VERY_NARROW)
    place = position_line(moment, script, without=left_out)
    line = Line(" bpdebug ", "now").add(" ")
    title = Line(script.safe(moment.problem.title), "name")
    against = against_text(moment, room - line.width - title.width - len(place) - 5, script)
    if against:
        title.add("  ").add(against, "good" if agrees(moment) else "warning")
    line.extend(title.cut(max(room - line.width - len(place) - 3, 4)))
    return line.pad(room - len(place) - 1).add(place, "text").add(" ").cut(room)


def agrees(moment: Moment) -> bool:
    """True where somebody's numbers are right, and where there are none."""
    return moment.comparison is None or moment.comparison.agrees


def against_text(moment: Moment, room: int, script: Script) -> str:
    """`against mine.json: 2 of 6 differ`, in a wording that fits; empty without a comparison."""
    comparison = moment.comparison
    if comparison is None:
        return ""
    name = script.safe(Path(comparison.source).name)
    wrong, count = sum(one.wrong for one in comparison.arrays), len(comparison.arrays)
    differ = f"{wrong} of {count} differ{'s' * (wrong == 1)}"
    if comparison.agrees:
        differ = f"all {count} agree" if count > 1 else "it agrees"
    elif not wrong:
        lines = len(comparison.wrong_lines)
        differ = f"{lines} line{'s' * (lines != 1)} wrong"
    return fitting((f"against {name}: {differ}", differ), room)


def draw_too_small(least: tuple[int, int], width: int, height: int) -> list[Line]:
    """The sentence on a screen smaller than `least`; in short, or cut, where it does not fit."""
    need = f"{least[0]}×{least[1]} is the least."
    for sentence in (f"The screen is too small: {need}", need):
        lines = wrap(sentence, width, "warning")
        if len(lines) <= height:
            return lines
    return lines[:height]
