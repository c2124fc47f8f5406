"""Curves: every value is where the scale says, no spike is lost, and no number is cut."""

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bpdebug.debugger.plot.canvas import Canvas
from bpdebug.run.series import Curve
from bpdebug.tui.draw.curve import SCALE, column_of, draw_curve, iteration_at
from bpdebug.wording import Script
from bpdebug.wording.ascii import CELLS

ASCII = Script(6, unicode=False)


def points(values, first=1):
    found = np.asarray(values, dtype=float)
    last = first + len(found) - 1
    return Curve(np.arange(first, last + 1), found, found, found), last


def drawn(values, cursor=1, columns=60, rows=11, look=ASCII, *, log=False):
    lines = draw_curve(*points(values), cursor, columns, rows, look, log=log)
    return [line.plain for line in lines]


def test_a_falling_curve_falls_from_the_upper_left_to_the_lower_right():
    lines = drawn(np.linspace(10, 0, 50), cursor=25)
    heights = [next(y for y in range(10) if lines[y][SCALE + x] == "*") for x in (0, 20, 49)]
    assert heights[0] == 0
    assert heights[0] < heights[1] < heights[2]
    assert heights[2] == 9
    assert lines[0].split()[0] == "10"
    assert lines[9].split()[0] == "0"


@pytest.mark.parametrize("value", [0.25, 0.001, 1.0, 3e5])
def test_the_scale_of_one_loss_is_around_it_and_has_its_sign(value):
    labels = [
        float(found[0]) for line in drawn([value])[:-1] if (found := line[:SCALE].split())[1:]
    ]
    assert labels[0] > value > labels[-1] > 0


def test_equal_ratios_are_equal_steps_on_a_log_scale():
    lines = drawn(10.0 ** -np.arange(41.0), log=True, columns=SCALE + 41, rows=42)
    assert lines[0].split()[0] == "1"
    assert lines[40].split()[0] == "1e-40"
    assert all(lines[y][SCALE + y] == "*" for y in range(1, 41))


def test_one_spike_among_thousands_is_seen():
    low = np.zeros(100)
    high = np.zeros(100)
    high[50] = 7.0
    found = Curve(np.arange(1, 10_001, 100), low, low, high)
    lines = [line.plain for line in draw_curve(found, 10_000, 1, 60, 11, ASCII, log=False)]
    assert "*" in lines[0][SCALE:]


def test_the_cursor_stands_over_its_iteration():
    lines = drawn(np.linspace(0, 1, 100), cursor=50)
    mark = SCALE + column_of(50, 1, 100, 60 - SCALE)
    assert all(line[mark] in "|*" for line in lines[:-1])
    assert "^ 50" in lines[-1]
    assert lines[-1].index("^") == mark


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("values", [[np.nan], [np.inf, -np.inf], [np.nan, np.inf]])
def test_nothing_to_draw_says_so(values, log):
    assert "to draw" in drawn(values, log=log)[0]


def test_a_log_scale_without_a_positive_value_says_so():
    assert "log scale" in drawn([-1.0, 0.0], log=True)[0]


@example([0.0] * 20, 0, 14, 2, False, False)  # no cursor in the run
@example([-1.1985e308], 1, 40, 8, False, True)  # half as far again is past float64's range
@given(
    st.lists(st.floats(width=64), min_size=1, max_size=80),
    st.integers(-5, 90),
    st.integers(12, 90),
    st.integers(2, 30),
    st.booleans(),
    st.booleans(),
)
def test_any_curve_fits_its_room_and_cuts_no_number(values, cursor, columns, rows, log, unicode):
    look = Script(6, unicode)
    lines = draw_curve(*points(values), cursor, columns, rows, look, log=log)
    assert len(lines) <= rows
    assert all(line.width <= columns for line in lines)
    if len(lines) > 1:
        numbers = re.findall("[0-9]+", lines[-1].plain)
        assert {int(n) for n in numbers} <= {1, len(values), cursor}
    if not unicode:
        assert all(line.plain.translate(CELLS).isascii() for line in lines)


@given(st.integers(1, 1000), st.integers(0, 10**6), st.integers(12, 200), st.data())
def test_a_click_gives_an_iteration_whose_column_was_clicked(first, length, columns, data):
    last = first + length
    column = data.draw(st.integers(0, columns - 1))
    found = iteration_at(column, first, last, columns)
    if found is None:
        assert column < SCALE
        return
    assert first <= found <= last
    if length >= columns:
        assert column_of(found, first, last, columns - SCALE) == column - SCALE


def test_eight_dots_share_a_cell_and_dots_outside_are_lost():
    canvas = Canvas(1, 1, Script())
    for x, y in [(0, 0), (1, 3), (2, 0), (0, -1)]:
        canvas.dot(x, y)
    assert canvas.text(0) == chr(0x2800 + 0x01 + 0x80)
