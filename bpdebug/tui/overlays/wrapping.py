"""Text for a box: long lines are broken, and go on below the last column of a table's row."""

from __future__ import annotations

import re

from rich.text import Text

from bpdebug.wording import width

GAP = re.compile(r"(?:^ +|  +)(?:\d+ +)?(?=\S)")
"""The gap between two columns: two blanks or more, with the number of a line after them."""
MOST_INDENT = 30
"""A gap that ends further to the right is a part of the text, not between columns."""


def wrapped(text: Text, columns: int) -> Text:
    """The text in lines of at most `columns` cells."""
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        lines += broken(line, columns)
    return Text("\n").join(lines)


def broken(line: Text, columns: int) -> list[Text]:
    """A line as lines of at most `columns` cells."""
    if width(line.plain) <= columns:
        return [line]
    indent = hanging(line.plain, columns)
    offsets = breaks(line.plain, columns, indent)
    first, *rest = line.divide(offsets)
    first.rstrip()
    for part in rest:
        part.rstrip()
    return [first, *(Text(" " * indent).append_text(part) for part in rest)]


def hanging(line: str, columns: int) -> int:
    """The cell at which a line's last column begins, where its continuation is indented to."""
    ends = [width(line[: gap.end()]) for gap in GAP.finditer(line)]
    return max((end for end in ends if end <= min(MOST_INDENT, columns // 2)), default=0)


def breaks(line: str, columns: int, indent: int) -> list[int]:
    """Offsets at which a line is broken: after blanks, or in a word that is longer than a line."""
    offsets: list[int] = []
    cells, room, word = 0, columns, 0
    # `word` is where the current word began: the last offset at which the line may be broken.
    for at, sign in enumerate(line):
        cells += width(sign)
        if sign == " ":
            word = at + 1
        elif cells > room:
            start = offsets[-1] if offsets else 0
            cut = word if line[start:word].strip() else at
            offsets.append(cut)
            room = columns - indent
            cells = width(line[cut : at + 1])
            word = max(word, cut)
    return offsets
