r"""How a document for people is set: as plain text, or as Markdown with LaTeX formulas.

A formula is a paragraph of three lines, `$$`, the LaTeX on one line, `$$`. GitHub (a MathJax
without `\operatorname`, `\def`, `\phantom` and their like), KaTeX and pandoc all read it so. Many
readers of Markdown, GitHub's among them, do not spare a formula: a backslash before a punctuation
mark goes away, `_` behind a brace or a blank begins an emphasis, `*` and `~` mark words, `[…](…)`
is a link and `<b` a tag. A formula here is therefore such that Markdown without any mathematics
leaves every character of it alone:

- words are `\mathrm{…}` with letters of ASCII, `\text{…}` with others;
- `_` stands behind a letter or a digit, never behind `}`, `)` or a blank: `\hat y_{1}`, and
  `\mathrm{mean_{axis=0}}` in place of `\mathrm{mean}_{axis=0}`;
- `<` is followed by a blank;
- what LaTeX writes as a backslash and a mark is spelled in letters (`SPELLED`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpdebug.wording import Script, width

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
LEADING = re.compile(r"^(\s*)([-+=]|[0-9]+(?=[.)]))")
"""What would begin a list or underline the line above."""
SPELLED = {
    r"\_": r"\underline{\ }",
    r"\#": r"\sharp ",
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    r"\,": r"\ ",
}
"""Commands of a single mark, which Markdown would turn into the bare mark, in letters."""
MARKED = re.compile(r"\\[_#{},]")


def escaped(match: re.Match[str]) -> str:
    """A mark at the start of a line made harmless: `1.` becomes `1\\.`, `-` becomes `\\-`."""
    lead, mark = match[1], match[2]
    return f"{lead}{mark}\\" if mark.isdigit() else f"{lead}\\{mark}"


class Markup:
    """Plain text: underlined titles, everything else by indentation.

    Each method gives text that ends in a line break. Another markup is a subclass.
    """

    def __init__(self, script: Script) -> None:
        self.script = script

    def title(self, text: str) -> str:
        """The document's title."""
        text = self.script.safe(text)
        return f"{text}\n{'=' * width(text)}\n\n"

    def prose(self, text: str) -> str:
        """A paragraph of the scenario's own words."""
        lines = (self.script.safe(line) for line in text.strip().splitlines())
        return "".join(line.rstrip() + "\n" for line in lines) + "\n"

    def section(self, text: str) -> str:
        """The head of an iteration or of a part of it."""
        return f"\n{text}\n{'-' * width(text)}\n"

    def part(self, text: str) -> str:
        """The head of a smaller part."""
        return f"\n  {text}\n"

    def formula(self, text: str, latex: str, note: str = "") -> str:
        """A formula on a line of its own, with a note on where it stands."""
        return f"\n  {text}" + (f"    ({note})" if note else "") + "\n"

    def block(self, lines: Iterator[str]) -> Iterator[str]:
        """Lines that keep their columns; pieces of many lines are passed on as they come."""
        return lines


class MarkdownMarkup(Markup):
    """Markdown: LaTeX between dollar signs, numbers in fenced blocks; titles taken literally."""

    def literal(self, text: str) -> str:
        """Text that Markdown and HTML leave alone."""
        text = SPECIAL.sub(r"\\\1", self.script.safe(text))
        return LEADING.sub(escaped, text)

    def title(self, text: str) -> str:
        return f"# {self.literal(text)}\n"

    def prose(self, text: str) -> str:
        lines = (self.literal(line.strip()) for line in text.strip().splitlines())
        return "\n" + "".join(f"{line}\n" for line in lines)

    def section(self, text: str) -> str:
        return f"\n## {self.literal(text)}\n"

    def part(self, text: str) -> str:
        return f"\n### {self.literal(text)}\n"

    def formula(self, text: str, latex: str, note: str = "") -> str:
        spelled = MARKED.sub(lambda match: SPELLED[match[0]], latex)
        shown = f"\n$$\n{spelled}\n$$\n"
        return f"\n{self.literal(note)}:\n{shown}" if note else shown

    def block(self, lines: Iterator[str]) -> Iterator[str]:
        yield "\n```text\n"
        yield from lines
        yield "```\n"
