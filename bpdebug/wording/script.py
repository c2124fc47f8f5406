"""How names, numbers and formulas are written: a value that all functions which write them take."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bpdebug.records import record, replace
from bpdebug.wording.ascii import to_ascii
from bpdebug.wording.names import (
    ELLIPSIS,
    MATRIX,
    SUPERSCRIPT,
    cut,
    cut_middle,
    delta_name,
    fit,
    latex_name,
    safe,
    shape_text,
    textbook_name,
)
from bpdebug.wording.numbers import DIGITS, PENDING, align, number, plain_number


@record
class Script:
    """How names, numbers and formulas are written: Unicode text, ASCII text or LaTeX."""

    digits: int = DIGITS
    """Significant digits of numbers."""
    unicode: bool = True
    """False where only ASCII can be shown."""
    latex: bool = False
    """True for formulas in LaTeX, for which `digits` and `unicode` mean nothing."""
    full: bool = False
    """True for a document, which has room for whole expressions."""
    within: tuple[str, ...] = ()
    """The groups whose names are left out in front of the names inside them, the innermost first:
    `mu` for `block1.ln.mu`, and `gamma` for `block1.gamma`."""

    @property
    def whole(self) -> Script:
        """This script with whole expressions, as in a document."""
        return self if self.full else replace(self, full=True)

    def at_most(self, digits: int) -> Script:
        """This script where there is room for no more than so many digits."""
        return self if self.digits <= digits else replace(self, digits=digits)

    def name(self, name: str) -> str:
        """A scenario's name: `W₂`; in ASCII as it is typed. Without a group it stands within."""
        name = without_group(name, self.within)
        if self.latex:
            return latex_name(name)
        return textbook_name(name) if self.unicode else self.safe(name)

    def safe(self, text: str) -> str:
        """A text that the user or a file wrote, with its control characters made visible."""
        return safe(text, unicode=self.unicode)

    def finish(self, text: str) -> str:
        """A finished formula: powers raised, and in ASCII where this script is ASCII."""
        if self.latex:
            return BESIDE_UPRIGHT.sub(r"\g<0>\,", LATEX_LESS_ONE.sub(one_less, text))
        text = tidy(text)
        return text.replace(MATRIX, "·") if self.unicode else to_ascii(text)

    def text(self, text: str) -> str:
        """A text of bpdebug's own, in ASCII where this script is ASCII."""
        return text if self.unicode else to_ascii(text)

    def number(self, value: float, digits: int = 0) -> str:
        """A number: `−0.1385`, or `-0.1385` in ASCII; with other digits where some are given."""
        write = number if self.unicode else plain_number
        return write(value, digits or self.digits)

    def aligned(self, values: Iterable[float | None], digits: int = 0) -> list[str]:
        """One column of numbers, equally wide, aligned on the decimal point.

        None is `·`, aligned with the points of the numbers. A number with an exponent
        aligns on the point of its mantissa.
        """
        pending = self.pending
        return align([pending if v is None else self.number(v, digits) for v in values])

    def shape(self, shape: tuple[int, ...]) -> str:
        """A shape as a label: `2×3`, `4`; nothing for a scalar."""
        text = shape_text(shape)
        return text if self.unicode else text.replace("×", "x")

    def delta(self, layer: int) -> str:
        """The name of a layer's δ: `δ₂`, or `delta2` in ASCII."""
        return delta_name(layer) if self.unicode else f"delta{layer}"

    def fit(self, text: str, cells: int) -> str:
        """The text in exactly so many cells: padded, or cut with `…` at its end."""
        return fit(text, cells, mark=self.mark)

    def cut(self, text: str, cells: int) -> str:
        """The text as it is, or cut with `…` where it is wider than so many cells."""
        return cut(text, cells, mark=self.mark)

    def cut_middle(self, text: str, cells: int) -> str:
        """The text as it is, or without its middle where it is wider than so many cells."""
        return cut_middle(text, cells, mark=self.mark)

    def either(self, sign: str, plain: str) -> str:
        """The first text where Unicode can be shown, else the second, in ASCII."""
        return sign if self.unicode else plain

    @property
    def mark(self) -> str:
        """The end of a text that was cut to so many cells: `…` or `~`, one cell wide."""
        return self.either(ELLIPSIS, "~")

    @property
    def dots(self) -> str:
        """The sign for things left out: `…` or `...`."""
        return self.either(ELLIPSIS, "...")

    @property
    def times(self) -> str:
        """Between the numbers of a product: `×` or `*`."""
        return self.either("×", "*")

    @property
    def between(self) -> str:
        """Between the parts of a title: ` · ` or ` | `."""
        return self.either(" · ", " | ")

    @property
    def more(self) -> str:
        """Before the count of rows that are left out: `⋮` or `:`."""
        return self.either("⋮", ":")

    @property
    def now(self) -> str:
        """The sign of the cursor's position: `▶` or `>`."""
        return self.either("▶", ">")

    @property
    def bar(self) -> str:
        """The sign that bars are made of: `█` or `#`."""
        return self.either("█", "#")

    @property
    def good(self) -> str:
        """The sign of a successful check: `✓` or `ok`."""
        return self.either("✓", "ok")

    @property
    def dash(self) -> str:
        """Between the ends of a range: `–` or `-`."""
        return self.either("–", "-")

    @property
    def pending(self) -> str:
        """The sign for a number that is not computed yet: `·` or `.`."""
        return self.either(PENDING, ".")


def without_group(name: str, groups: Iterable[str]) -> str:
    """A name without that of the first of some groups that it is in.

    A number keeps the name before it: in the group `blocks`, `blocks.0.W` is written out.
    """
    for group in groups:
        if name.startswith(f"{group}.") and not name[len(group) + 1].isdecimal():
            return name[len(group) + 1 :]
    return name


SCREEN = Script()
ASCII = Script(unicode=False)
LATEX = Script(latex=True, full=True)

LATEX_LESS_ONE = re.compile(r"\^\{(-?[0-9]+) - 1\}")
BEFORE_UPRIGHT = r"(?:\\top|(?<![A-Za-z\\])[A-Za-z0-9]|[0-9}\])])(?= \\mathrm\{)"
AFTER_UPRIGHT = (
    r"\\mathrm\{(?:[^{}]|\{[^{}]*\})*\}(?:\^\\top)?(?= (?:[A-Za-z0-9{]|\\(?:hat|frac|mathrm)))"
)
BESIDE_UPRIGHT = re.compile(f"{AFTER_UPRIGHT}|{BEFORE_UPRIGHT}")
"""A factor beside an upright name: without a space `x` and `net.0` would read as one word."""
LESS_ONE = re.compile(r"\^\(([−-]?[0-9]+)−1\)")
POWER = re.compile(r"\^(?:\(([−-]?[0-9]+)\)|([−-]?[0-9]+))(?![0-9.])")
LONE_NAME = re.compile(r"(?<![\w′)])\((\w+(?:\[[^\]]*\])?)\)(?=[²³⁴⁵⁶⁷⁸⁹])")


def tidy(text: str) -> str:
    """Whole-number powers set high: `x^2` → x², `x^(3−1)` → x², and `x^(2−1)` → x."""
    if "^" in text:
        text = LESS_ONE.sub(one_less, text)
        text = POWER.sub(lambda match: (match[1] or match[2]).translate(SUPERSCRIPT), text)
    return LONE_NAME.sub(r"\1", text) if ")" in text else text


def one_less(match: re.Match[str]) -> str:
    """The power n − 1; nothing where it is 1."""
    power = int(match[1].replace("−", "-")) - 1
    return "" if power == 1 else f"^{{{power}}}" if "{" in match[0] else f"^{power}"
