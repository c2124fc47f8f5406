"""A histogram as text: every number is counted, and no row is wider than it may be."""

import sys

import pytest

from bpdebug.debugger.plot.histogram import histogram
from bpdebug.wording import Script, width

PLAIN = Script(6, unicode=False)
NAN, INF = float("nan"), float("inf")
LARGE = sys.float_info.max


def tallies(bars):
    return [int(bar.tally.replace(",", "")) for bar in bars]


@pytest.mark.parametrize(
    "values",
    [
        [0.5 * at for at in range(100)],
        [*range(30), NAN, INF],
        [-LARGE, LARGE, *range(20)],
        [1e-310 * at for at in range(40)],
        [3.0] * 12,
    ],
)
@pytest.mark.parametrize("script", [PLAIN, Script(6)])
def test_every_number_is_in_a_row(values, script):
    bars = histogram(values, 60, 8, script)
    assert sum(tallies(bars)) == len(values)
    assert len(bars) <= 8
    assert all(width(f"{one.label} {one.bar} {one.tally}") <= 60 for one in bars)
    assert all(bool(one.bar) == (one.tally != "0") for one in bars)
    if script is PLAIN:
        assert "".join(one.label + one.bar for one in bars).isascii()


def test_few_sizes_have_a_row_each():
    bars = histogram([0, 1, 1, 1, 5], 29, 8, PLAIN)
    assert [(bar.label.strip(), bar.tally) for bar in bars] == [("0", "1"), ("1", "3"), ("5", "1")]
    assert len(bars[1].bar) == max(len(bar.bar) for bar in bars) == 3 * len(bars[0].bar)


def test_what_is_not_finite_has_the_last_row():
    assert histogram([1, NAN, INF], 40, 8, PLAIN)[-1].label == "not finite"
    assert histogram([NAN], 40, 8, PLAIN) == []
