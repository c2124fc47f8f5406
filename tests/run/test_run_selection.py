"""Selections of iterations: what a person writes, and which iterations that is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.run import Selection

SPAN = st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(SPAN, min_size=1, max_size=8))
def test_it_is_the_set_of_what_was_written_in_order(spans):
    text = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
    found = Selection.parse(text)
    wanted = sorted({n for a, b in spans for n in range(a, b + 1)})
    assert list(found) == wanted
    assert len(found) == len(wanted)
    assert found.last == wanted[-1]


def test_blanks_are_allowed_and_all_is_all():
    assert list(Selection.parse(" 3 , 1 - 2 ")) == [1, 2, 3]
    assert list(Selection.up_to(3)) == [1, 2, 3]


def test_a_long_range_is_never_listed():
    assert len(Selection.parse("1-999999999999")) == 999_999_999_999


@pytest.mark.parametrize("text", ["", ",", "1,", "a", "1-2-3", "-3", "0", "5-2", "1;2", "1" * 20])
def test_what_is_no_selection_is_told(text):
    with pytest.raises(BpdebugError):
        Selection.parse(text)


@given(st.text(max_size=20))
def test_no_text_gets_past_with_another_error(text):
    with suppress(BpdebugError):
        assert Selection.parse(text).last >= 1
