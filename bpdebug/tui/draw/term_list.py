"""Every multiplication that made a cell: a window of a list that may have millions of lines."""

from __future__ import annotations

from bisect import bisect_right

from bpdebug.debugger import Debugger
from bpdebug.debugger.text.term_list import part_heading, term_rows
from bpdebug.ticks.cell_terms import CellTerms, EdgeTerms
from bpdebug.tui.draw.line import Line, list_row, wrap
from bpdebug.wording import Script, term_formula, term_why
from bpdebug.wording.page import scrolled_range

LEAST_DIGITS = 4
"""Digits of the numbers where there is no room for all of them."""


class TermList:
    """A cell's terms, with a heading before each contribution where there are several.

    No list is built: a row is computed when it is asked for.
    """

    def __init__(self, terms: CellTerms) -> None:
        self.terms = terms
        self._parts = [part for part in terms.parts if part.count and part.edge.of > 1]
        self._headings = [part.at + number for number, part in enumerate(self._parts)]

    def __len__(self) -> int:
        return len(self.terms) + len(self._headings)

    def row_of(self, term: int) -> int:
        """The row of a term."""
        return term + sum(part.at <= term for part in self._parts)

    def heading_at(self, row: int) -> EdgeTerms | None:
        """The contribution that a row is the heading of; None for a term's row."""
        at = bisect_right(self._headings, row) - 1
        return self._parts[at] if at >= 0 and self._headings[at] == row else None

    def term_at(self, row: int) -> int:
        """The term of a row; for a heading, the first term below it."""
        return row - bisect_right(self._headings, row - 1)


def draw_terms(
    debugger: Debugger,
    listed: TermList,
    chosen: int,
    top: int,
    script: Script,
    room: int,
    height: int,
) -> tuple[list[Line], range]:
    """The visible rows of the list, the chosen term written out below them, and which rows.

    `top` is the row that was at the top; the list scrolls as little as the chosen term needs.
    """
    below = detail(debugger, listed.terms, chosen, script, room) if len(listed.terms) else []
    count = max(min(height - len(below) - 1, len(listed)), 1)
    focus = listed.row_of(chosen) if len(listed.terms) else 0
    if focus and listed.heading_at(focus - 1) is not None:
        # A contribution's first term is shown with its heading.
        top = min(top, focus - 1)
    rows = scrolled_range(top, focus, count, max(len(listed), 1))
    lines = rows_of(debugger, listed, chosen, rows, script, room)
    gap = [Line()] * max(height - len(lines) - len(below), 0)
    return [*lines, *gap, *below][:height], rows


def rows_of(
    debugger: Debugger, listed: TermList, chosen: int, rows: range, script: Script, room: int
) -> list[Line]:
    """The visible rows: a term's tick, symbols, numbers and sum so far, or a heading."""
    if not len(listed):
        return []
    terms = [listed.term_at(row) for row in rows if listed.heading_at(row) is None]
    texts = iter(fitting(debugger, listed.terms, terms, script, room - 2))
    lines = []
    for row in rows:
        part = listed.heading_at(row)
        if part is not None:
            heading = part_heading(debugger, listed.terms, part.edge.index)
            lines.append(Line(heading, "title").cut(room))
            continue
        term = listed.term_at(row)
        tick, symbols, numbers, total = next(texts)
        ahead = listed.terms.tick(term) - debugger.moment.position
        text, name = ("pending", "pending") if ahead > 0 else ("text", "name")
        pieces = [(tick, "quiet"), ("  ", "text"), (symbols, text)]
        pieces += [("  " if symbols else "", "text"), (numbers, text), ("  ", "text")]
        pieces.append((total, name))
        lines.append(list_row(pieces, now=not ahead, chosen=term == chosen).cut(room))
    return lines


def fitting(
    debugger: Debugger, terms: CellTerms, visible: list[int], script: Script, room: int
) -> list[tuple[str, ...]]:
    """Texts of the visible terms: in full, with fewer digits, or else without the symbols."""
    if not visible:
        return []
    span = range(visible[0], visible[-1] + 1)
    for digits in (script.digits, LEAST_DIGITS):
        texts = term_rows(debugger, terms, span, script.at_most(digits))
        if len("  ".join(texts[0])) <= room:
            return texts
    return [(tick, "", *rest) for tick, _, *rest in texts]


def detail(
    debugger: Debugger, terms: CellTerms, chosen: int, script: Script, room: int
) -> list[Line]:
    """The chosen multiplication in full, and the sentence that says why it is there."""
    moment, term = debugger.moment, terms[chosen]
    symbols, numbers = term_formula(moment.graph, term, script)
    lines = [Line(), Line(symbols, "name").cut(room)]
    if terms.tick(chosen) <= moment.position:
        lines.append(Line("  ").add(numbers).cut(room))
    else:
        ahead = f"  not computed yet: tick {terms.tick(chosen)} makes it"
        lines.append(Line(ahead, "pending").cut(room))
    reason = wrap(term_why(moment.graph, term, script, moment.recorded), room, "quiet")
    return [*lines, *reason[:2]]
