"""The lines of update rules on the screen: every one can be drawn, at every size."""

from __future__ import annotations

import re

import pytest

from bpdebug.debugger import Debugger
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.run import Run
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.draw.phases import draw_update
from bpdebug.wording import Script
from tests.graphs import two_layer_problem


def at_line(number, name, schedule="constant", planned=None, **settings):
    """The moment after update line `number` of the first iteration."""
    rule = OPTIMIZERS[name].rule(settings, schedule, planned)
    debugger = Debugger(Run(two_layer_problem(rule=rule, settings=rule.settings)))
    debugger.execute(f"goto {debugger.timeline.update_tick(number)}")
    return debugger.moment


def text_of(lines):
    return "\n".join(line.plain for line in lines)


def test_an_intermediate_is_shown_with_what_it_is_made_of():
    moment = at_line(2, "adam")
    text = text_of(draw_update(moment, Script(6, True), 60, 30))
    assert "m̂ ← m/(1 − β₁^t)" in text
    assert "m̂[0,0] ← " in text
    assert "Bias correction" in text
    pane = text_of(draw_parameters(moment, Script(6, True), 60)[0])
    # The new value is not what this line writes: only indices have brackets.
    assert set(re.findall(r"\[[^\]]*\]", pane)) <= {
        f"[{i},{j}]" for i in range(2) for j in range(2)
    } | {f"[{i}]" for i in range(2)}


def test_the_new_value_is_lit_by_the_line_that_writes_it():
    pane = text_of(draw_parameters(at_line(4, "adam"), Script(6, True), 60)[0])
    assert re.search(r"\[\d\.\d+\]", pane)


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_line_can_be_drawn_at_every_size(name, unicode):
    options = {"clip_norm": 0.1, "weight_decay": 0.1, "maximize": True}
    first = at_line(0, name, "cosine", {"over": 9.0}, **options)
    count = len(first.iteration.updates) // len(first.problem.parameters) + 4
    for number in range(min(count, first.timeline.updates)):
        moment = at_line(number, name, "cosine", {"over": 9.0}, **options)
        for columns, rows in ((20, 5), (44, 18), (100, 40)):
            lines = draw_update(moment, Script(6, unicode), columns, rows)
            assert lines
            assert all(line.width <= columns for line in lines)
            assert unicode or not re.search("[√←∂∇‖α-ωΔ\u0302]", text_of(lines))
