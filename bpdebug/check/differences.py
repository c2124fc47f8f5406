"""Central differences that know how far they can be trusted.

No single step size is right: a large one bends with the function, a small one drowns in rounding,
and which sizes are right depends on scales that are not known beforehand. So the slope is estimated
at many sizes, each a quarter of the last, with Richardson's extrapolation between neighbours; where
neighbours agree, the estimate is good, and their disagreement is its error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from math import inf, isfinite

from bpdebug.check.probe import Probe
from bpdebug.expression import visible
from bpdebug.graph import Node
from bpdebug.ops import Index
from bpdebug.records import record

RATIO = 4.0
"""Each step size is the previous size divided by this."""
MOST = 40
"""How many sizes are tried at most below the first, and above it."""
FIRST = 2.0**-6
"""The first step size, as a part of the entry itself, or of its array where the entry is 0."""
EPSILON = 2.0**-52
SHARP = 1e-4
"""An estimate whose own error is below this part of the gradient decides at once."""
BLURRED = 0.002
"""An estimate whose own error is more than this part of it tells too few digits."""
ALIKE, ALIKE_SINGLE = 1e-6, 1e-4
"""Relative difference that is always allowed, for gradients in float64 and in float32."""


class Verdict(Enum):
    """What the comparison of one entry came to."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_CHECKABLE = "not checkable here"


@record
class Estimate:
    """A slope from differences, and how far it may be off."""

    slope: float
    error: float

    @property
    def blur(self) -> float:
        """The error as a part of the slope, between 0 and 1."""
        top = abs(self.slope) + self.error
        return self.error / top if top else 0.0


@record
class EntryCheck:
    """One entry of a gradient against its differences."""

    cell: Index
    verdict: Verdict
    gradient: float
    estimate: Estimate | None = None
    reason: str = ""
    """Why it is not checkable."""
    lost: float = 0.0
    """What float32 may have rounded away in the gradient; 0 for float64, which loses too little."""

    @property
    def relative_error(self) -> float:
        """|gradient − slope| over the larger of the two; 0 where both are 0."""
        if self.estimate is None:
            return 0.0
        top = max(abs(self.gradient), abs(self.estimate.slope))
        if not isfinite(top):
            return float("inf")
        return abs(self.gradient - self.estimate.slope) / top if top else 0.0

    @property
    def resolved(self) -> bool:
        """True where the differences were finer than the gradient they were compared with."""
        found = self.estimate
        if found is None or found.blur >= BLURRED:
            return False
        return self.lost <= BLURRED * max(abs(self.gradient), abs(found.slope))


@record
class Scales:
    """How large the numbers around an array are; what is small is small beside these."""

    values: float
    """The largest of the array's values, or 1 where all are 0."""
    gradient: float
    """The largest entry of its gradient."""
    rounding: float
    """What the backward pass itself may lose where its contributions cancel."""
    single: bool = False
    """True for a gradient in float32, which is held against differences in float64."""

    @property
    def alike(self) -> float:
        """The relative difference that is always allowed."""
        return ALIKE_SINGLE if self.single else ALIKE

    @property
    def lost(self) -> float:
        """What float32 may have rounded away; 0 for float64."""
        return self.rounding if self.single else 0.0


class Slopes:
    """The estimates at one entry, step size by step size."""

    def __init__(self, probe: Probe, cell: Index, at: float, scale: float) -> None:
        self.probe = probe
        self.cell = cell
        self.at = at
        self.first = FIRST * (abs(at) or scale)
        self.smallest = 64 * EPSILON * abs(at)
        self.largest = 4 * max(scale, 1.0)
        self.kink: Node | None = None
        """The result whose kink lies nearest, of those that were crossed."""
        self._crossed_by = inf

    def estimates(self) -> Iterator[Estimate]:
        """From the first step size down to where rounding is all there is, then upwards."""
        down = (self.first / RATIO**k for k in range(MOST))
        yield from self._along(h for h in down if h > self.smallest)
        up = (self.first * RATIO**k for k in range(MOST))
        yield from self._along(h for h in up if h <= self.largest)

    def _along(self, sizes: Iterable[float]) -> Iterator[Estimate]:
        """Estimates along neighbouring sizes; a size that cannot be measured breaks the chain."""
        last: tuple[float, float, float] | None = None
        slopes: list[float] = []
        for h in sizes:
            found = self._central(h)
            if found is None:
                last, slopes = None, []
                continue
            if last is not None:
                fine, coarse = (found, last) if found[0] < last[0] else (last, found)
                square = (coarse[0] / fine[0]) ** 2
                slope = (square * fine[1] - coarse[1]) / (square - 1)
                apart = [abs(slope - before) for before in slopes[-1:]]
                apart += [abs(a - b) for a, b in zip(slopes[-1:], slopes[-2:-1], strict=False)]
                slopes.append(slope)
                if apart:
                    yield Estimate(slope, max(apart) + fine[2])
            last = found

    def _central(self, h: float) -> tuple[float, float, float] | None:
        """(half the distance, slope, what rounding of the loss may add to it) for a step size."""
        above, below = self.at + h, self.at - h
        distance = above - below
        if distance <= 0:
            return None
        up, down = self.probe.at(self.cell, above), self.probe.at(self.cell, below)
        crossed = up.crossed or down.crossed
        if crossed is not None:
            if h < self._crossed_by:
                self.kink, self._crossed_by = crossed, h
            return None
        slope = (up.loss - down.loss) / distance
        if not isfinite(slope):
            return None
        noise = 4 * EPSILON * max(abs(up.loss), abs(down.loss)) / distance
        return distance / 2, slope, noise


def check_entry(
    probe: Probe, cell: Index, at: float, gradient: float, scales: Scales
) -> EntryCheck:
    """Compare one entry of a gradient with central differences; `at` is the leaf's value there."""
    if not isfinite(at):
        return EntryCheck(cell, Verdict.NOT_CHECKABLE, gradient, None, "its value is infinite")
    slopes = Slopes(probe, cell, at, scales.values)
    allowed = scales.alike * abs(gradient) + scales.rounding
    sharp = max(SHARP * abs(gradient) if gradient else 1e-9 * scales.gradient, scales.rounding)
    found: list[Estimate] = []
    for estimate in slopes.estimates():
        apart = abs(estimate.slope - gradient)
        flat = gradient == 0 == estimate.slope and not any(one.slope for one in found)
        close = isfinite(apart) and apart <= max(allowed, 4 * estimate.error)
        if flat or (estimate.error <= sharp and close):
            return EntryCheck(cell, Verdict.AGREES, gradient, estimate, lost=scales.lost)
        if isfinite(estimate.error):
            found.append(estimate)
    if not found:
        reason = "no finite loss beside it" if slopes.kink is None else on_kink(slopes.kink)
        return EntryCheck(cell, Verdict.NOT_CHECKABLE, gradient, None, reason)
    # Far out a function may be flat, with small errors around a slope of nothing: so the sharpest
    # estimate counts, and only where none is sharp the estimate with the smallest error.
    sharpest = min(found, key=lambda one: one.blur)
    best = sharpest if sharpest.blur < BLURRED else min(found, key=lambda one: one.error)
    top = max(abs(gradient), abs(best.slope))
    # NaN compares as False, so a gradient of NaN beside finite differences differs.
    tolerance = 4 * best.error + scales.alike * top + scales.rounding
    agrees = abs(best.slope - gradient) <= tolerance < float("inf")
    verdict = Verdict.AGREES if agrees else Verdict.DIFFERS
    return EntryCheck(cell, verdict, gradient, best, lost=scales.lost)


def on_kink(node: Node) -> str:
    """`on the kink of relu at h1: at 0 the slope is taken as 0`."""
    assert node.op is not None
    taken = f": {node.op.at_kink}" if node.op.at_kink else ""
    return f"on the kink of {node.op.name} at {visible(node.label)}{taken}"
