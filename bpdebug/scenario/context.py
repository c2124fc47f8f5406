"""What the readers of a scenario's entries share: its files, seed, budget of elements, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from math import prod
from pathlib import Path

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import TOTAL_ELEMENTS
from bpdebug.ops import Array, Shape
from bpdebug.records import record
from bpdebug.run.problem import Note
from bpdebug.scenario.arrays import check_elements

Archives = Mapping[str, Mapping[str, Array]]
"""Arrays by name, in archives by the name of the file that a scenario gives."""


class Budget:
    """How many elements the arrays of a scenario may still have together."""

    def __init__(self, left: int = TOTAL_ELEMENTS) -> None:
        self.left = left

    def take(self, shape: Shape, key: str) -> None:
        """Claim an array before it is made; an error when it, or all together, are too large."""
        check_elements(shape, key)
        self.left -= prod(shape)
        if self.left < 0:
            raise BpdebugError(
                f"with this the arrays have more than {TOTAL_ELEMENTS:,} elements together",
                key=key,
            )


@record
class LoadContext:
    """Where a scenario's files are, the seed of its run, its budget and its notes."""

    folder: Path | None
    """The folder of its files; None where it was handed over as a text, with `archives`."""
    seed: int
    archives: Archives = field(default_factory=dict)
    """The files of a scenario without a folder."""
    budget: Budget = field(default_factory=Budget)
    notes: list[Note] = field(default_factory=list)
    """Notes on entries that the author may have meant otherwise, in the order of reading."""
