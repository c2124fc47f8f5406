"""An expression's text while it is read: where Python's syntax nodes stand in it."""

from __future__ import annotations

import ast

from bpdebug.errors import BpdebugError
from bpdebug.expression.excerpt import excerpt
from bpdebug.expression.tree import Span


class Source:
    """A checked text of one line, which was given to Python's parser in brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Python counts columns in UTF-8 bytes, and the first is the bracket put around the text.
        self._columns: list[int] | None = None
        if not text.isascii():
            self._columns = [at for at, char in enumerate(text) for _ in char.encode("utf-8")]
            self._columns.append(len(text))

    def span(self, node: ast.expr) -> Span:
        """First character of a syntax node, and one past its last."""
        return self._column(node.col_offset), self._column(node.end_col_offset or 0)

    def error(self, node: ast.expr, problem: str) -> BpdebugError:
        """A mistake, with the excerpt and a caret at a syntax node."""
        return BpdebugError(f"{problem}\n{excerpt(self.text, self.span(node))}")

    def _column(self, offset: int) -> int:
        at = max(0, offset - 1)
        if self._columns is None:
            return min(at, len(self.text))
        return self._columns[min(at, len(self._columns) - 1)]
