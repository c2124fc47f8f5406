"""The backward program as a debugger shows source: gutter, line numbers, formulas."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.program import LineKind as Kind
from bpdebug.debugger.program import Listing, ProgramLine
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.marks import mark_between


def draw_line(
    listing: Listing, at: int, moment: Moment, current: int, look: Look, room: int
) -> Line:
    """One line of the listing: breakpoint, current mark, number, formula, progress."""
    entry = listing[at]
    if entry.kind is Kind.HEADING:
        rule = "─" if look.unicode else "-"
        text = f"     {rule * 2} {entry.left} "
        return Line(text, "quiet").add(rule * max(room - len(text), 0), "quiet")
    here = at == current
    line = Line(mark_between(moment, entry.start, entry.end), "warning")
    line.add("▶" if here and look.unicode else ">" if here else " ", "now")
    number = f"{entry.number:>3} " if entry.number is not None else "    "
    line.add(number, "quiet")
    past = moment.position >= entry.end
    role = "now" if here else "text" if past or entry.kind is Kind.FORWARD else "quiet"
    line.add(entry.left, role).add(" ").add(entry.right, role)
    done = progress(entry, moment, look)
    if done:
        line = line.cut(room - len(done) - 1)
        line.add(" " * (room - line.width - len(done))).add(done, "now" if here else "quiet")
    return line


def progress(entry: ProgramLine, moment: Moment, look: Look) -> str:
    """`5 of 6` while an edge is under way, a tick when it is done, nothing before."""
    size = entry.end - entry.start
    done = moment.position - entry.start
    if done <= 0:
        return ""
    if done < size:
        return f"{done} of {size}"
    return "✓" if look.unicode else "ok"
