"""The backward program, drawn as a debugger draws source: gutter, line numbers, formulas."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.comparison import WRONG, Mark
from bpdebug.debugger.program import LineKind as Kind
from bpdebug.debugger.program import Listing, ProgramLine
from bpdebug.ticks import Phase
from bpdebug.tui.draw.breakpoint_signs import sign_between
from bpdebug.tui.draw.counters import fitting, terms_of_edge
from bpdebug.tui.draw.fold import FORWARD, Fold
from bpdebug.tui.draw.group_lines import (
    GUTTER,
    draw_group_heading,
    draw_rule,
    fold_sign,
    group_text,
    sign_on_line,
    with_progress,
)
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.theirs import ROLES
from bpdebug.wording import Script, width


def line_of(moment: Moment, listing: Listing) -> int:
    """The current line, as the module `fold` counts lines."""
    if moment.phase is Phase.FORWARD:
        return -moment.position
    return listing.line_at(moment.position)


def entry_of(listing: Listing, line: int) -> ProgramLine:
    """The entry of a line, as the module `fold` counts lines."""
    return listing[line] if line >= 0 else listing.op(-line - 1)


def draw_line(fold: Fold, line: int, moment: Moment, script: Script, room: int) -> Line:
    """A line of the program: breakpoint, sign of the current line, number, formula, progress."""
    entry = entry_of(fold.listing, line)
    current = line == fold.current
    section = fold.section(line)
    if section:
        return draw_heading(fold, section, moment, script, room)
    if entry.kind is Kind.HEADING:
        if entry.group:
            return draw_group_heading(entry, moment, script, room)
        head = Line(" " * (GUTTER - 1 + 2 * entry.depth) + script.either("── ", "-- "), "quiet")
        return draw_rule(head, entry.left, "quiet", script, room)
    text = Line(sign_on_line(moment, entry), "warning")
    text.add(script.now if current else " ", "now")
    mark = mark_at(entry, moment)
    number = f"{entry.number:>3} " if entry.number is not None else "    "
    if mark is not None and number.startswith(" "):
        text.add(mark.sign(script), ROLES[mark])
        number = number[1:]
    text.add(number + "  " * entry.depth, "quiet")
    role = "now" if current else "text" if moment.position >= entry.end else "quiet"
    free = room - text.width - len(script.good) - 1
    if entry.kind is Kind.GROUP:
        text.add(f"{fold_sign(moment, entry.group, script)} ", role)
        text.add(group_text(fold.listing, entry, free - 2), role)
    elif "." in entry.left and width(entry.left) > free:
        # The end of a dotted name tells it from others of its group.
        text.add(script.cut_middle(entry.left, free), role)
    else:
        text.add(entry.left, role).add(" ").add(entry.right, role)
    done = progress(entry.start, entry.end, moment.position, script)
    if entry.kind is Kind.EDGE and entry.start < moment.position < entry.end:
        wordings = terms_of_edge(moment.position - entry.start, entry.end - entry.start)
        done = fitting(wordings, room - text.width - 1, wordings[-1])
    return with_progress(text, done, "now" if current else "quiet", room)


def mark_at(entry: ProgramLine, moment: Moment) -> Mark | None:
    """The mark of a line where somebody's numbers are wrong; None elsewhere."""
    if moment.comparison is None:
        return None
    iteration = moment.iteration.number
    if entry.kind is Kind.FORWARD and entry.index >= 0:
        mark = moment.comparison.mark(entry.index, iteration, "value")
        return mark if mark in WRONG else None
    return moment.comparison.line_mark(entry, iteration)


def mark_in(section: str, moment: Moment) -> Mark | None:
    """The mark of a folded section: that of a wrong line in it, an own error before others."""
    comparison, iteration = moment.comparison, moment.iteration.number
    if comparison is None:
        return None
    if section == FORWARD:
        nodes = range(len(moment.graph.nodes))
        found = [comparison.mark(node, iteration, "value") for node in nodes]
    else:
        found = list(comparison.update_marks(iteration).values())
    return next((mark for mark in WRONG if mark in found), None)


def draw_heading(fold: Fold, section: str, moment: Moment, script: Script, room: int) -> Line:
    """The heading of a section that folds: a sign for that, its length, and its progress."""
    folded = section in fold.folded
    sign = script.either("▸", "+") if folded else script.either("▾", "-")
    timeline = moment.timeline
    start, end, noun = timeline.backward_end, timeline.total, "line"
    if section == FORWARD:
        start, end, noun = 0, timeline.forward, "op"
    hidden = sign_between(moment, start, end) if folded else " "
    length = f"{end - start} {noun}{'s' * (end - start != 1)}"
    role = "now" if start < moment.position <= end else "quiet"
    mark = mark_in(section, moment) if folded else None
    text = Line(hidden, "warning")
    if mark is not None:
        text.add(" ").add(mark.sign(script), ROLES[mark])
    text.add(f"{sign} " if mark is not None else f"  {sign} ", "quiet")
    text.add(section, role).add(f"  {length} ", "quiet")
    done = progress(start, end, moment.position, script)
    room_for_rule = room - text.width - len(done) - bool(done)
    text.add(script.either("─", "-") * max(room_for_rule, 0), "quiet")
    return with_progress(text, done, role, room)


def progress(start: int, end: int, position: int, script: Script) -> str:
    """`5 of 6` while a line is being executed, `✓` when it is done, empty before."""
    done = position - start
    if done <= 0:
        return ""
    if done < end - start:
        return f"{done} of {end - start}"
    return script.good
