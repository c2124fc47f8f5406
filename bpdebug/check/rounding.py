"""What may be said of two computations that differ by rounding, the same on every processor.

How far a gradient and central differences lie apart is rounding: its digits change with the
processor, the number of threads and the version of a library. So bpdebug states a bound
well above the measured error, and a number only with the digits that rounding leaves alone.
"""

from __future__ import annotations

from math import isfinite, log10

BOUNDS = (1e-6, 1e-3, 1e-1)
"""How well two numbers can be said to agree: few steps, far apart."""
MARGIN = 30
"""A bound is at least this multiple of the measured error, which rounding changes by much less."""
NOISE = 8
"""Digits of a measured number that rounding leaves alone."""


def bound(relative: float) -> float:
    """The bound for a measured relative error: 1e-6, 1e-3, 1e-1, or 1 where it is larger."""
    return next((step for step in BOUNDS if relative * MARGIN <= step), 1.0)


def bound_text(relative: float) -> str:
    """The bound as it is written: `1e-6`, `0.001`, `0.1` or `1`."""
    return f"{bound(relative):g}".replace("e-0", "e-")


def steady(value: float, digits: int) -> str:
    """A measured number with `digits` digits, the same text however its last digits are rounded.

    Without the first rounding 0.875 and 0.87499999999 were 0.88 and 0.87.
    """
    return f"{float(f'{value:.{NOISE}g}'):.{digits}g}"


def digits_within(error: float, value: float, most: int) -> int:
    """How many digits of a value are known when it may be off by `error`: 1 to `most`."""
    if not value or not isfinite(value) or not isfinite(error):
        return 1
    return max(1, min(most, round(-log10(bound(error / abs(value))))))
