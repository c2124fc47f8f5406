"""Long work: how far it is, and how it is cancelled. No threads here, and no screen.

The caller sets `Run.progress` to a function of (done, total). Work that may take longer than a
second calls it some twenty times a second once it has taken `PATIENCE`. The function may raise
`Cancelled`: the work then stops where it is, and what the run keeps (checkpoints, losses) stays
valid. It is called in the thread that does the work.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

ProgressReport = Callable[[int, int], None]
"""`report(done, total)`; raises `Cancelled` when the user has cancelled the work."""

PATIENCE = 0.25
"""Seconds before the first report."""
INTERVAL = 0.05
"""Seconds between two reports."""


class Cancelled(Exception):  # noqa: N818 - it is a wish, not an error
    """The user has cancelled the work."""


class Work:
    """A computation of `total` parts that reports how many are done."""

    def __init__(self, report: ProgressReport | None, total: int) -> None:
        self._report = report
        self._total = total
        self._due = monotonic() + PATIENCE if report is not None else 0.0

    def at(self, done: int) -> None:
        """Report how many parts are done; raises `Cancelled` when the user has cancelled."""
        if self._report is None:
            return
        now = monotonic()
        if now >= self._due:
            self._due = now + INTERVAL
            self._report(done, self._total)


class RemainingTime:
    """An estimate of the time left, from the reports so far."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._total = -1
        self._first = (0, 0.0)

    def seconds(self, done: int, total: int) -> float | None:
        """Seconds left; None until there is an estimate. Another `total` begins a new estimate."""
        now = self._clock()
        if total != self._total or done < self._first[0]:
            self._total, self._first = total, (done, now)
        made, spent = done - self._first[0], now - self._first[1]
        return (total - done) * spent / made if made > 0 and spent > 0 else None


def progress_text(done: int, total: int, left: float | None) -> str:
    """`3,400 of 10,000 · 34% · 2 s left`; the dots are the only signs that are not ASCII."""
    parts = [f"{done:,} of {total:,}", f"{100 * done // max(total, 1)}%"]
    if left is not None:
        minutes, seconds = divmod(max(int(left + 0.5), 0), 60)
        parts.append(f"{minutes} min {seconds} s left" if minutes else f"{seconds} s left")
    return " · ".join(parts)
