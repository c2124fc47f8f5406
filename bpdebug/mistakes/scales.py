"""The numbers that a gradient may be off by: what each is made of, so that it has a name."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from math import sqrt

import numpy as np

from bpdebug.optimizer import Rule
from bpdebug.records import record

Sizes = Mapping[Hashable, int]
"""Sizes of a graph, by what they are the size of."""


class Scale(Enum):
    """What a factor is, as far as mistakes have names for it."""

    EXAMPLES = "the number of examples"
    PER_EXAMPLE = "one over the number of examples"
    OTHER = "another number"


@record
class FactorForm:
    """A factor by what it is made of, whatever the sizes are."""

    key: tuple[Hashable, ...]
    value: float
    name: str
    scale: Scale = Scale.OTHER


@np.errstate(all="ignore")
def factor_forms(
    examples: Sizes, extents: Sizes, rules: Mapping[str, Rule]
) -> Iterator[FactorForm]:
    """All factors that have a name, those of the batch first.

    `examples` are the numbers that may be the batch size, `extents` the sizes of axes.
    """
    for at, n in examples.items():
        per, whole = Scale.PER_EXAMPLE, Scale.EXAMPLES
        yield FactorForm(("1/N", at), 1 / n, f"1/{n}, the number of examples", per)
        yield FactorForm(("N", at), n, f"{n}, the number of examples", whole)
    yield from plain(2, 3, 4)
    for at, n in extents.items():
        yield FactorForm(("n", at), n, f"{n}, the size of an axis")
        yield FactorForm(("1/n", at), 1 / n, f"1/{n}, one over the size of an axis")
        for other, m in examples.items():
            both = at, other
            yield FactorForm(("nN", *both), n * m, f"{n * m}, examples times entries")
            per_both = f"1/{n * m}, one over examples times entries"
            yield FactorForm(("1/nN", *both), 1 / (n * m), per_both)
            yield FactorForm(("n/N", *both), n / m, f"{n}/{m}")
            yield FactorForm(("N/n", *both), m / n, f"{m}/{n}")
        yield FactorForm(("√n", at), sqrt(n), f"√{n}")
        yield FactorForm(("1/√n", at), 1 / sqrt(n), f"1/√{n}")
        yield FactorForm(("2n", at), 2 * n, f"{2 * n}")
        yield FactorForm(("1/2n", at), 1 / (2 * n), f"1/{2 * n}")
    for rule in rules.values():
        for name, value in rule.settings.items():
            yield FactorForm(("setting", name), value, f"{value:g}, the setting {name}")
            if value:
                over = f"1/{value:g}, one over the setting {name}"
                yield FactorForm(("1/setting", name), 1 / value, over)
    yield from plain(5, 6, 8, 10, 100)


def plain(*numbers: int) -> Iterator[FactorForm]:
    """Numbers and one over them."""
    for number in numbers:
        yield FactorForm(("number", number), number, str(number))
        yield FactorForm(("1/number", number), 1 / number, str(Fraction(1, number)))
