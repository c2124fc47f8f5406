"""Numbers as people read them: significant digits, a real minus sign, aligned on the point."""

from __future__ import annotations

from math import isfinite, isnan, log10

DIGITS = 6
"""Significant digits that are shown unless the reader asks for others."""
READABLE = 10**18
"""Counts up to this are written with all their digits."""
PENDING = "·"
"""The sign for a number that is not computed yet; never a 0."""


def number(value: float, digits: int = DIGITS) -> str:
    """A number with `digits` significant digits: `0.138499`, `−1.5e−300`, `1`, `NaN`, `−∞`."""
    return plain_number(value, digits).replace("-", "−").replace("Infinity", "∞")


def plain_number(value: float, digits: int = DIGITS) -> str:
    """A number with `digits` significant digits, in ASCII: `-1.5e-300`, `NaN`, `-Infinity`."""
    value = float(value)
    if not isfinite(value):
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    # Adding 0.0 turns −0 into 0. Python pads exponents to two places; people do not.
    text = f"{value + 0.0:.{digits}g}"
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def count_text(count: int) -> str:
    """A number of things: exact up to 10^18, such as `4,096`, then a bound, `more than 10^300`."""
    if count <= READABLE:
        return f"{count:,}"
    power = int(log10(count))
    # The logarithm is rounded: the powers beside it decide.
    power += (count > 10 ** (power + 1)) - (count <= 10**power)
    return f"more than 10^{power}"


def align(texts: list[str]) -> list[str]:
    """Pad texts of numbers to one width, with their points (or ends of whole part) in one place.

    A number that is not computed yet is aligned on the point, where any number has a point.
    """
    split = [split_at_point(text) for text in texts]
    before = max((len(left) for left, _ in split), default=0)
    after = max((len(right) for _, right in split), default=0)
    if after:
        split = [
            ("", text) if text in NOT_YET else pair for text, pair in zip(texts, split, strict=True)
        ]
    return [left.rjust(before) + right.ljust(after) for left, right in split]


NOT_YET = (PENDING, ".")


def split_at_point(text: str) -> tuple[str, str]:
    """A number's text before its point, and from the point (or the exponent) on."""
    at = text.find(".") if text not in NOT_YET else -1
    if at < 0:
        at = text.find("e")
    return (text, "") if at < 0 else (text[:at], text[at:])


def in_product(text: str) -> str:
    """A number's text as a factor: a negative number stands in brackets."""
    return f"({text})" if text[:1] in ("−", "-") else text
