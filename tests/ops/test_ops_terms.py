"""The terms of an edge: their order, their factors, and that they add up to the whole."""

import numpy as np
import pytest

from bpdebug.graph import Engine
from bpdebug.ops.maps.index_map import ravel
from bpdebug.ops.maps.letter_map import LetterMap
from tests.op_cases import CASES, Case, weighted


@pytest.mark.parametrize("case", CASES, ids=str)
def test_terms_add_up_to_the_contribution(case: Case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    for edge in graph.edges:
        index_map = run.index_map(edge)
        upstream = np.asarray(run.gradients[edge.output])
        local = np.broadcast_to(run.local(edge), index_map.local_shape)
        total = np.zeros(index_map.cell_shape)
        cells = []
        for k in range(index_map.terms):
            place = index_map.locate(k)
            total[place.cell] += upstream[place.upstream] * local[place.local]
            flat = ravel(place.cell, index_map.cell_shape)
            first, end = index_map.span(flat)
            assert first <= k < end
            cells.append(flat)
            row = index_map.upstream_slice(upstream, place.cell)
            factors = run.local_row(edge, place.cell)
            assert row.shape == factors.shape == (end - first,)
            assert row[k - first] == upstream[place.upstream]
            np.testing.assert_allclose(factors[k - first], local[place.local], rtol=1e-14)
        assert cells == sorted(cells), "each cell is finished before the next begins"
        np.testing.assert_allclose(total, run.contributions[edge.index], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_spans_cover_every_term_once(case: Case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    for edge in graph.edges:
        index_map = run.index_map(edge)
        assert index_map.terms == graph.index_map(edge).terms, "it follows from the shapes"
        at, ends = 0, []
        for cell in range(int(np.prod(index_map.cell_shape))):
            first, end = index_map.span(cell)
            assert first == at
            ends += [end] * (end > first)
            at = end
        assert at == index_map.terms
        assert list(index_map.cell_ends) == ends


def test_a_dense_layer_has_the_terms_that_the_textbook_has():
    case = next(c for c in CASES if c.op == "affine" and len(c.shapes[1]) == 2)
    graph, _ = weighted(case)
    terms = {edge.operand: graph.index_map(edge).terms for edge in graph.edges}
    rows, inputs, units = 4, 3, 2
    assert terms[0] == units * inputs * rows
    assert terms[1] == rows * inputs * units
    assert terms[2] == units * rows


def test_letters_may_be_summed_in_any_order():
    """The summed letters of upstream and local stand in different orders."""
    found = LetterMap(cell_shape=(2,), sum_shape=(3, 4), upstream_axes=(2, 0, 1), local_axes=(1, 2))
    rng = np.random.default_rng(0)
    upstream, local = rng.normal(size=(4, 2, 3)), rng.normal(size=(3, 4))
    assert found.local_shape == local.shape
    for cell in range(2):
        wanted = upstream[:, cell, :].T * local
        products = found.upstream_slice(upstream, (cell,)) * found.local_slice(local, (cell,))
        np.testing.assert_array_equal(products, wanted.ravel())
        first, end = found.span(cell)
        walked = [found.locate(k) for k in range(first, end)]
        one_by_one = [upstream[place.upstream] * local[place.local] for place in walked]
        np.testing.assert_array_equal(one_by_one, wanted.ravel())
    contribution = np.einsum("kij,jk->i", upstream, local)
    np.testing.assert_allclose(found.contract(upstream, local), contribution, rtol=1e-13)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_prepared_contraction_has_the_same_bits(case: Case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    for edge in graph.edges:
        index_map, local = run.index_map(edge), run.local(edge)
        if np.shape(local) in ((), index_map.local_shape):
            upstream = np.where(np.asarray(run.gradients[edge.output]) < 1.0, -0.0, 0.3)
            slow = np.asarray(index_map.contract(upstream, local))
            assert np.asarray(index_map.contraction()(upstream, local)).tobytes() == slow.tobytes()
