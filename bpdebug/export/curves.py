"""The curves of a run as CSV: one row an iteration, for spreadsheets and plots.

The columns are those that the screen draws, named in the language of watches; those of a second
run stand behind them, each with what differs in brackets. Full precision; NaN and infinities are
written as in JSON. After the end of the shorter run its cells are empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from bpdebug.export.options import ExportOptions
from bpdebug.export.products import json_number
from bpdebug.run import Run
from bpdebug.run.curves import Curves, Quantity


class CurvesForm:
    """Writes the loss, the norms of δ and gradients, and the relative changes of updates."""

    def __init__(self, options: ExportOptions) -> None:
        """Add a column for each watch that is a single number, headed by its expression."""
        self.watches = options.watches
        self.second = options.second

    def chunks(self, run: Run, iterations: Iterable[int]) -> Iterator[str]:
        """The header, then a row an iteration.

        Where all iterations of the run are written, those of a longer second run follow.
        """
        curves, second = Curves(run), self.second
        names = list(curves.names())
        names += [w for w in dict.fromkeys(self.watches) if w not in names and curves.measures(w)]
        quantities = [curves.quantity(name) for name in names]
        shared = [n for n in names if second.curves.measures(n)] if second is not None else []
        label = second.label if second is not None else ""
        beside = [second.curves.quantity(name) for name in shared] if second is not None else []
        yield csv_row("iteration", *names, *(f"{name} [{label}]" for name in shared))
        written = 0
        for number in iterations:
            written += 1
            theirs = cells(second.run, number, beside) if second is not None else []
            yield csv_row(str(number), *cells(run, number, quantities), *theirs)
        if second is not None and written == run.iterations:
            for number in range(run.iterations + 1, second.run.iterations + 1):
                yield csv_row(str(number), *[""] * len(names), *cells(second.run, number, beside))


def cells(run: Run, number: int, quantities: list[Quantity]) -> list[str]:
    """The quantities of an iteration; empty cells for one that the run does not have."""
    if number > run.iterations:
        return [""] * len(quantities)
    iteration = run.iteration(number)
    return [json_number(quantity(iteration)).strip('"') for quantity in quantities]


def csv_row(*cells: str) -> str:
    """One line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
