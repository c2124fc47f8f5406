"""The curves of a run as CSV: one row an iteration, for spreadsheets and plots.

The columns are named by what they hold, in the language of watches where that has a word for it.
Full precision; NaN and infinities are written as in JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from bpdebug.export.products import json_number
from bpdebug.ops import Array
from bpdebug.ops.reductions import norm_forward
from bpdebug.run import Iteration, Run


class Curves:
    """Writes the loss, the size of every δ and gradient, and how far each update went."""

    def chunks(self, run: Run, iterations: Iterable[int]) -> Iterator[str]:
        """The header, then a row an iteration."""
        layers = [layer.number for layer in run.timeline(1).layers]
        graph = run.graph(1)
        names = [n for n in run.problem.parameters if graph.has_gradient(graph.names[n])]
        moved = [n for n in names if run.problem.rule and n not in run.problem.frozen]
        yield row_of(
            "iteration",
            "loss",
            *(f"norm(delta({number}))" for number in layers),
            *(f"norm(grad({name}))" for name in names),
            *(f"norm(change({name})) / norm({name})" for name in moved),
        )
        for number in iterations:
            iteration = run.iteration(number)
            yield row_of(
                str(number),
                *(json_number(v).strip('"') for v in numbers(iteration, names, moved)),
            )


def numbers(iteration: Iteration, names: list[str], moved: list[str]) -> Iterator[float]:
    """The cells of one row behind its number."""
    run = iteration.run
    yield iteration.loss
    for layer in iteration.timeline.layers:
        yield length(run.gradients[layer.pre_activation])
    for name in names:
        yield length(run.gradients[run.graph.names[name]])
    for name in moved:
        with np.errstate(all="ignore"):
            change = np.asarray(iteration.after[name]) - np.asarray(iteration.before[name])
            yield float(np.float64(length(change)) / length(iteration.before[name]))


def length(array: Array | None) -> float:
    """The Euclidean length over all cells."""
    with np.errstate(all="ignore"):
        return float(norm_forward(np.asarray(array), axis=None, keepdims=False))


def row_of(*cells: Any) -> str:
    """One line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
