"""The heart of the screen: a vector-Jacobian product, cell by cell.

Upstream gradient, local derivative and result stand as grids in which the cells of the current
multiplication are lit; below them, that multiplication with its numbers and its reason.
"""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.ticks import Phase, Term
from bpdebug.tui.draw.arrange import draw_grids, grid_height
from bpdebug.tui.draw.chain import chain_lines, chain_numbers, draw_chain, factors, group_title
from bpdebug.tui.draw.contributions import MOST, contribution_lines
from bpdebug.tui.draw.counters import fitting, terms_of_edge
from bpdebug.tui.draw.factor_grids import grids_of
from bpdebug.tui.draw.grid import draw
from bpdebug.tui.draw.group_product import draw_passed
from bpdebug.tui.draw.line import Line, indented, spaced, wrap
from bpdebug.tui.draw.nearby_terms import nearby_terms
from bpdebug.tui.draw.phases import draw_forward, draw_seed, draw_start, draw_update
from bpdebug.tui.draw.theirs import cell_lines, edge_lines, theirs_of, with_theirs
from bpdebug.wording import Script, edge_formula, inside, term_formula, term_why, width
from bpdebug.wording.forward import SUMMANDS, forward_cell


def draw_title(moment: Moment, script: Script, room: int = 80) -> Line:
    """The chain from the loss to the current factor; outside the backward pass, the phase.

    In groups, their names stand for the factors before the current one.
    """
    if moment.passed is not None:
        return group_title(moment, script.name(moment.passed.group.title), script, room)
    if moment.edge is None:
        if moment.groups:
            return group_title(moment, "", script, room)
        return Line(PHASES[moment.phase][0], "title")
    if moment.groups:
        last = factors(moment.timeline, moment.edge, script_here(moment, script))[-1]
        return group_title(moment, last, script, room)
    return draw_chain(moment, moment.edge, script, room)[0]


def script_here(moment: Moment, script: Script) -> Script:
    """The script that leaves out the name of the innermost group that the cursor is in."""
    return inside(moment.graph, moment.groups[-1].group if moment.groups else None, script)


def draw_multiplication(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """The pane's lines at a moment, in at most `columns` cells and `rows` lines."""
    ahead = what_comes(moment, script, columns)
    free = rows - len(ahead) - bool(ahead)
    if ahead and free >= ROOM_FOR_AHEAD:
        return [*drawn_here(moment, script, columns, free), Line(), *ahead]
    return drawn_here(moment, script, columns, rows)


def drawn_here(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """The group just passed, the multiplication under way, or what the phase shows."""
    if moment.passed is not None:
        return draw_passed(moment, moment.passed, script, columns, rows)
    if moment.edge is not None and moment.term is not None:
        script = script_here(moment, script)
        return draw_edge(moment, moment.edge, moment.term, script, columns, rows)
    return PHASES[moment.phase][1](moment, script, columns, rows)


def what_comes(moment: Moment, script: Script, columns: int) -> list[Line]:
    """What the keys do before a folded group; empty elsewhere."""
    span = moment.entering
    if span is None:
        return []
    name = script.name(span.group.name)
    text = f"Next comes {name}, a folded group: n passes over it, s steps into it."
    return wrap(text, columns, "quiet")


ROOM_FOR_AHEAD = 14
"""From this many lines for the rest on, the pane says which folded group comes next."""


PHASES = {
    Phase.START: ("Before the forward pass", draw_start),
    Phase.FORWARD: ("Forward", draw_forward),
    Phase.SEED: ("The backward pass begins", draw_seed),
    Phase.UPDATE: ("Update", draw_update),
}
"""The title and the drawing of each phase in which no multiplication is under way."""


def draw_edge(
    moment: Moment, edge: Edge, term: Term, script: Script, columns: int, rows: int
) -> list[Line]:
    """The product of an edge: formula, three grids, the current term and its reason.

    The term and its reason are always there; the grids have the rest. Room that is left after that
    shows how the output was computed, and the terms around the current one.
    """
    head = headline(moment, edge, term, script, columns)
    theirs = theirs_of(moment, edge.operand)
    head += edge_lines(moment, edge, script, columns, rows)
    name = term_formula(moment.graph, term, script)[0].partition(" += ")[0]
    both = cell_lines(theirs, name, term.indices.cell, script, columns)
    reason = wrap(term_why(moment.graph, term, script, moment.recorded), columns)
    if moment.groups or not draw_chain(moment, edge, script, columns)[1]:
        # The title has no room for the whole chain; a tall pane has.
        whole = chain_lines(moment, edge, script, columns)
        head = [*whole, *head] if rows >= TALL + len(whole) else head
    for most in (MOST, FEW, 1):
        terms = [*term_lines(moment, term, script, columns, most), *both]
        free = rows - len(head) - len(terms) - len(reason)
        if free > LEAST:
            break
    grids = grids_of(moment, edge, term, script)
    blanks = min(max(free - grid_height(moment, edge, grids), 1), 3)
    # A large tensor loses a few rows to the terms of the cell.
    reserved = free // 3 if free >= ROOMY else 0
    drawn = draw_grids(moment, edge, grids, script, columns, max(free - blanks - reserved, 2))
    if len(drawn) > max(free, 0):
        # The result alone: the term's numbers show the factors.
        drawn = draw(grids[2], columns, free, script) if free >= 2 else []
    drawn = with_theirs(drawn, theirs, grids[2], script, columns, free - blanks)
    blocks = [head, drawn, terms, reason]
    left = rows - sum(map(len, blocks)) - len(blocks)
    forward = forward_lines(moment, edge, term, script, columns, left)
    left -= len(forward) + bool(forward)
    nearby = nearby_terms(moment, edge, term, script, columns, left)
    return spaced([*blocks, forward, *nearby], rows)


TALL = 20
"""From this many lines on, a chain that the title cuts is in the pane too."""
ROOMY = 18
"""From this many lines for the grids on, a third of them is reserved for the terms."""
LEAST = 5
"""Lines that the grids have at least where more than `FEW` contributions are listed."""
FEW = 2
"""Contributions that are listed where there is little room."""


def forward_lines(
    moment: Moment, edge: Edge, term: Term, script: Script, columns: int, rows: int
) -> list[Line]:
    """How the forward pass computed the output's cell, in numbers; empty where it does not fit."""
    summand = term.indices.cell[-1] if term.indices.cell else 0
    for most in (SUMMANDS, 3, 1):
        text = forward_cell(
            moment.recorded, edge.output, term.indices.upstream, script, most=most, summand=summand
        )
        lines = wrap(f"forward: {text}", columns, "quiet") if text else []
        if len(lines) <= rows:
            return lines
    return []


def headline(moment: Moment, edge: Edge, term: Term, script: Script, columns: int) -> list[Line]:
    """The edge's formula, and how many of its terms are done."""
    text = edge_formula(moment.graph, edge, script).text
    wordings = terms_of_edge(term.number + 1, moment.tick.terms)
    count = fitting(wordings, columns - width(text) - 2, wordings[-1])
    lines = wrap(text, columns - len(count) - 2, "name")
    under_way = term.number + 1 < moment.tick.terms
    lines[0].pad(columns - len(count)).add(count, "now" if under_way else "quiet")
    return lines


def term_lines(
    moment: Moment, term: Term, script: Script, columns: int, most: int = MOST
) -> list[Line]:
    """The current multiplication in symbols and in numbers, and what the cell held before it.

    At most `most` contributions to the cell are listed.
    """
    symbols, numbers = term_formula(moment.graph, term, script)
    lines = [*wrap(symbols, columns, "now"), *indented(numbers, columns, "name")]
    now = script.number(term.after)
    if term.summands > 1:
        count = f"term {term.summand + 1:,} of {term.summands:,} of this cell"
        lines += indented(f"so far {now} ({count})", columns, "quiet")
    elif term.before is not None and term.edge.of == 1:
        held = script.number(term.before)
        lines += indented(f"the cell held {held}; now {now}", columns, "quiet")
    product = chain_numbers(moment, term.edge, script)
    if product:
        lines += indented(f"the chain: {product}", columns, "quiet")
    if term.edge.of > 1:
        lines += contribution_lines(moment, term, script, columns, most)
    return lines
