"""Every multiplication of one cell: they are the cell's terms, in order, and add up to it."""

import numpy as np
import pytest

from bpdebug.graph import Engine
from bpdebug.ops.maps.index_map import unravel
from bpdebug.ticks import Timeline, gradient_at, term_at
from bpdebug.ticks.cell_terms import CellTerms
from tests.graphs import Built, drawn, network, random_graph, recorded, residual, two_layer
from tests.op_cases import CASES, weighted

GRAPHS: dict[str, Built] = {
    "two layers": two_layer(),
    "batch": (network((3, 4, 2), batch=5), drawn(network((3, 4, 2), batch=5))),
    "fan-out": residual(3),
    "broadcasting": random_graph([(0, 1, 3), (1, 2, 4), (0, 1, 5), (6, 5, 5), (1, 1, 6)]),
    "slices": random_graph([(7, 0, 0), (8, 1, 1), (8, 0, 0), (0, 4, 6), (9, 5, 5)]),
}


def check_cells(run, timeline):
    """Every cell of every gradient."""
    graph = run.graph
    for node, edges in graph.into.items():
        shape = graph.nodes[node].shape
        seen = []
        for flat in range(int(np.prod(shape, dtype=int))):
            cell = unravel(flat, shape)
            terms = CellTerms(run, timeline, node, cell)
            gradient = float(np.asarray(run.gradients[node])[cell])
            products = [term.product for term in terms]
            np.testing.assert_allclose(sum(products), gradient, rtol=1e-9, atol=1e-12)
            if len(terms) and terms.parts[-1].count:
                assert terms[-1].after == gradient
            for at, term in enumerate(terms):
                tick = terms.tick(at)
                decoded = timeline.decode(tick)
                assert decoded.index == term.edge.index
                assert decoded.term == term.number
                assert term.indices.cell == cell
                assert term == term_at(run, timeline, term.edge, term.number)
                values, _ = gradient_at(run, timeline, node, tick).window()
                assert values[cell] == pytest.approx(term.after, rel=1e-12)
                seen.append(tick)
        ticks = [
            tick
            for edge in edges
            for tick in range(timeline.starts[edge.index] + 1, timeline.starts[edge.index + 1] + 1)
        ]
        assert sorted(seen) == ticks, "every tick of the gradient belongs to one cell"


@pytest.mark.parametrize("name", GRAPHS)
def test_the_terms_of_a_cell_add_up_to_it_and_know_their_ticks(name):
    check_cells(*recorded(GRAPHS[name]))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_terms_of_a_cell_add_up_to_it_for_every_op(case):
    graph, _ = weighted(case)
    run, timeline = Engine(graph).run(dict(enumerate(case.operands()))), Timeline(graph)
    for node in graph.into:
        shape = graph.nodes[node].shape
        for flat in {0, int(np.prod(shape, dtype=int)) - 1}:
            cell = unravel(flat, shape)
            products = [term.product for term in CellTerms(run, timeline, node, cell)]
            gradient = np.asarray(run.gradients[node])[cell]
            np.testing.assert_allclose(sum(products), gradient, rtol=1e-9, atol=1e-12)


def test_a_cell_is_a_sequence_that_lists_nothing():
    graph = network((3, 1000, 2), batch=4000)
    run, timeline = recorded((graph, drawn(graph)))
    terms = CellTerms(run, timeline, graph.names["W2"], (1, 999))
    assert len(terms) == 4000
    assert terms[-1] == terms[3999]
    assert [term.indices.summand for term in terms[10:12]] == [(10,), (11,)]
    with pytest.raises(IndexError):
        terms[4000]
    assert len(CellTerms(run, timeline, graph.loss, ())) == 0
