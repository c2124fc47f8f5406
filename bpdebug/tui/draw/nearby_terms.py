"""The terms around the current one: those of its cell, with the running sum, and of its edge.

Both are windows of lists that may be long.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.records import record, replace
from bpdebug.ticks import Term
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.ticks.state import term_at
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, fit, term_formula, width
from bpdebug.wording.page import visible_range
from bpdebug.wording.steps import gradient_cell_name

FEWEST_ROWS = 4
"""Fewer lines than these, with the heading, show no more than the current term does."""
FEWEST_DIGITS = 3
"""With fewer digits the terms are left out."""


@record
class TermWindow:
    """A window of a list of terms."""

    heading: str
    terms: Sequence[Term]
    """The visible terms."""
    sums: bool
    """True where the terms add up: each has the sum so far behind it."""
    now: int
    """The number of the current term in the list; later terms are not computed yet."""
    visible: range
    """The numbers of the visible terms in the list."""
    count: int
    """How many terms the list has."""


def nearby_terms(
    moment: Moment, edge: Edge, term: Term, script: Script, columns: int, rows: int
) -> list[list[Line]]:
    """The terms of the cell, then those of the edge, in at most `rows` lines with blank lines.

    A block is empty where it does not fit or shows only the current term.
    """
    several = term.summands > 1 or edge.of > 1
    blocks = []
    for window_of in (of_cell, of_edge) if several else (of_edge,):
        if rows < FEWEST_ROWS:
            break
        window = window_of(moment, edge, term, script, rows - 1)
        block = draw_window(moment, window, script, columns)
        blocks.append(block)
        rows -= len(block) + bool(block)
    return blocks


def draw_window(moment: Moment, window: TermWindow, script: Script, columns: int) -> list[Line]:
    """A heading, a line for each visible term, and counts of the others; empty if it is too wide.

    Empty for a single term too, which the pane shows anyway.
    """
    if len(window.terms) < 2:
        return []
    symbols = [term_formula(moment.graph, term, script)[0] for term in window.terms]
    if window.sums:
        # The heading names the cell that all terms add to.
        symbols = [text.partition(" += ")[2] for text in symbols]
    before, behind = window.visible.start, window.count - window.visible.stop
    above = [Line(f"  {script.more} {before:,} before", "quiet")] * (before > 0)
    below = [Line(f"  {script.more} {behind:,} more", "quiet")] * (behind > 0)
    for texts in (symbols, [""] * len(symbols)):
        for digits in range(script.digits, FEWEST_DIGITS - 1, -1):
            lines = rows_of(window, texts, replace(script, digits=digits))
            if max(line.width for line in lines) <= columns:
                return [Line(window.heading, "quiet").cut(columns), *above, *lines, *below]
    return []


def of_cell(moment: Moment, edge: Edge, term: Term, script: Script, rows: int) -> TermWindow:
    """The terms of the current cell, of all contributions to it."""
    terms = CellTerms(moment.recorded, moment.timeline, edge.operand, term.indices.cell)
    part = next(part for part in terms.parts if part.edge.index == edge.index)
    now = part.at + term.number - part.first
    visible = visible_terms(len(terms), now, rows)
    name = gradient_cell_name(moment.graph, edge.operand, term.indices.cell, script)
    heading = f"all {len(terms):,} terms of {name}, with their sum"
    return TermWindow(heading, [terms[i] for i in visible], True, now, visible, len(terms))


def of_edge(moment: Moment, edge: Edge, term: Term, script: Script, rows: int) -> TermWindow:
    """The terms of an edge, cell after cell."""
    count = moment.tick.terms
    visible = visible_terms(count, term.number, rows)
    terms = [term_at(moment.recorded, moment.timeline, edge, i) for i in visible]
    heading = f"all {count:,} terms of this edge" + ", a cell each" * (term.summands == 1)
    return TermWindow(heading, terms, False, term.number, visible, count)


def visible_terms(count: int, now: int, rows: int) -> range:
    """The numbers of the terms around the current one that fit beside the counts of the others."""
    if count <= rows:
        return range(count)
    visible = visible_range(count, now, rows - 2)
    at_end = visible.start == 0 or visible.stop == count
    return visible_range(count, now, rows - 1) if at_end else visible


def rows_of(window: TermWindow, symbols: Sequence[str], script: Script) -> list[Line]:
    """The visible terms as lines with aligned numbers; `·` for what is not computed yet."""
    numbers = [(term.upstream, term.local, term.product, term.after) for term in window.terms]
    upstream, local, product, after = (
        script.aligned(
            [n if i <= window.now else None for n, i in zip(column, window.visible, strict=True)]
        )
        for column in zip(*numbers, strict=True)
    )
    times, total, now = script.times, script.text("Σ"), script.now
    pad = max(map(width, symbols))
    lines = []
    for at, number in enumerate(window.visible):
        current = number == window.now
        line = Line(f"{now if current else ' '} ", "now")
        role = "name" if current else "text" if number < window.now else "pending"
        if pad:
            line.add(fit(symbols[at], pad), role).add(" = ", "quiet")
        line.add(upstream[at], role).add(f" {times} ", "quiet").add(local[at], role)
        line.add(" = ", "quiet").add(product[at], role)
        if window.sums:
            line.add(f"  {total} ", "quiet").add(after[at], role)
        lines.append(line)
    return lines
