"""Every multiplication that made a cell of a gradient; enter goes to its tick."""

from __future__ import annotations

from bpdebug.debugger import Debugger
from bpdebug.debugger.text.term_list import terms_computed, terms_heading
from bpdebug.ops import Index
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.term_list import TermList, draw_terms
from bpdebug.tui.overlays.detail_screen import DetailScreen


class TermsScreen(DetailScreen):
    """The terms of a cell as a list."""

    KEYS = (
        ("enter", "go to this term"),
        ("up down", "another term"),
        ("home end", "first and last"),
    )

    def __init__(self, debugger: Debugger, node: int, cell: Index) -> None:
        super().__init__(debugger)
        moment = debugger.moment
        self.listed = TermList(CellTerms(moment.recorded, moment.timeline, node, cell))
        # The last term that is computed: the current multiplication, or the latest before it.
        self.chosen = max(terms_computed(self.listed.terms, moment.position) - 1, 0)

    def draw(self, width: int, height: int) -> list[Line]:
        lines, self.rows = draw_terms(
            self.debugger, self.listed, self.chosen, self.rows.start, self.script, width, height
        )
        return lines

    def heading(self) -> str:
        return terms_heading(self.debugger, self.listed.terms)

    def choose(self, term: int) -> None:
        """Put the cursor on a term, or on the nearest there is."""
        self.chosen = min(max(term, 0), max(len(self.listed.terms) - 1, 0))
        self.pane.redraw()

    def action_step(self, by: int) -> None:
        self.choose(self.chosen + by)

    def action_all(self, by: int) -> None:
        self.choose(by * len(self.listed.terms))

    def clicked(self, x: int, y: int) -> None:
        if y < len(self.rows) and len(self.listed):
            self.choose(self.listed.term_at(self.rows[y]))

    def action_choose(self) -> None:
        """Enter: close, and go to the tick of the chosen multiplication."""
        terms = self.listed.terms
        self.dismiss(terms.tick(self.chosen) if len(terms) else None)
