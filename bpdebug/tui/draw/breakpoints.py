"""Watches with their values, and breakpoints with their state, below one another."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.evaluation import expression_text
from bpdebug.errors import BpdebugError
from bpdebug.records import record
from bpdebug.tui.draw.breakpoint_signs import sign_of
from bpdebug.tui.draw.changed import changed
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.wording import Script, safe


@record
class BreakpointEntry:
    """A watch or a breakpoint, by its number."""

    number: int
    is_watch: bool


def entries(moment: Moment) -> list[BreakpointEntry]:
    """An entry for each watch, then for each breakpoint; empty where there are none."""
    watches = [BreakpointEntry(number, is_watch=True) for number, _ in moment.watches]
    return [
        *watches,
        *(BreakpointEntry(point.number, is_watch=False) for point in moment.breakpoints),
    ]


def draw_entry(moment: Moment, entry: BreakpointEntry, script: Script, room: int) -> list[Line]:
    """An entry's lines, at most `MOST_LINES` of them."""
    draw = draw_watch if entry.is_watch else draw_breakpoint
    head, lines = draw(moment, entry.number, script, room - MARGIN)
    first, *rest = lines[:MOST_LINES] or [Line()]
    return [head.extend(first), *[Line(" " * MARGIN).extend(line) for line in rest]]


def draw_watch(moment: Moment, number: int, script: Script, room: int) -> tuple[Line, list[Line]]:
    """A watch: its number; its expression with its value here, or why it has none yet."""
    expression = dict(moment.watches)[number]
    text = watch_text(moment, expression, script)
    before = moment.before
    new = before is not None and text != watch_text(before, expression, script)
    role = changed("text", new)
    lines = [line for part in text.splitlines() for line in wrap(part, room, role)]
    return Line(f"w{number:<2} ", "quiet"), lines


def watch_text(moment: Moment, expression: str, script: Script) -> str:
    """A watch with its value at a moment, or with the reason that it has none."""
    try:
        return expression_text(moment, expression, script)
    except BpdebugError as error:
        # An expression may not fit a batch of another size.
        return f"{safe(expression)}: {error.problem.splitlines()[0]}"


MOST_LINES = 4
"""Lines of an entry at the most; the command `print` shows a large value in full."""
MARGIN = 4
"""Cells before each line of an entry; in the first line, its sign and number."""


def draw_breakpoint(
    moment: Moment, number: int, script: Script, room: int
) -> tuple[Line, list[Line]]:
    """A breakpoint: its sign and number; its location and condition, and its hits."""
    point = next(point for point in moment.breakpoints if point.number == number)
    hits = f"{point.hits} hit{'s' * (point.hits != 1)}"
    sign_role, role = ("warning", "text") if point.enabled else ("quiet", "quiet")
    head = Line(sign_of(point), sign_role).add(f"{number:<2} ", "quiet")
    return head, wrap(f"{script.safe(point.text)} ({hits})", room, role)
