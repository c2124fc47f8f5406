"""Numbers are read as written: digits, signs, exponents, and points below one another."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.wording import Script, number, plain_number
from bpdebug.wording.numbers import count_text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.138498561, 6, "0.138499"),
        (0.138498561, 3, "0.138"),
        (-0.0380982366, 6, "−0.0380982"),
        (1.0, 6, "1"),
        (-2.0, 6, "−2"),
        (-0.0, 6, "0"),
        (-1.5e-300, 6, "−1.5e−300"),
        (2.5e-7, 6, "2.5e−7"),
        (1e10, 6, "1e10"),
        (123456789.0, 6, "1.23457e8"),
        (1e308, 2, "1e308"),
        (nan, 6, "NaN"),
        (inf, 6, "∞"),
        (-inf, 6, "−∞"),
        (0.1, 17, "0.10000000000000001"),
    ],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


def test_ascii_numbers_can_be_read_back():
    assert Script(unicode=False).number(-1.5e-7) == "-1.5e-7"
    assert Script(unicode=False).number(-inf) == "-Infinity"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_a_number_keeps_its_value_to_the_digits_asked_for(value, digits):
    assert float(plain_number(value, digits)) == float(f"{value:.{digits}g}")


@given(st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=8))
def test_a_column_is_even(values):
    column = Script().aligned(values)
    assert len(column) == len(values)
    assert len({len(text) for text in column}) == 1
    assert [text.strip() for text in column] == [
        "·" if value is None else number(value) for value in values
    ]


def test_points_stand_below_one_another():
    column = Script().aligned([0.5, -12.25, 3, None, 1e-9])
    assert column == ["  0.5 ", "−12.25", "  3   ", "   ·  ", "  1e−9"]
    assert {text.index(sign) for text in column for sign in ".·" if sign in text} == {3}
    assert Script().aligned([12, None]) == ["12", " ·"], "whole numbers have no point"


def test_a_number_that_is_not_computed_is_never_a_zero():
    assert "0" not in "".join(Script().aligned([None, None]))
    assert Script(unicode=False).aligned([None]) == ["."]


@pytest.mark.parametrize("power", [18, 19, 36, 299, 300])
def test_a_count_is_exact_or_a_true_bound(power):
    told = [count_text(10**power + k) for k in (-1, 0, 1)]
    if power == 18:
        assert told[:2] == ["999,999,999,999,999,999", "1,000,000,000,000,000,000"]
    else:
        assert told[:2] == [f"more than 10^{power - 1}"] * 2
    assert told[2] == f"more than 10^{power}"
    assert count_text(9 * 10**power) == f"more than 10^{power}"
