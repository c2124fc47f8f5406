"""A plot of several curves: their letters, their common scale, and when that is logarithmic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.debugger.plot.plot import LABEL, NOW, QUIET, PlotCurve, plot
from bpdebug.debugger.plot.scale import SCALE, needs_log
from bpdebug.run.series import Curve
from bpdebug.wording import Script

ASCII = Script(6, unicode=False)


def points(*values):
    found = np.asarray(values, dtype=float)
    return Curve(np.arange(1, len(found) + 1), found, found, found)


def drawn(*curves, columns=60, rows=12, script=ASCII, log=False, cursor=1):
    last = max(len(one.points) for one in curves)
    return plot(list(curves), last, cursor, columns, rows, script, log=log)


def texts(rows):
    return ["".join(piece.text for piece in row) for row in rows]


def test_without_unicode_every_dot_of_a_curve_is_its_letter():
    found = drawn(PlotCurve(points(*[1.0] * 50), "a"), PlotCurve(points(*[0.0] * 50), "b"))
    lines = texts(found)
    assert lines[0].count("a") >= 49  # the cursor stands on one
    assert lines[-2].count("b") >= 49
    owners = {(piece.text[0], piece.owner) for row in found for piece in row if piece.text.strip()}
    assert ("a", 0) in owners
    assert ("b", 1) in owners


def test_with_unicode_letters_stand_on_the_curve_and_at_its_end():
    falling, rising = np.linspace(1, 0, 50), np.linspace(0, 1, 50)
    lines = texts(
        drawn(PlotCurve(points(*falling), "a"), PlotCurve(points(*rising), "b"), script=Script())
    )
    assert lines[-2].endswith("a")
    assert lines[0].endswith("b")
    for sign, high in (("a", falling), ("b", rising)):
        places = [(y, line.index(sign)) for y, line in enumerate(lines) if sign in line[SCALE:]]
        assert len(places) >= 2
        for y, x in places:
            at = (x - SCALE) / (60 - SCALE - 1) * 49
            assert abs((1 - high[round(min(at, 49))]) * 10 - y) < 1.5


def test_curves_on_one_another_keep_their_letters():
    same = points(*np.linspace(1, 2, 40))
    lines = texts(drawn(PlotCurve(same, "a"), PlotCurve(same, "b"), script=Script()))
    assert {"a", "b"} <= set("".join(lines))


def test_a_shorter_run_ends_where_it_ends():
    long, short = points(*[1.0] * 100), points(*[0.0] * 20)
    lines = texts(drawn(PlotCurve(long, "a"), PlotCurve(short, "A"), columns=SCALE + 100))
    assert lines[-2].rindex("A") == SCALE + 19
    assert lines[0].rindex("a") == SCALE + 99
    assert lines[-1].endswith("100")


def test_a_curve_without_a_number_to_draw_takes_none_from_the_others():
    lines = texts(drawn(PlotCurve(points(np.nan, np.nan), "a"), PlotCurve(points(3.0, 4.0), "b")))
    assert "b" in lines[0]
    assert not any("a" in line for line in lines)
    assert drawn(PlotCurve(points(np.nan), "a"), PlotCurve(points(np.inf), "b")) == []


@pytest.mark.parametrize(
    ("curves", "wanted"),
    [
        ([(1e-5, 2e-5), (0.1, 0.2)], True),
        ([(1.0, 0.5), (2.0, 19.0)], False),
        ([(1.0, 0.5), (2.0, 21.0)], True),
        ([(1e-5, 1e5)], False),  # alone it is flattened by nothing else
        ([(-1e-5, 2e-5), (0.1, 0.2)], False),
        ([(11.25, 0.0, 0.0, 0.0), (11.25, 500.0, 800.0, 900.0)], False),  # 0 would not be seen
        ([(11.25, 0.5, 0.1, 0.0), (11.25, 500.0, 800.0, 900.0)], True),
        ([(np.nan, np.inf), (0.1, 0.2)], False),
        ([(np.nan, 1e-5), (np.inf, 0.2)], True),
        ([], False),
    ],
)
def test_the_scale_is_logarithmic_where_a_linear_one_would_flatten_a_curve(curves, wanted):
    assert needs_log([points(*values) for values in curves]) is wanted


VALUES = st.lists(st.floats(width=64), min_size=1, max_size=40)


@given(
    st.lists(VALUES, min_size=1, max_size=30),
    st.integers(12, 90),
    st.integers(2, 30),
    st.booleans(),
    st.booleans(),
    st.integers(-2, 50),
)
def test_any_curves_fit_into_any_size(values, columns, rows, log, unicode, cursor):
    letters = "abcdefghijklmnopqrstuvwxyzABCDEF"
    curves = [PlotCurve(points(*v), sign) for v, sign in zip(values, letters, strict=False)]
    script = Script(6, unicode=unicode)
    needs_log([one.points for one in curves])
    found = drawn(*curves, columns=columns, rows=rows, script=script, log=log, cursor=cursor)
    if found:
        assert len(found) == rows
    for row, text in zip(found, texts(found), strict=True):
        assert len(text) <= columns
        assert text.isascii() or unicode
        assert all(p.owner in (LABEL, NOW, QUIET) or p.owner < len(curves) for p in row)
