"""Measuring two things in turn, so that a busy machine slows both alike."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

Work = Callable[[], object]


def calls_for(work: Work, seconds: float) -> int:
    """How many calls fill about so many seconds."""
    work()
    calls = 1
    while True:
        start = perf_counter()
        for _ in range(calls):
            work()
        spent = perf_counter() - start
        if spent > seconds / 4:
            return max(1, int(calls * seconds / spent))
        calls *= 4


def once(work: Work, calls: int) -> float:
    """Seconds per call."""
    start = perf_counter()
    for _ in range(calls):
        work()
    return (perf_counter() - start) / calls


def in_turn(
    ours: Work, theirs: Work, rounds: int = 25, seconds: float = 0.03
) -> tuple[float, float]:
    """Seconds per call of both, measured alternately: the least of many short rounds.

    What else runs on the machine only ever adds time, so the least is nearest to what the work
    itself costs; both sides are treated alike.
    """
    counts = calls_for(ours, seconds), calls_for(theirs, seconds)
    pairs = [(once(ours, counts[0]), once(theirs, counts[1])) for _ in range(rounds)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
