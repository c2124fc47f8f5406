"""Units that are silent or flat to the end of the run: what dead and saturated units share."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.survey import LayerSample
from bpdebug.graph import Layer
from bpdebug.graph.faults import Flags

MANY = 0.5
"""The part of a layer's units that must be stuck for a fault, at the least."""


class Stuck(NamedTuple):
    """Units of a layer that are stuck at the end."""

    flags: Flags
    """By unit, whether it is stuck."""
    since: int
    """The first iteration from which all of them are stuck."""
    at_once: int
    """How many of them became stuck in that iteration; all of those stuck from the start."""
    at_start: int
    """How many of them are stuck in the first sampled iteration already."""

    @property
    def number(self) -> int:
        """How many units are stuck."""
        return int(self.flags.sum())

    @property
    def from_start(self) -> bool:
        """Whether most of them are stuck from the first iteration on."""
        return self.at_start >= MANY * self.number

    @property
    def whole(self) -> bool:
        """Whether all units of the layer are stuck."""
        return bool(self.flags.all())

    @property
    def many(self) -> bool:
        """Whether a large part of the layer is stuck."""
        return self.number >= MANY * self.flags.size

    def units(self) -> str:
        """`2 of 8 units`, `all 8 units` or `its one unit`."""
        size = self.flags.size
        if size == 1:
            return "its one unit"
        return f"all {size} units" if self.whole else f"{self.number} of {size} units"


def stuck(case: Case, layer: Layer, flags: Callable[[LayerSample], Flags | None]) -> Stuck | None:
    """The units of a layer that are stuck at the end of the run; None where none is.

    A unit is stuck when `flags` has it for every example: with batches, in each iteration of the
    last whole epoch. None too where an iteration of that epoch was not sampled.
    """
    at = layer.at
    by_batch = [flags(sample.layers[at]) for sample in case.last_epoch]
    known = [units for units in by_batch if units is not None]
    if not known or len(known) < len(by_batch):
        return None
    now = np.logical_and.reduce(known)
    if not now.any():
        return None
    since, before = case.last_epoch[-1].number, None
    first = flags(case.finite[0].layers[at])
    for sample in reversed(case.finite):
        units = flags(sample.layers[at])
        if units is None or not np.all(units[now]):
            before = units
            break
        since = sample.number
    at_once = int(now.sum()) if before is None else int((now & ~before).sum())
    return Stuck(now, since, at_once, 0 if first is None else int((now & first).sum()))
