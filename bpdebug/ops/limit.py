"""What a number of an option may be, beyond its type."""

from __future__ import annotations

from collections.abc import Callable

from bpdebug.records import record


@record
class Limit:
    """A limit of a number, in words as the end of a sentence, and whether a number is within it."""

    says: str
    holds: Callable[[float], bool]


NOT_NEGATIVE = Limit("at least 0", lambda value: value >= 0)
POSITIVE = Limit("above 0", lambda value: value > 0)
NOT_ZERO = Limit("above or below 0", lambda value: value != 0)
