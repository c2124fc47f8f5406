"""Watches with their values, and breakpoints with their state: one entry below the other."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.evaluation import shown
from bpdebug.errors import BpdebugError
from bpdebug.record import record
from bpdebug.tui.draw.changed import changed
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.draw.signs import sign_of
from bpdebug.wording import Script, safe


@record
class BreakpointEntry:
    """A watch or a breakpoint, by its number."""

    number: int
    is_watch: bool


def entries(moment: Moment) -> list[BreakpointEntry]:
    """What there is to show: the watches first, then the breakpoints."""
    watches = [BreakpointEntry(number, is_watch=True) for number, _ in moment.watches]
    return [
        *watches,
        *(BreakpointEntry(point.number, is_watch=False) for point in moment.breakpoints),
    ]


def draw_entry(moment: Moment, stop: BreakpointEntry, script: Script, room: int) -> list[Line]:
    """One entry; a long one goes on in further lines."""
    head, lines = (draw_watch if stop.is_watch else draw_breakpoint)(
        moment, stop.number, script, room - MARGIN
    )
    first, *rest = lines[:MOST_LINES] or [Line()]
    return [head.extend(first), *[Line(" " * MARGIN).extend(line) for line in rest]]


def draw_watch(moment: Moment, number: int, script: Script, room: int) -> tuple[Line, list[Line]]:
    """A watch: its number, and its expression with the value here or why there is none yet."""
    expression = dict(moment.watches)[number]
    told = watch_text(moment, expression, script)
    before = moment.before
    new = before is not None and told != watch_text(before, expression, script)
    role = changed("text", new)
    lines = [line for part in told.splitlines() for line in wrap(part, room, role)]
    return Line(f"w{number:<2} ", "quiet"), lines


def watch_text(moment: Moment, expression: str, script: Script) -> str:
    """What a watch shows at a moment."""
    try:
        return shown(moment, expression, script)
    except BpdebugError as error:
        # A batch of another size may not fit the expression any more.
        return f"{safe(expression)}: {error.problem.splitlines()[0]}"


MOST_LINES = 4
"""Lines of one entry; `print` shows a large value in full."""
MARGIN = 4
"""Cells before each line of an entry: in the first, its sign and number."""


def draw_breakpoint(
    moment: Moment, number: int, script: Script, room: int
) -> tuple[Line, list[Line]]:
    """A breakpoint: `●`, with a condition `◐`, disabled `○`; what it is on, and its hits."""
    point = next(point for point in moment.breakpoints if point.number == number)
    mark = sign_of(point)
    hits = f"{point.hits} hit{'s' * (point.hits != 1)}"
    text = script.safe(point.text)
    role = "text" if point.enabled else "quiet"
    head = Line(mark, "warning" if point.enabled else "quiet").add(f"{number:<2} ", "quiet")
    return head, wrap(f"{text} ({hits})", room, role)
