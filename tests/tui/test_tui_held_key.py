"""A key held down, in a real terminal: the screen is where the keys led, and no more comes."""

import re
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


def ticks(output):
    """The ticks that the header showed, in the order in which they were painted."""
    plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", output).decode("utf-8", "replace")
    return [int(tick) for tick in re.findall(r"tick (\d+)/", plain)]


def test_two_hundred_presses_at_once_leave_no_lag_behind():
    from tests.bench.start import TWO_LAYER
    from tests.bench.terminal import Terminal

    with Terminal(["-m", "bpdebug", str(TWO_LAYER), "--iterations", "20"]) as terminal:
        terminal.settle()
        assert ticks(terminal.output)[-1] == 5
        terminal.press(b"s" * 200)
        shown = ticks(terminal.output)
        # 32 ticks an iteration: tick 205 of the run is tick 13 of iteration 7.
        assert shown[-1] == 205 - 6 * 32
        assert len(shown) < 100
        assert b"iteration 7/20" in terminal.output
        terminal.press(b"S")
        assert ticks(terminal.output) == [12]
