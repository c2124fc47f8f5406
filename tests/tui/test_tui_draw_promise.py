"""An update's promise beside what came, in the multiplication's pane."""

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run, promises
from bpdebug.scenario import find, load
from bpdebug.tui.draw.multiplication import draw_multiplication
from bpdebug.wording import Script, number


def drawn(name, columns=44, rows=20, look=None):
    run = Run(load(find(name)))
    debugger = Debugger(run)
    debugger.execute(f"goto {debugger.timeline.total}")
    return run, draw_multiplication(debugger.moment, look or Script(), columns, rows)


def is_warning(line):
    return any(role == "warning" for _, role in line.spans)


def test_the_last_update_line_says_what_was_promised_and_what_came():
    run, lines = drawn("two_layer")
    text = "\n".join(line.plain for line in lines)
    *_, own, together = promises(run, run.iteration(1))
    for one, name in ((own, "b₂"), (together, "all")):
        (row,) = (
            line.plain for line in lines if line.plain.startswith(name + " ") and "%" in line.plain
        )
        assert row.split()[1:3] == [number(one.predicted, 4), number(one.actual, 4)]
    assert "too large" not in text


def test_a_step_too_large_is_a_warning_in_words():
    _, lines = drawn("too_large_step")
    warned = " ".join(line.plain for line in lines if is_warning(line))
    assert "the loss went the other way: the step is too large" in " ".join(warned.split())


@pytest.mark.parametrize("rows", range(8, 30, 3))
def test_it_gives_way_to_the_numbers_and_fits(rows):
    _, lines = drawn("two_layer", rows=rows)
    assert "b₂ ← b₂ − α·∂L/∂b₂" in lines[0].plain
    assert all(line.width <= 44 for line in lines)
