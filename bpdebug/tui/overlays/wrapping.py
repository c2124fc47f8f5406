"""Text for a box: lines broken where the box ends, what follows set in under their last column."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.text import Text

from bpdebug.wording import width

GAP = re.compile(r"(?:^ +|  +)(?:\d+ +)?(?=\S)")
"""What is between two columns: two blanks or more, and a line's number belongs to it."""
MOST_INDENT = 30
"""Beyond it, a gap is a part of the text and no column's end."""


def wrapped(text: Text, columns: int) -> Text:
    """The text in at most so many cells a line."""
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        lines += broken(line, columns)
    return Text("\n").join(lines)


def broken(line: Text, columns: int) -> list[Text]:
    """One line as several, if it has to be."""
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
    """Where a line's last column begins, in cells; its continuation goes below that."""
    ends = [width(line[: gap.end()]) for gap in GAP.finditer(line)]
    return max((end for end in ends if end <= min(MOST_INDENT, columns // 2)), default=0)


def breaks(line: str, columns: int, indent: int) -> list[int]:
    """Offsets at which a line is broken: after blanks, or in a word that is longer than a line."""
    offsets: list[int] = []
    cells, room, word = 0, columns, 0
    # `word` is where the word under way began: the last place at which the line may end.
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


def in_lines(pieces: Iterable[str], columns: int) -> str:
    """Pieces beside one another, two blanks apart, in lines of so many cells; none is broken."""
    lines: list[str] = []
    for piece in pieces:
        if lines and width(lines[-1]) + 2 + width(piece) <= columns:
            lines[-1] += f"  {piece}"
        else:
            lines.append(piece)
    return "\n".join(lines)
