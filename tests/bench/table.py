"""Rows of the benchmark's table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement: what it cost, what it is compared with, and the goal."""

    what: str
    ours: str
    against: str
    theirs: str
    value: float
    """The ratio, or the measured number where the goal is absolute."""
    goal: float | None
    """At most this; at least it where `more` is set; None where there is no goal."""
    unit: str = "×"
    more: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more else self.value <= self.goal

    def cells(self) -> list[str]:
        """The row as text."""
        sign = "≥" if self.more else "≤"
        goal = "" if self.goal is None else f"{sign} {self.goal:,g} {self.unit}"
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        value = f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:.3g}"
        return [
            self.what,
            self.ours,
            self.against,
            self.theirs,
            f"{value} {self.unit}",
            goal,
            verdict,
        ]


HEAD = ["what", "bpdebug", "against", "it takes", "ratio", "goal", ""]


def seconds(value: float) -> str:
    """A duration with a fitting unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def compared(what: str, against: str, times: tuple[float, float], goal: float | None) -> Row:
    """A row for two durations."""
    ours, theirs = times
    return Row(what, seconds(ours), against, seconds(theirs), ours / theirs, goal)


def show(rows: list[Row]) -> str:
    """All rows in columns."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEAD))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )
