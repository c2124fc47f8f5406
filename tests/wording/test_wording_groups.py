"""The call of a group as text."""

from __future__ import annotations

from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from bpdebug.wording.groups import group_call


def test_what_stands_between_commas_has_no_brackets_of_its_own():
    graph = Run(load(find("networks/lstm"))).graph()
    step = graph.groups["y.step1"]
    call = "lstm_cell(x[0,:], h{0}, c{0}, W_ih, {1})"
    assert group_call(graph, step, Script()) == f"y.step₁ = {call.format('₀', '…')}"
    ascii = Script(unicode=False)
    assert group_call(graph, step, ascii) == f"y.step1 = {call.format('0', '...')}"
