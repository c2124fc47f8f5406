"""What a run announces before it runs: graphs, timelines, and how many passes something takes."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.run import Run
from bpdebug.run.iteration_end import IterationEnd
from bpdebug.ticks import Ruler
from tests.graphs import two_layer_problem
from tests.run.test_run_iterations import count_passes, rows_problem


@pytest.mark.parametrize("size", [None, 1, 2, 3, 4, 6, 7])
def test_graph_and_timeline_are_known_before_an_iteration_is_run(size):
    """Seven rows: the last batch of an epoch is smaller, unless the size divides them."""
    run, told = Run(rows_problem(size)), Run(rows_problem(size))
    for number in range(1, 13):
        iteration = run.iteration(number)
        rows = 7 if iteration.rows is None else len(iteration.rows)
        graph = told.graph(number)
        assert graph.node("x").shape == (rows, 3)
        assert told.timeline(number).total == iteration.timeline.total


@pytest.mark.parametrize("size", [None, 1, 2, 3, 4, 6, 7])
def test_a_run_is_uniform_where_all_its_timelines_are_one(size):
    run = Run(rows_problem(size))
    timelines = {id(run.timeline(number)) for number in range(1, 13)}
    assert run.uniform(Ruler.CELL) == (len(timelines) == 1)


@pytest.mark.parametrize("order", [(1, 2, 3), (60, 59, 61, 7), (100, 1, 100, 50)])
def test_the_passes_that_are_announced_are_the_passes_that_are_run(order, monkeypatch):
    run = Run(two_layer_problem(100))
    passes = count_passes(run, monkeypatch)
    for number in order:
        wanted = run.passes_to(number)
        passes.clear()
        run.iteration(number)
        assert len(passes) == wanted
        assert run.passes_to(number) == 0


def test_at_the_end_only_the_parameters_that_were_updated_are_new():
    run = Run(two_layer_problem())
    iteration = run.iteration(1)
    for updated in ([], ["W1"], ["W1", "b2"]):
        at = IterationEnd(run, iteration, updated)
        for name in ("W1", "b1", "W2", "b2"):
            wanted = iteration.after if name in updated else iteration.before
            np.testing.assert_array_equal(at.value(name).values, wanted[name])
    whole = IterationEnd(run, iteration)
    np.testing.assert_array_equal(whole.value("W1").values, iteration.after["W1"])
