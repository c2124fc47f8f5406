"""The heart of the screen: one vector-Jacobian product, cell by cell.

Upstream gradient, local derivative and result stand as grids, the cells of the current
multiplication lit in all three; below, that multiplication with its numbers and the reason.
"""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.trace import Phase, Term
from bpdebug.tui.draw.arrange import draw_grids, grid_height
from bpdebug.tui.draw.chain import chain_lines, chain_numbers, draw_chain
from bpdebug.tui.draw.contributions import contribution_lines
from bpdebug.tui.draw.factors import grids_of
from bpdebug.tui.draw.line import Line, Look, wrap
from bpdebug.tui.draw.phases import draw_forward, draw_seed, draw_start, draw_update
from bpdebug.wording import edge_formula, number, term_formula, why


def draw_title(moment: Moment, look: Look, room: int = 80) -> list[Line]:
    """The chain from the loss to here, its last factor lit; on other ticks the phase in words.

    Where the chain is too long its middle is left out: the current factor is what matters.
    """
    if moment.edge is None:
        return [Line(phase_title(moment), "title")]
    return [draw_chain(moment, moment.edge, look, room)[0]]


def phase_title(moment: Moment) -> str:
    """What the pane shows when no multiplication is under way."""
    return {
        Phase.START: "Before the forward pass",
        Phase.FORWARD: "Forward",
        Phase.SEED: "The backward pass begins",
        Phase.UPDATE: "Update",
        Phase.BACKWARD: "Multiplication",
    }[moment.phase]


def draw_multiplication(moment: Moment, look: Look, columns: int, rows: int) -> list[Line]:
    """The pane's lines at a position, in at most so many cells across and lines down."""
    if moment.edge is not None and moment.term is not None:
        return draw_edge(moment, moment.edge, moment.term, look, columns, rows)
    if moment.phase is Phase.FORWARD:
        return draw_forward(moment, look, columns, rows)
    if moment.phase is Phase.UPDATE:
        return draw_update(moment, look, columns, rows)
    if moment.phase is Phase.SEED:
        return draw_seed(moment, look, columns)
    return draw_start(moment, columns)


def draw_edge(
    moment: Moment, edge: Edge, term: Term, look: Look, columns: int, rows: int
) -> list[Line]:
    """The product of one edge: formula, three grids, the current term, the reason.

    The term and its reason are always there; the grids show as many rows as the rest allows.
    """
    head = headline(moment, edge, term, look, columns)
    terms = term_lines(moment, term, look, columns)
    told = wrap(why(moment.graph, term, moment.run, unicode=look.unicode), columns)
    if not draw_chain(moment, edge, look, columns)[1]:
        # The title has no room for all of the chain; the pane has where it is tall.
        whole = chain_lines(moment, edge, look, columns)
        head = [*whole, *head] if rows >= TALL + len(whole) else head
    grids = grids_of(moment, edge, term, look)
    fixed = len(head) + len(terms) + len(told)
    wanted = grid_height(moment, edge, grids)
    blanks = min(max(rows - fixed - wanted, 1), 3)
    drawn = draw_grids(moment, edge, grids, look, columns, max(rows - fixed - blanks, LEAST))
    blank = [Line()]
    spare = rows - fixed - len(drawn)
    if spare >= 3:
        return [*head, *blank, *drawn, *blank, *terms, *blank, *told]
    if spare >= 2:
        return [*head, *drawn, *blank, *terms, *blank, *told]
    return [*head, *drawn, *terms, *blank, *told]


TALL = 20
"""From so many lines on, a chain that the title cut stands in the pane in full."""
LEAST = 5
"""Lines that the grids have at the least, whatever the sentence takes."""


def headline(moment: Moment, edge: Edge, term: Term, look: Look, columns: int) -> list[Line]:
    """The edge's formula, and how many of its multiplications are done."""
    formula = edge_formula(moment.graph, moment.layers, edge, unicode=look.unicode)
    sign = "=" if edge.first else "+="
    count = f"{term.number + 1} of {moment.tick.terms}"
    lines = wrap(f"{formula.left} {sign} {formula.right}", columns - len(count) - 2, "name")
    under_way = term.number + 1 < moment.tick.terms
    lines[0].pad(columns - len(count)).add(count, "now" if under_way else "quiet")
    return lines


def term_lines(moment: Moment, term: Term, look: Look, columns: int) -> list[Line]:
    """The current multiplication, in symbols and in numbers, and what the cell held before."""
    symbols, numbers = term_formula(
        moment.graph, moment.layers, term, digits=look.digits, unicode=look.unicode
    )
    lines = [*wrap(symbols, columns, "now"), *indented(numbers, columns, "name")]
    now = number(term.after, look.digits, unicode=look.unicode)
    if term.summands > 1:
        count = f"{term.summand + 1} of {term.summands} products"
        lines += indented(f"so far {now} ({count} of this cell)", columns, "quiet")
    elif term.before is not None and term.edge.of == 1:
        held = number(term.before, look.digits, unicode=look.unicode)
        lines += indented(f"the cell held {held}; now {now}", columns, "quiet")
    product = chain_numbers(moment, term.edge, look)
    if product:
        lines += indented(f"the chain: {product}", columns, "quiet")
    if term.edge.of > 1:
        lines += contribution_lines(moment, term, look, columns)
    return lines


def indented(text: str, columns: int, role: str) -> list[Line]:
    """Wrapped lines set in by two cells; nothing of a number is ever cut off."""
    return [Line("  ").extend(line) for line in wrap(text, columns - 2, role)]
