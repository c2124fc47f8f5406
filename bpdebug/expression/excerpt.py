"""Showing the place of a mistake: the excerpt of a text with a caret below it."""

from __future__ import annotations

from bpdebug.errors import BpdebugError
from bpdebug.printable import visible, width

EXCERPT_CELLS = 72
"""An excerpt is cut to about this width, with the caret inside."""


def excerpt(text: str, span: tuple[int, int]) -> str:
    """Two lines: the text around `span` (first character, end), and the carets below it."""
    start = max(0, min(span[0], len(text)))
    end = max(start + 1, min(span[1], len(text)))
    end = min(end, start + EXCERPT_CELLS // 2)
    left, right = window(text, start, end)
    before = ("…" if left else "") + visible(text[left:start])
    marked = visible(text[start:end])
    after = visible(text[end:right]) + ("…" if right < len(text) else "")
    carets = "^" * max(1, width(marked))
    return f"    {before}{marked}{after}\n    {' ' * width(before)}{carets}"


def mistake(problem: str, text: str, span: tuple[int, int]) -> BpdebugError:
    """The error for a mistake in a text, with the excerpt and a caret below `span`."""
    return BpdebugError(f"{problem}\n{excerpt(text, span)}")


def window(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch of the text that fits in an excerpt, with the span in its middle."""
    spare = max(0, EXCERPT_CELLS - (end - start))
    left = max(0, start - spare // 2)
    right = min(len(text), end + spare - (start - left))
    left = max(0, min(left, right - EXCERPT_CELLS))
    return left, right
