"""Counts in words: terms of an edge, cells, contributions.

Each function gives wordings from long to short, of which a caller takes the longest that fits. All
of them say what is counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from bpdebug.wording import width


def terms_of_edge(done: int, every: int) -> tuple[str, ...]:
    """How many of an edge's terms are done: `40 of 120 terms`."""
    noun = f"term{'s' * (every != 1)}"
    return f"{done:,} of {every:,} {noun}", f"{done:,}/{every:,} {noun}"


def cells_done(done: int, every: int) -> tuple[str, ...]:
    """How many cells of a gradient hold a number: `5 of 6 cells`."""
    return f"{done:,} of {every:,} cells", f"{done:,}/{every:,} cells"


def contributions_done(done: int, every: int) -> tuple[str, ...]:
    """How many contributions to a gradient are there: `partial: 1 of 2 contributions`."""
    count = f"{done} of {every}"
    return f"partial: {count} contributions", f"partial {count}", f"{done}/{every} contr."


def fitting(wordings: Iterable[str], room: int, otherwise: str = "") -> str:
    """The first wording that fits in `room` cells; `otherwise` where none does."""
    return next((text for text in wordings if width(text) <= room), otherwise)
