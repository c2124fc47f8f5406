"""Groups in the backward program: the line of a folded one, the heading of an open one."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.breakpoint import Target
from bpdebug.debugger.program import LineKind, Listing, ProgramLine
from bpdebug.graph.groups import Origin, around, own_name
from bpdebug.tui.draw.breakpoint_signs import best_sign, sign_between
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, width
from bpdebug.wording.groups import MOST_NAMES

GUTTER = 6
"""Cells before a line's formula: the signs of a breakpoint, the current line and a wrong line, and
the number."""


def fold_sign(moment: Moment, group: str, script: Script) -> str:
    """The sign of a group: `▸` folded, `▾` open, `▿` open while the cursor is in it."""
    if group in moment.closed_groups:
        return script.either("▸", "+")
    return script.either("▿" if group in moment.folded else "▾", "-")


def sign_column(entry: ProgramLine) -> int:
    """The cell of a group's sign on its line or its heading."""
    return GUTTER + 2 * entry.depth


def group_text(listing: Listing, entry: ProgramLine, room: int) -> str:
    """A folded group's line: where it is too wide, with fewer gradients, or with their count.

    With very little room it says where the gradient comes from, or is the group's name.
    """
    if width(entry.text) <= room:
        return entry.text
    fewer = [listing.shorter(entry, most) for most in range(MOST_NAMES - 1, -1, -1)]
    name = listing.script.name(own_name(entry.group))
    return fitting([*fewer, entry.right, name], room, name)


def draw_group_heading(entry: ProgramLine, moment: Moment, script: Script, room: int) -> Line:
    """The heading of an open group: its sign, its call, and `✓` when it is done."""
    span = moment.timeline.spans.all[entry.index]
    points = (p for p in moment.breakpoints if p.target is Target.GROUP and p.node == entry.group)
    text = Line(best_sign(points), "warning").pad(sign_column(entry))
    role = "now" if span.contains(moment.position) else "quiet"
    text.add(f"{fold_sign(moment, entry.group, script)} ", role)
    done = script.good if moment.position >= span.end else ""
    within = room - len(done) - bool(done)
    title = Line(entry.left, role).cut(max(within - text.width, 0)).plain
    return with_progress(draw_rule(text, title, role, script, within), done, role, room)


def draw_rule(head: Line, title: str, role: str, script: Script, room: int) -> Line:
    """The beginning of a heading with its title, and a rule behind that."""
    head.add(f"{title} ", role)
    return head.add(script.either("─", "-") * max(room - head.width, 0), "quiet")


def sign_on_line(moment: Moment, entry: ProgramLine) -> str:
    """The sign of the breakpoints on a line; those of a group stand at its heading where it is
    open."""
    graph = moment.graph
    inner = entry.group.rpartition(".")[0]
    if entry.kind is LineKind.EDGE:
        inner = graph.nodes[graph.edges[entry.index].output].group
    open_here = {
        name
        for name in around(inner)
        if name in graph.groups and graph.groups[name].origin is not Origin.LAYER
    }
    points = (
        point
        for point in moment.breakpoints
        if not (point.target is Target.GROUP and point.node in open_here)
    )
    return sign_between(moment, entry.start, entry.end, points)


def with_progress(text: Line, done: str, role: str, room: int) -> Line:
    """A line with its progress at the right end of the room; the line itself without progress."""
    if not done:
        return text
    text = text.cut(room - len(done) - 1)
    return text.add(" " * (room - text.width - len(done))).add(done, role)
