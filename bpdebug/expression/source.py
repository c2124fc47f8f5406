"""An expression's text while it is read: where Python's syntax nodes stand in it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from bpdebug.errors import BpdebugError
from bpdebug.expression.excerpt import mistake
from bpdebug.expression.tree import TextSpan

TIE = "‿"
"""What stands for the dots of a name in the code: Python takes it for a part of a word."""


def as_identifier(name: str) -> str:
    """A name with dots as a single word of the code, `block1‿attn‿q`."""
    return name.replace(".", TIE)


class SourceText:
    """A checked text of one line, and the code of the same meaning that Python's parser reads.

    `places` gives, for each character of the code, the stretch of the text behind it. Without a
    code, the text is the code.
    """

    def __init__(
        self, text: str, code: str | None = None, places: Sequence[TextSpan] | None = None
    ) -> None:
        self.text = text
        self.code = text if code is None else code
        self._places = places
        self._bytes = self.code.encode("utf-8")

    def span(self, node: ast.expr) -> TextSpan:
        """First character of a syntax node in the text, and one past its last."""
        start, end = self._column(node.col_offset), self._column(node.end_col_offset or 0)
        return self.place(start)[0], self.place(max(start, end - 1))[1]

    def place(self, at: int) -> TextSpan:
        """The stretch of the text that a character of the code was made of."""
        if self._places is None:
            return at, at + 1
        return self._places[max(0, min(at, len(self._places) - 1))]

    def name(self, node: ast.Name) -> str:
        """The name that a word of the code stands for."""
        return self.spelled(node.id, node)

    def spelled(self, word: str, node: ast.expr) -> str:
        """A word of the code as it was typed; `node` is the syntax node in which it stands."""
        return word.replace(TIE, ".") if TIE not in self.part(node) else word

    def part(self, node: ast.expr) -> str:
        """A syntax node as it was typed."""
        start, end = self.span(node)
        return self.text[start:end]

    def error(self, node: ast.expr, problem: str) -> BpdebugError:
        """A mistake, with the excerpt and a caret at a syntax node."""
        return mistake(problem, self.text, self.span(node))

    def _column(self, offset: int) -> int:
        # Python counts columns in UTF-8 bytes, and the first is the bracket put around the code.
        return len(self._bytes[: max(0, offset - 1)].decode("utf-8"))
