"""The multiplication's drawing for ops whose windows lie on an input."""

import re

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.tui.draw.multiplication import draw_multiplication
from bpdebug.wording import Script
from tests.tui.drawing import lit, multiplication, text

SCENARIO = """
[inputs]
x = [[[[1.0, 2.0, 3.0, 4.0, 5.0],
       [6.0, 7.0, 8.0, 9.0, 10.0],
       [11.0, 12.0, 13.0, 14.0, 15.0],
       [16.0, 17.0, 18.0, 19.0, 20.0]]]]

[parameters]
w = [[[[0.5, -1.0], [2.0, 0.25]]], [[[1.0, 3.0], [-2.0, 0.75]]]]
b = [0.125, -0.5]

[graph]
z = "conv2d(x, w, b, stride=1)"
p = "max_pool2d(z, size=2, stride=1)"
L = "sum(p) / 10"
"""
ROOMY = (100, 40)


@pytest.fixture
def session(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return Debugger(Run(load(path)))


def at(session, place, steps):
    session.execute(f"goto {place}")
    session.execute(f"step {steps}")
    return session


def test_the_kernel_lies_on_the_input_where_it_is_multiplied_now(session):
    lines = text(multiplication(at(session, "w", 5), *ROOMY))
    assert "∂L/∂w = correlate(δ₁, x)" in lines
    assert "local x (1×1×4×5) [0, 0, :, :]  ( ) is the window" in lines
    grid = lines.split("local x")[1].splitlines()[1:5]
    marked = [re.findall(r"[\[(][^])]*[])]", line) for line in grid]
    assert [one[-2:] for one in marked] == [[], ["[7]", "(8)"], ["(12)", "(13)"], []]


def test_the_current_cell_is_lit_in_all_three_grids(session):
    assert len(lit(multiplication(at(session, "w", 5), *ROOMY))) == 3
    assert len(lit(multiplication(at(session, "z", 3), *ROOMY))) == 3


def test_the_forward_formula_has_the_products_under_the_window(session):
    lines = text(multiplication(at(session, "w", 5), *ROOMY))
    assert "forward: z[0,0,1,1] = 7 × 0.5 + 8 × (−1) + 12 × 2 + 13 × 0.25 + 0.125 = 22.875" in lines
    lines = text(multiplication(at(session, "z", 3), *ROOMY))
    assert re.search(r"forward: p\[0,0,\d,\d\] = max_pool2d\(.*\) = ", lines)


def test_a_pool_shows_which_cell_of_its_window_passes(session):
    lines = text(multiplication(at(session, "z", 3), *ROOMY))
    assert "∂L/∂z = unpool(∂L/∂p, [z = p])" in lines.replace("δ₁", "∂L/∂z")
    assert "in its window (2×2)" in lines


@pytest.mark.parametrize("place", ["w", "b", "z", "p"])
@pytest.mark.parametrize(("columns", "rows"), [(24, 8), (38, 14), (45, 18), (70, 30), (120, 50)])
def test_it_fits_into_every_pane(session, place, columns, rows):
    for steps in (0, 2, 9):
        lines = draw_multiplication(at(session, place, steps).moment, Script(), columns, rows)
        assert max(line.width for line in lines) <= columns, text(lines)
        assert len(lines) <= rows or columns < 38


def test_a_small_pane_shows_as_much_of_the_window_as_fits(session):
    lines = text(multiplication(at(session, "w", 5), 45, 18))
    assert "(8)" in lines
    assert "(12)" in lines
    assert "[7]" in lines


def test_windows_are_told_apart_without_colour_and_in_ascii(session):
    script = Script(unicode=False)
    lines = draw_multiplication(at(session, "w", 5).moment, script, *ROOMY)
    assert "(8)" in text(lines)
    assert "[7]" in text(lines)
