"""Words of the user's as they may be printed: visible, in quotes, cut when long; their width."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from unicodedata import category, combining, east_asian_width

HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")
"""Categories of characters that a terminal may obey, or that are invisible."""


def visible(text: str) -> str:
    """The text with control and invisible characters written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii") if category(char) in HIDDEN else char
        for char in text
    )


def quoted(text: object, length: int = 60) -> str:
    """A word of the user's in single quotes: made visible, and cut when long."""
    word = str(text)
    return f"'{visible(word[:length])}{'…' if len(word) > length else ''}'"


def counted(count: int, noun: str) -> str:
    """`1 entry`, `2,000 entries`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"


def listed(names: Iterable[str]) -> str:
    """A few of some words of the user's for an error, each in quotes."""
    shown = [quoted(name) for name in islice(names, 9)]
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")


@lru_cache(maxsize=4096)
def width(text: str) -> int:
    """Width in terminal cells: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(cell_width, text))


def cell_width(c: str) -> int:
    """The cells of one character."""
    if c < "\u0300":
        return 1
    if combining(c) or category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(c) in "WF" else 1
