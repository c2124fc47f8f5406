"""Checkpoints: how an iteration starts, kept so that no other one is far away.

Two levels. Far: the start of every `spacing`-th iteration, for good. Near: the starts that were
passed last, whatever their numbers, so that going back one by one after a replay costs one pass
each. Passes are deterministic, so a start is the same bytes however one came to it.

With N iterations some 2·√N far ones are kept, at least `FEWEST` and at most `MOST`, so `spacing` is
about √N / 2 up to four million iterations and N / `MOST` beyond. Both levels are bounded in bytes
too: a large network has fewer of them, farther apart. Memory does not grow with the iterations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isqrt

import numpy as np

from bpdebug.ops import Array

FAR_BYTES = 192 * 2**20
"""All far checkpoints together stay below this, as soon as two of them do."""
NEAR_BYTES = 64 * 2**20
FEWEST, MOST = 64, 4096
NEAR = 512
OVERHEAD = 160
"""Bytes that an array takes beside its numbers."""


@dataclass(slots=True)
class IterationStart:
    """Parameters and optimizer state at the start of an iteration."""

    parameters: dict[str, Array]
    states: dict[str, dict[str, Array]]

    def arrays(self) -> Iterable[Array]:
        """All that it holds."""
        yield from self.parameters.values()
        for states in self.states.values():
            yield from states.values()


class Checkpoints:
    """The starts that a run of so many iterations keeps."""

    def __init__(self, first: IterationStart, iterations: int) -> None:
        size = sum(np.asarray(array).nbytes + OVERHEAD for array in first.arrays()) + OVERHEAD
        kept = min(max(FEWEST, 2 * isqrt(iterations)), MOST, FAR_BYTES // size)
        self.spacing = max(1, -(-iterations // max(2, kept)))
        """Iterations between two far checkpoints."""
        near = max(2, min(NEAR, NEAR_BYTES // size))
        self._far = {1: first}
        self._farthest = 1
        self._near: list[tuple[int, IterationStart]] = [(1, first)] * near
        """The start of iteration n stands at n modulo the length, until a later one takes it."""

    def __len__(self) -> int:
        """How many states are kept, far and near."""
        return len(self._far) + len(self._near)

    def keep(self, number: int, state: IterationStart) -> None:
        """The start of an iteration was passed."""
        if (number - 1) % self.spacing == 0 and number not in self._far:
            self._far[number] = state
            self._farthest = max(self._farthest, number)
        self._near[number % len(self._near)] = (number, state)

    def nearest(self, number: int) -> tuple[int, IterationStart]:
        """The last start known that is not behind `number`: its iteration, and the state."""
        found = self._near[number % len(self._near)]
        if found[0] == number:
            return found
        # Everything before an iteration has been run when that has, so no far one is missing.
        start = min(number - (number - 1) % self.spacing, self._farthest)
        closest = max((near for near in self._near if near[0] < number), key=first_of, default=None)
        if closest is not None and closest[0] > start:
            return closest
        return start, self._far[start]


def first_of(near: tuple[int, IterationStart]) -> int:
    """The iteration of a near checkpoint."""
    return near[0]
