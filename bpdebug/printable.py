"""Words of the user's as they may be printed: visible, in quotes, cut when long."""

from __future__ import annotations

from unicodedata import category

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
