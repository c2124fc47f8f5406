"""A selection of iterations: `1,10,100-110`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpdebug.errors import BpdebugError

PART = re.compile(r"\s*([0-9]{1,12})(?:\s*-\s*([0-9]{1,12}))?\s*", re.ASCII)
MOST_PARTS = 10_000
"""Most numbers and ranges in a selection."""


class Selection:
    """Iterations in ascending order, each once; a sequence that lists nothing."""

    def __init__(self, *ranges: range) -> None:
        """Take ranges of step 1, in any order; they may overlap, but none may be empty."""
        self.ranges: list[range] = []
        for part in sorted(ranges, key=lambda part: part.start):
            previous = self.ranges[-1] if self.ranges else range(0)
            if self.ranges and part.start <= previous.stop:
                self.ranges[-1] = range(previous.start, max(previous.stop, part.stop))
            else:
                self.ranges.append(part)

    @classmethod
    def up_to(cls, iterations: int) -> Selection:
        """All of a run's iterations."""
        return cls(range(1, iterations + 1))

    @classmethod
    def parse(cls, text: str) -> Selection:
        """Read `1,10,100-110`; BpdebugError names the part that is wrong, and the form."""
        parts = text.split(",")
        if len(parts) > MOST_PARTS:
            raise BpdebugError(f"give at most {MOST_PARTS:,} numbers and ranges")
        return cls(*(part_of(part) for part in parts))

    @property
    def last(self) -> int:
        """The last iteration of the selection."""
        return self.ranges[-1].stop - 1

    def __iter__(self) -> Iterator[int]:
        for part in self.ranges:
            yield from part

    def __len__(self) -> int:
        return sum(len(part) for part in self.ranges)


def part_of(text: str) -> range:
    """One number, or two with a dash between."""
    match = PART.fullmatch(text)
    if match is None:
        raise BpdebugError(
            f"'{text.strip()[:40]}' is no iteration; give numbers and ranges such as 1,10,100-110"
        )
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    if not 1 <= first <= last:
        raise BpdebugError(
            f"'{text.strip()}' is no range of iterations; they count from 1, the smaller first"
        )
    return range(first, last + 1)
