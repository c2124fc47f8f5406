"""Batches of one size whose data picks other cells: their ticks are the same, their cells not."""

import numpy as np
import pytest

from bpdebug.ops.maps.index_map import ravel
from bpdebug.ticks import Ruler, term_at
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.ticks.paths import CellPaths
from bpdebug.ticks.state import gradient_at
from tests.picked import EMBEDDING, embedding_run


@pytest.fixture
def run(tmp_path):
    return embedding_run(tmp_path)


def test_an_iterations_timeline_is_known_before_it_is_run(tmp_path, run):
    other = embedding_run(tmp_path)
    for number in range(1, 7):
        announced = run.timeline(number)
        ends = list(announced.ends(Ruler.CELL))
        recorded = other.iteration(number).timeline
        assert ends == list(recorded.ends(Ruler.CELL))
        assert announced.starts == recorded.starts
        for edge in announced.graph.edges:
            own = run.iteration(number).recorded.index_map(edge)
            assert list(own.cell_ends) == list(announced.index_map(edge).cell_ends)


def test_only_the_ruler_of_cells_differs_from_batch_to_batch(run):
    first, second = run.timeline(1), run.timeline(2)
    for ruler in Ruler:
        assert (list(first.ends(ruler)) == list(second.ends(ruler))) == (ruler is not Ruler.CELL)
        assert run.uniform(ruler) == (ruler is not Ruler.CELL)


def test_without_batches_all_iterations_share_a_timeline(tmp_path):
    run = embedding_run(tmp_path, EMBEDDING.replace("batch_size = 2", ""))
    assert run.timeline(1) is run.timeline(6)
    assert run.iteration(2).timeline is run.timeline(1)
    assert all(run.uniform(ruler) for ruler in Ruler)


def test_terms_go_to_the_cells_that_the_batch_picks(run):
    for number in (1, 2, 5, 1):
        one = run.iteration(number)
        graph = one.recorded.graph
        for edge in graph.binding:
            total = np.zeros(graph.nodes[edge.operand].shape)
            index_map = one.recorded.index_map(edge)
            for k in range(index_map.terms):
                term = term_at(one.recorded, one.timeline, edge, k)
                total[term.indices.cell] += term.product
                first, end = index_map.span(ravel(term.indices.cell, total.shape))
                assert first <= k < end
            np.testing.assert_allclose(total, one.recorded.contributions[edge.index], atol=1e-12)


def test_a_cell_has_its_terms_and_its_paths(run):
    one = run.iteration(3)
    e = one.recorded.graph.names["E"]
    gradient = np.asarray(one.recorded.gradients[e])
    for cell in np.ndindex(gradient.shape):
        terms = CellTerms(one.recorded, one.timeline, e, cell)
        assert sum(term.product for term in terms) == pytest.approx(gradient[cell])
        paths = CellPaths(one.recorded, e, cell)
        assert paths.total == pytest.approx(gradient[cell])
        assert (paths.count == 0) == (len(terms) == 0)


def test_a_row_that_no_token_reads_holds_nothing_until_the_edge_ends(run):
    one = run.iteration(1)
    graph = one.recorded.graph
    e = graph.names["E"]
    edge = graph.into[e][0]
    read = {int(t) % 5 for t in np.ravel(one.recorded.values[graph.names["tokens"]])}
    assert read < set(range(5))
    _, end = one.timeline.edge_span(edge.index)
    _, known = gradient_at(one.recorded, one.timeline, e, end - 1).window()
    for row in range(5):
        assert row in read or not known[row].any()
    values, known = gradient_at(one.recorded, one.timeline, e, one.timeline.backward_end).window()
    assert known.all()
    assert not any(values[row].any() for row in range(5) if row not in read)


def test_replay_from_a_checkpoint_picks_the_same_cells(tmp_path, run):
    text = EMBEDDING.replace("iterations = 6", "iterations = 500")
    forward, back = embedding_run(tmp_path, text), embedding_run(tmp_path, text)
    wanted = [forward.iteration(number) for number in (7, 333, 500)]
    for one in reversed(wanted):
        found = back.iteration(one.number)
        assert found.loss == one.loss
        for edge in one.recorded.graph.binding:
            maps = [it.recorded.index_map(edge) for it in (one, found)]
            cells = [[m.locate(k) for k in range(m.terms)] for m in maps]
            assert cells[0] == cells[1]
