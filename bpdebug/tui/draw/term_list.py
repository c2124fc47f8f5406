"""Every multiplication that made one cell: a window of a list that may have millions of lines."""

from __future__ import annotations

from bisect import bisect_right

from bpdebug.debugger import Debugger
from bpdebug.debugger.text.term_list import part_heading, term_rows
from bpdebug.trace.cell_terms import CellTerms, EdgeTerms
from bpdebug.tui.draw.line import Line, list_row, wrap
from bpdebug.wording import Script, term_formula, term_why
from bpdebug.wording.page import scrolled_range

LEAST_DIGITS = 4


class TermList:
    """Terms with a heading before each contribution, where there are several; made when asked."""

    def __init__(self, found: CellTerms) -> None:
        self.terms = found
        several = [part for part in found.parts if part.count and part.edge.of > 1]
        self._headings = [part.at + at for at, part in enumerate(several)]
        self._parts = several

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
        """The term of a row; of a heading, the first below it."""
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
    """The list, and the chosen term written out below it; also which rows are shown."""
    below = detail(debugger, listed.terms, chosen, script, room) if len(listed.terms) else []
    many = max(min(height - len(below) - 1, len(listed)), 1)
    focus = listed.row_of(chosen) if len(listed.terms) else 0
    if focus and listed.heading_at(focus - 1) is not None:
        # A contribution's first term is shown with its heading.
        top = min(top, focus - 1)
    rows = scrolled_range(top, focus, many, max(len(listed), 1))
    lines = rows_of(debugger, listed, chosen, rows, script, room)
    gap = [Line()] * max(height - len(lines) - len(below), 0)
    return [*lines, *gap, *below][:height], rows


def rows_of(
    debugger: Debugger, listed: TermList, chosen: int, rows: range, script: Script, room: int
) -> list[Line]:
    """The visible rows: tick, symbols, numbers and sum so far; where it is narrow, fewer digits."""
    shown = [listed.term_at(row) for row in rows if listed.heading_at(row) is None and len(listed)]
    texts = fitting(debugger, listed.terms, shown, script, room - 2)
    at = 0
    lines = []
    for row in rows if len(listed) else ():
        part = listed.heading_at(row)
        if part is not None:
            text = part_heading(debugger, listed.terms, part.edge.index)
            lines.append(Line(text, "title").cut(room))
            continue
        tick, symbols, numbers, total = texts[at]
        ahead = listed.terms.tick(shown[at]) - debugger.moment.position
        text, name = ("pending", "pending") if ahead > 0 else ("text", "name")
        pieces = [
            (tick, "quiet"),
            ("  ", "text"),
            (symbols, text),
            ("  " if symbols else "", "text"),
        ]
        pieces += [(numbers, text), ("  ", "text"), (total, name)]
        lines.append(list_row(pieces, now=not ahead, chosen=shown[at] == chosen).cut(room))
        at += 1
    return lines


def fitting(
    debugger: Debugger, found: CellTerms, shown: list[int], script: Script, room: int
) -> list[tuple[str, ...]]:
    """Texts of the visible terms: in full, with fewer digits, then without the symbols."""
    if not shown:
        return []
    which = range(shown[0], shown[-1] + 1)
    for digits in (script.digits, LEAST_DIGITS):
        texts = term_rows(debugger, found, which, script.at_most(digits))
        if len("  ".join(texts[0])) <= room:
            return texts
    return [(tick, "", *rest) for tick, _, *rest in texts]


def detail(
    debugger: Debugger, found: CellTerms, chosen: int, script: Script, room: int
) -> list[Line]:
    """The chosen multiplication in full, and the sentence that says why."""
    moment, term = debugger.moment, found[chosen]
    symbols, numbers = term_formula(moment.graph, term, script)
    lines = [Line(), Line(symbols, "name").cut(room)]
    if found.tick(chosen) <= moment.position:
        lines.append(Line("  ").add(numbers).cut(room))
    else:
        ahead = f"  not computed yet: tick {found.tick(chosen)} makes it"
        lines.append(Line(ahead, "pending").cut(room))
    reason = wrap(term_why(moment.graph, term, script, moment.recorded), room, "quiet")
    return [*lines, *reason[:2]]
