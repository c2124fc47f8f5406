"""A line of a pane as data: stretches of text, each with the role it plays.

Drawing decides what is said and which role it has; only the widget knows colours. So a drawing is
tested without a screen, and reads the same without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
"""Every role a stretch may have. A role may carry `+lit` or `+changed` behind it."""


class Line:
    """Stretches of text with roles; grows by `add`, which returns the line itself."""

    __slots__ = ("spans",)

    def __init__(self, text: str = "", role: str = "text") -> None:
        self.spans: list[tuple[str, str]] = [(text, role)] if text else []

    def add(self, text: str, role: str = "text") -> Line:
        """Append a stretch."""
        if text:
            self.spans.append((text, role))
        return self

    def extend(self, other: Line) -> Line:
        """Append another line's stretches."""
        self.spans.extend(other.spans)
        return self

    def pad(self, to: int) -> Line:
        """Fill with spaces up to a width in cells."""
        missing = to - self.width
        return self.add(" " * missing) if missing > 0 else self

    def cut(self, to: int) -> Line:
        """The line in at most so many cells, the last of them an ellipsis where it was longer."""
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
        """The first so many characters, and the rest; for lines whose characters are one cell."""
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
    """Break a sentence into lines of at most so many cells, at spaces where there are any."""
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


def list_row(pieces: Iterable[tuple[str, str]], *, now: bool, chosen: bool) -> Line:
    """A row of a list: `▶` where time stands, and the chosen row in brackets and lit."""
    line = Line("▶" if now else " ", "now")
    line.add("[" if chosen else " ", "lit" if chosen else "text")
    for text, role in pieces:
        line.add(text, f"{role}+lit" if chosen else role)
    return line.add("]" if chosen else "", "lit")


def indented(text: str, columns: int, role: str) -> list[Line]:
    """Wrapped lines set in by two cells."""
    return [Line("  ").extend(line) for line in wrap(text, columns - 2, role)]


def spaced(blocks: Sequence[Sequence[Line]], rows: int) -> list[Line]:
    """Blocks below one another, with a blank line between them as far as there is room for it.

    Where there is not for all, the lower ones are set apart first.
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
    """Two blocks side by side, the second from the cell `at` on or behind a gap."""
    at = at or block_width(left) + gap
    joined = []
    for row in range(max(len(left), len(right))):
        line = Line().extend(left[row]) if row < len(left) else Line()
        joined.append(line.pad(at).extend(right[row]) if row < len(right) else line)
    return joined


def block_width(lines: Iterable[Line]) -> int:
    """The widest line of a block."""
    return max((line.width for line in lines), default=0)
