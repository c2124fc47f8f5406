"""A line of a pane as data: spans of text, each with a role such as `title` or `warning`.

A drawing decides texts and roles; only the widget knows colours. So a drawing is tested without a
screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from bpdebug.wording import fit, width

ROLES = (
    "text",
    "quiet",
    "title",
    "name",
    "now",
    "lit",
    "pending",
    "warning",
    "good",
    "heat-3",
    "heat-2",
    "heat-1",
    "heat+1",
    "heat+2",
    "heat+3",
)
"""Every role a span may have. `+lit` or `+changed` may stand behind a role."""


class Line:
    """Spans of text with roles. `add`, `extend` and `pad` change the line and return it."""

    __slots__ = ("spans",)

    def __init__(self, text: str = "", role: str = "text") -> None:
        self.spans: list[tuple[str, str]] = [(text, role)] if text else []

    def add(self, text: str, role: str = "text") -> Line:
        """Append a text, unless it is empty."""
        if text:
            self.spans.append((text, role))
        return self

    def extend(self, other: Line) -> Line:
        """Append another line's spans."""
        self.spans.extend(other.spans)
        return self

    def pad(self, to: int) -> Line:
        """Fill with spaces up to a width in cells."""
        missing = to - self.width
        return self.add(" " * missing) if missing > 0 else self

    def cut(self, to: int) -> Line:
        """The line in at most `to` cells; where it is longer, a copy that ends with an ellipsis."""
        if self.width <= to:
            return self
        short = Line()
        for text, role in self.spans:
            room = to - short.width
            if width(text) >= room:
                return short.add(fit(text + " ", room).rstrip() if room > 0 else "", role)
            short.add(text, role)
        return short

    def parted(self, at: int) -> tuple[Line, Line]:
        """The first `at` characters, and the rest; for lines whose characters are a cell wide."""
        left, right = Line(), Line()
        for text, role in self.spans:
            room = max(at - sum(len(before) for before, _ in left.spans), 0)
            left.add(text[:room], role)
            right.add(text[room:], role)
        return left, right

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.spans)

    @property
    def width(self) -> int:
        """Width in terminal cells."""
        return sum(width(text) for text, _ in self.spans)

    def __repr__(self) -> str:
        return f"Line({self.plain!r})"


def wrap(text: str, columns: int, role: str = "text") -> list[Line]:
    """A sentence as lines of at most `columns` cells, broken at spaces; a longer word is cut."""
    lines: list[Line] = []
    current = ""
    for word in text.split():
        joined = f"{current} {word}" if current else word
        if current and width(joined) > columns:
            lines.append(Line(current, role).cut(columns))
            current = word
        else:
            current = joined
    return [*lines, Line(current, role).cut(columns)] if current else lines


def flow(pieces: Iterable[Line], columns: int, gap: int = 1) -> list[Line]:
    """Pieces beside one another, in lines of at most `columns` cells; no piece is broken."""
    lines: list[Line] = []
    for piece in pieces:
        if lines and lines[-1].width + gap + piece.width <= columns:
            lines[-1].add(" " * gap).extend(piece)
        else:
            lines.append(piece)
    return lines


def list_row(pieces: Iterable[tuple[str, str]], *, now: bool, chosen: bool) -> Line:
    """A row of a list: with `▶` where the cursor in time is; a chosen row is lit, in brackets."""
    line = Line("▶" if now else " ", "now")
    line.add("[" if chosen else " ", "lit" if chosen else "text")
    for text, role in pieces:
        line.add(text, f"{role}+lit" if chosen else role)
    return line.add("]" if chosen else "", "lit")


def indented(text: str, columns: int, role: str) -> list[Line]:
    """A sentence as lines of at most `columns` cells, each indented by two."""
    return [Line("  ").extend(line) for line in wrap(text, columns - 2, role)]


def spaced(blocks: Sequence[Sequence[Line]], rows: int) -> list[Line]:
    """Blocks below one another, with blank lines between them as far as `rows` allow.

    Where there are too few blank lines, the lower blocks are set apart.
    """
    filled = [block for block in blocks if block]
    blanks = min(max(rows - sum(map(len, filled)), 0), len(filled) - 1)
    lines: list[Line] = []
    for at, block in enumerate(filled):
        if at and len(filled) - at <= blanks:
            lines.append(Line())
        lines += block
    return lines


def beside(left: list[Line], right: list[Line], gap: int = 0, *, at: int = 0) -> list[Line]:
    """Two blocks side by side; the second begins at cell `at`, or `gap` cells after the first."""
    at = at or block_width(left) + gap
    pairs = zip_longest(left, right)
    return [
        Line().extend(first or Line()).pad(at if second else 0).extend(second or Line())
        for first, second in pairs
    ]


def block_width(lines: Iterable[Line]) -> int:
    """Cells of a block's widest line; 0 without lines."""
    return max((line.width for line in lines), default=0)
