"""The terms around the current one: all that make its cell, with the running sum, then all
terms of the edge. A window of each, never the whole list.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.record import record, replace
from bpdebug.trace import Term
from bpdebug.trace.cell_terms import CellTerms
from bpdebug.trace.state import term_at
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, fit, term_formula, width
from bpdebug.wording.page import visible_range
from bpdebug.wording.steps import gradient_cell_name

FEWEST_ROWS = 4
"""Fewer lines than these, with the heading, show no more than the current term does."""
FEWEST_DIGITS = 3


@record
class Listed:
    """Some terms in their order."""

    heading: str
    terms: Sequence[Term]
    sums: bool
    """They add up: each has the sum so far behind it."""
    now: int
    """Which of all is the current one; those behind it are to come."""
    shown: range
    """Which of all they are."""
    every: int
    """How many there are, shown or not."""


def product_blocks(
    moment: Moment, edge: Edge, term: Term, script: Script, columns: int, rows: int
) -> list[list[Line]]:
    """The terms of the cell, then those of the edge, in at most so many lines with a blank line
    between them; nothing where they say nothing new or do not fit."""
    several = term.summands > 1 or edge.of > 1
    blocks = []
    for listing in (of_cell, of_edge) if several else (of_edge,):
        if rows < FEWEST_ROWS:
            break
        listed = listing(moment, edge, term, script, rows - 1)
        block = product_lines(moment, listed, script, columns)
        blocks.append(block)
        rows -= len(block) + bool(block)
    return blocks


def product_lines(moment: Moment, listed: Listed, script: Script, columns: int) -> list[Line]:
    """A heading and a line for each product."""
    if len(listed.terms) < 2:
        return []
    symbols = [term_formula(moment.graph, term, script)[0] for term in listed.terms]
    if listed.sums:
        # All make the same cell, which the heading names.
        symbols = [text.partition(" += ")[2] for text in symbols]
    for shown in (symbols, [""] * len(symbols)):
        for digits in range(script.digits, FEWEST_DIGITS - 1, -1):
            lines = rows_of(listed, shown, replace(script, digits=digits))
            if max(line.width for line in lines) <= columns:
                return [Line(listed.heading, "quiet").cut(columns), *marked(listed, lines, script)]
    return []


def of_cell(moment: Moment, edge: Edge, term: Term, script: Script, rows: int) -> Listed:
    """The terms of the current cell, of all contributions to it."""
    found = CellTerms(moment.recorded, moment.timeline, edge.operand, term.indices.cell)
    part = next(part for part in found.parts if part.edge.index == edge.index)
    at = part.at + term.number - part.first
    shown = shown_rows(len(found), at, rows)
    name = gradient_cell_name(moment.graph, edge.operand, term.indices.cell, script)
    return Listed(
        f"all {len(found):,} terms of {name}, with their sum",
        [found[i] for i in shown],
        True,
        at,
        shown,
        len(found),
    )


def of_edge(moment: Moment, edge: Edge, term: Term, script: Script, rows: int) -> Listed:
    """The terms of an edge, cell after cell."""
    every = moment.tick.terms
    shown = shown_rows(every, term.number, rows)
    return Listed(
        f"all {every:,} terms of this edge" + ", a cell each" * (term.summands == 1),
        [term_at(moment.recorded, moment.timeline, edge, i) for i in shown],
        False,
        term.number,
        shown,
        every,
    )


def shown_rows(every: int, at: int, rows: int) -> range:
    """Those around the current one that have room beside the marks for those left out."""
    if every <= rows:
        return range(every)
    shown = visible_range(every, at, rows - 2)
    return visible_range(every, at, rows - 1) if shown.start == 0 or shown.stop == every else shown


def rows_of(listed: Listed, symbols: Sequence[str], script: Script) -> list[Line]:
    """The terms as lines, their numbers below one another; `·` for what is to come."""
    numbers = [(term.upstream, term.local, term.product, term.after) for term in listed.terms]
    upstream, local, product, after = (
        script.aligned(
            [n if i <= listed.now else None for n, i in zip(column, listed.shown, strict=True)]
        )
        for column in zip(*numbers, strict=True)
    )
    times, total, now = script.times, script.text("Σ"), script.now
    pad = max(map(width, symbols))
    lines = []
    for at, i in enumerate(listed.shown):
        here = i == listed.now
        line = Line(f"{now if here else ' '} ", "now")
        role = "name" if here else "text" if i < listed.now else "pending"
        if pad:
            line.add(fit(symbols[at], pad), role).add(" = ", "quiet")
        line.add(upstream[at], role).add(f" {times} ", "quiet").add(local[at], role)
        line.add(" = ", "quiet").add(product[at], role)
        if listed.sums:
            line.add(f"  {total} ", "quiet").add(after[at], role)
        lines.append(line)
    return lines


def marked(listed: Listed, lines: list[Line], script: Script) -> list[Line]:
    """The lines, with marks for the terms that are left out."""
    before, behind = listed.shown.start, listed.every - listed.shown.stop
    above = [Line(f"  {script.more} {before:,} before", "quiet")] * (before > 0)
    below = [Line(f"  {script.more} {behind:,} more", "quiet")] * (behind > 0)
    return [*above, *lines, *below]
