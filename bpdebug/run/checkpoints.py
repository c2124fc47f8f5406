"""Checkpoints: starts of iterations, stored so that no iteration is far from a stored start.

Two levels. Far: the start of every `spacing`-th iteration, for good. Near: the starts that were
passed last, whatever their numbers, so that each step back after a replay costs a single pass.
Carries are deterministic, so a start has the same bytes on every way to it.

With N iterations some 2·√N far checkpoints are stored, at least `FEWEST` and at most `MOST`, so
`spacing` is about √N / 2 up to four million iterations and N / `MOST` beyond. Both levels are
bounded in bytes too: a large network has fewer checkpoints, farther apart. Memory does not grow
with the iterations.
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
        """All arrays: the parameters, then the states."""
        yield from self.parameters.values()
        for states in self.states.values():
            yield from states.values()


class Checkpoints:
    """The starts that a run of so many iterations stores."""

    def __init__(self, first: IterationStart, iterations: int) -> None:
        size = sum(np.asarray(array).nbytes + OVERHEAD for array in first.arrays()) + OVERHEAD
        count = min(max(FEWEST, 2 * isqrt(iterations)), MOST, FAR_BYTES // size)
        self.spacing = max(1, -(-iterations // max(2, count)))
        """Iterations between two far checkpoints."""
        near = max(2, min(NEAR, NEAR_BYTES // size))
        self._far = {1: first}
        self._farthest = 1
        self._near: list[tuple[int, IterationStart]] = [(1, first)] * near
        """The start of iteration n stands at n modulo the length, until a later one takes it."""

    def __len__(self) -> int:
        """How many starts are stored, far and near."""
        return len(self._far) + len(self._near)

    def add(self, number: int, state: IterationStart) -> None:
        """Store the start of an iteration, which a replay has just reached."""
        if (number - 1) % self.spacing == 0 and number not in self._far:
            self._far[number] = state
            self._farthest = max(self._farthest, number)
        self._near[number % len(self._near)] = (number, state)

    def nearest(self, number: int) -> tuple[int, IterationStart]:
        """The last stored start at or before `number`: its iteration, and the start."""
        near = self._near[number % len(self._near)]
        if near[0] == number:
            return near
        # An iteration runs only after all before it, so no far checkpoint is missing.
        start = min(number - (number - 1) % self.spacing, self._farthest)
        earlier = (near for near in self._near if near[0] < number)
        return max([(start, self._far[start]), *earlier], key=lambda stored: stored[0])
