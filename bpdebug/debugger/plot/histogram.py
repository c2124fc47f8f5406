"""A histogram as text: a row per range of sizes, with a bar as long as its share of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bpdebug.wording import Script, width

DIGITS = 4
"""Digits of a bound, at most."""
SHORTEST = 4
"""Cells that a bar has at the least, where it has the longest bar."""


class Bar(NamedTuple):
    """A row of a histogram."""

    label: str
    """The sizes it counts, a single one or `from … to`; all labels are equally wide."""
    bar: str
    tally: str


def histogram(values: Sequence[float], columns: int, rows: int, script: Script) -> list[Bar]:
    """At most `rows` rows in `columns` cells, the least sizes first; empty without a finite value.

    Where there are no more sizes than rows, each has its own row; else the rows have equal ranges.
    The last row says how many values are not finite, where there are any.
    """
    array = np.asarray(values, dtype=float)
    finite = array[np.isfinite(array)]
    if not finite.size or rows < 1:
        return []
    odd = array.size - finite.size
    rows = max(rows - bool(odd), 1)
    short = script.at_most(DIGITS)
    sizes, counts = np.unique(finite, return_counts=True)
    if len(sizes) <= rows:
        labels = short.aligned(sizes.tolist())
    else:
        # Halved, so that the distance of the bounds is finite wherever they are.
        halves, edges = finite / 2, np.linspace(finite.min() / 2, finite.max() / 2, rows + 1)
        counts, _ = np.histogram(halves, edges)
        bounds = short.aligned((2 * edges).tolist())
        between = script.either(" … ", " .. ")
        labels = [f"{low}{between}{high}" for low, high in pairwise(bounds)]
    tallies = [*counts.tolist(), odd] if odd else counts.tolist()
    labels = [*labels, "not finite"] if odd else labels
    return bars(labels, tallies, columns, script)


def bars(labels: Sequence[str], tallies: Sequence[int], columns: int, script: Script) -> list[Bar]:
    """Rows with labels and counts; the longest bar fills what these leave of `columns`."""
    wide = max(map(width, labels))
    texts = [f"{tally:,}" for tally in tallies]
    room = max(columns - wide - max(map(len, texts)) - 3, SHORTEST)
    most, sign = max(tallies), script.either("█", "#")
    found = []
    for label, tally, text in zip(labels, tallies, texts, strict=True):
        # A number that is there is seen, however few they are.
        cells = max(round(room * tally / most), 1) if tally else 0
        found.append(Bar(" " * (wide - width(label)) + label, sign * cells, text))
    return found
