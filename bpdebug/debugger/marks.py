"""The marks of somebody's arrays, and of the lines that write them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from bpdebug.wording import Script

if TYPE_CHECKING:
    from bpdebug.mistakes.verdict import ArrayVerdict


class Mark(Enum):
    """How an array, or the line that writes it, compares with the right one."""

    OWN = "own"
    """Wrong by itself: an error is made here."""
    INHERITED = "inherited"
    """Wrong, but right given what came in."""
    UNKNOWN = "unknown"
    """Wrong by itself or inherited: what came in was not handed in."""
    AGREES = "agrees"

    def sign(self, script: Script) -> str:
        """The sign in a gutter: `✗`, `○`, `•`, `✓`, or in ASCII `x`, `o`, `*`, `+`."""
        return {
            Mark.OWN: script.either("✗", "x"),
            Mark.INHERITED: script.either("○", "o"),
            Mark.UNKNOWN: script.either("•", "*"),
            Mark.AGREES: script.either("✓", "+"),
        }[self]


BLAMED = (Mark.OWN, Mark.UNKNOWN)
"""The marks of what may be wrong by itself."""
WRONG = (*BLAMED, Mark.INHERITED)
"""The marks of what is wrong, the gravest first."""


def mark_of(one: ArrayVerdict) -> Mark | None:
    """The mark of an array; None where its precision does not decide."""
    if one.wrong:
        return Mark.OWN if one.blame is None else Mark(one.blame.value)
    return Mark.AGREES if one.status.value == "agrees" else None
