"""The search for the next hit: the nearest one, both ways, over many iterations, and bounded."""

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.debugger.sessions import ITERATIONS, do, stops
from tests.graphs import two_layer_problem


def test_a_search_is_bounded_and_goes_on_where_it_stopped(monkeypatch):
    from bpdebug.debugger.breakpoints import search

    monkeypatch.setattr(search, "BUDGET", 500_000)
    monkeypatch.setattr(search, "BACK_BATCH", 2)
    debugger = Debugger(Run(two_layer_problem(iterations=9)))
    do(debugger, "break iteration + 0 * loss == 8")
    text = do(debugger, "continue")
    assert "no breakpoint up to here" in text
    assert 1 < debugger.instant.iteration < 8
    while debugger.instant.iteration < 8:
        text = do(debugger, "continue")
    assert text.startswith("breakpoint 1")
    assert debugger.instant == (8, debugger.timeline.forward)
    assert "no breakpoint up to here" in do(
        debugger, "break iteration + 0 * norm(W1) == 1", "rcontinue"
    )
    assert 1 < debugger.instant.iteration < 8


def test_a_smaller_batch_without_the_row_is_passed_over(tmp_path):
    path = tmp_path / "rows.toml"
    path.write_text(
        """
[inputs]
x = [[1.0], [2.0], [3.0]]
y = [[1.0], [0.0], [1.0]]
[parameters]
w = [[0.5]]
[graph]
h = "x @ w"
L = "sum((y - h) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.01
[run]
batch_size = 2
iterations = 4
""",
        encoding="utf-8",
    )
    debugger = Debugger(Run(load(path)))
    do(debugger, "break grad(h)[1, 0] < 1e9")
    assert [p.iteration for p in stops(debugger, "continue")] == [1, 3]
    do(debugger, "goto iteration 1", "watch h[1, 0]", "goto iteration 2")
    assert "out of range" in do(debugger, "watches")


def test_of_several_the_nearest_stops_first_in_both_directions(debugger):
    do(debugger, "first", "break W1", "break W2", "break z2 -> b2")
    forward = stops(debugger, "continue")
    assert forward == sorted(forward)
    assert len(forward) == 5 * ITERATIONS
    do(debugger, "last")
    assert stops(debugger, "rcontinue") == forward[::-1]


def test_the_last_tick_of_an_iteration_is_met_on_the_way_back(debugger):
    do(debugger, "break b2 if W2[0, 0] < 0.36", "last", "rcontinue 2")
    assert debugger.instant == (2, debugger.timeline.total)


def test_a_bounded_search_back_misses_no_tick_where_it_paused(debugger, monkeypatch):
    from bpdebug.debugger.breakpoints import search

    monkeypatch.setattr(search, "BUDGET", 0)
    do(debugger, "break b2 if iteration == 1 and W2[0, 0] < 0.36", "last")
    for _ in range(3):
        do(debugger, "rcontinue")
        if debugger.instant.iteration == 1:
            break
    assert debugger.instant == (1, debugger.timeline.total)
    assert "1 hit " in do(debugger, "breakpoints")


def test_a_search_gets_on_however_costly_an_iteration_is(debugger, monkeypatch):
    from bpdebug.debugger.breakpoints import search

    monkeypatch.setattr(search, "BUDGET", 0)
    do(debugger, "break iteration == 3 or loss > 9")
    do(debugger, "continue")
    assert debugger.instant == (2, debugger.timeline.total)
    do(debugger, "continue")
    assert debugger.instant == (3, 1)


def test_a_condition_on_the_iteration_needs_no_search(debugger, monkeypatch):
    from bpdebug.debugger.breakpoints import search

    monkeypatch.setattr(search, "BUDGET", 0)
    do(debugger, "break iteration == 3 and loss > 0", "continue")
    assert debugger.instant == (3, debugger.timeline.forward)
