"""Which multiplication an infinity or a NaN is born at, where only the recorded cell shows it."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.run import Run
from bpdebug.run.birth import search_birth
from tests.graphs import two_layer_problem
from tests.scenario.scenarios import loaded


@pytest.mark.parametrize("bad", [np.inf, np.nan])
@pytest.mark.parametrize("cell", [(0,), (1,)])
def test_a_cell_that_no_single_term_spoils_is_born_with_its_last(bad, cell):
    """A product in blocks may overflow where the sum of its terms, one by one, does not."""
    iteration = Run(two_layer_problem()).iteration(1)
    graph = iteration.recorded.graph
    (edge,) = graph.into[graph.names["h1"]]
    first, last = graph.index_map(edge).span(cell[0])
    assert last - first == 2
    spoiled = np.array(iteration.recorded.contributions[edge.index])
    spoiled[cell] = bad
    iteration.recorded.contributions[edge.index] = spoiled
    birth = search_birth(iteration)
    assert birth is not None
    assert birth.position == iteration.timeline.edge_span(edge.index)[0] + last
    assert birth.cell == cell
    np.testing.assert_equal(birth.value, bad)


@pytest.mark.parametrize(("spoiled", "term"), [([0], 0), ([1], 1), ([0, 1], 0)])
def test_of_several_terms_the_first_bad_one_is_the_birth(spoiled, term):
    iteration = Run(two_layer_problem()).iteration(1)
    graph = iteration.recorded.graph
    (edge,) = graph.into[graph.names["h1"]]
    above = np.array(iteration.recorded.gradients[edge.output])
    above[spoiled] = np.nan
    iteration.recorded.gradients[edge.output] = above
    part = np.array(iteration.recorded.contributions[edge.index])
    part[:] = np.nan
    iteration.recorded.contributions[edge.index] = part
    birth = search_birth(iteration)
    assert birth is not None
    assert birth.position == iteration.timeline.edge_span(edge.index)[0] + term + 1
    assert birth.cell == (0,)


TIPPED = """
[inputs]
c = [1e308, 5e307]
[parameters]
w = 0.1
[graph]
q = "sum(c * w)"
p = "1e308 * w"
L = "p + q"
"""
"""∂L/∂w is 1e308, and then 1e308 + 5e307 are added: the first of the two is already too much."""


def test_a_sum_that_overflows_is_born_with_the_term_that_tips_it(tmp_path):
    iteration = Run(loaded(tmp_path, TIPPED)).iteration(1)
    graph = iteration.recorded.graph
    edges = graph.into[graph.names["w"]]
    assert [graph.index_map(edge).terms for edge in edges] == [1, 2]
    birth = search_birth(iteration)
    assert birth is not None
    assert birth.position == iteration.timeline.edge_span(edges[1].index)[0] + 1
    assert birth.value == np.inf
