"""The curves of a run as CSV: one row an iteration, for spreadsheets and plots.

The columns are those that the screen draws, named in the language of watches. Full precision;
NaN and infinities are written as in JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from bpdebug.export.options import ExportOptions
from bpdebug.export.products import json_number
from bpdebug.run import Run
from bpdebug.run.curves import Curves


class CurvesForm:
    """Writes the loss, the norms of δ and gradients, and the relative changes of updates."""

    def __init__(self, options: ExportOptions) -> None:
        """Add a column for each watch that is a single number, headed by its expression."""
        self.watches = options.watches

    def chunks(self, run: Run, iterations: Iterable[int]) -> Iterator[str]:
        """The header, then a row an iteration."""
        curves = Curves(run)
        names = list(curves.names())
        names += [w for w in dict.fromkeys(self.watches) if w not in names and curves.measures(w)]
        quantities = [curves.quantity(name) for name in names]
        yield csv_row("iteration", *names)
        for number in iterations:
            iteration = run.iteration(number)
            cells = (json_number(quantity(iteration)).strip('"') for quantity in quantities)
            yield csv_row(str(number), *cells)


def csv_row(*cells: str) -> str:
    """One line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
