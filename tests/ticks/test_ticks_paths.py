"""How a cell reaches the loss: all paths, their count, their order, their sum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.graph import Engine
from bpdebug.ops.maps.index_map import ravel
from bpdebug.ticks.paths import CellPaths
from bpdebug.ticks.reach import MOST_PATHS, LocalDerivatives
from tests.graphs import chain, network, random_graph, recorded, residual, two_layer
from tests.op_cases import CASES, weighted

pytestmark = pytest.mark.thorough


def every_path(run, node, cell):
    """Brute force: all products of local derivatives from a cell to the loss."""
    if node == run.graph.loss:
        return [((), 1.0)]
    found = []
    for edge in run.graph.into.get(node, ()):
        index_map = run.index_map(edge)
        first, last = index_map.span(ravel(cell, index_map.cell_shape))
        local = run.local_row(edge, cell)
        for number in range(first, last):
            factor = float(local[number - first])
            for steps, product in every_path(run, edge.output, index_map.locate(number).upstream):
                found.append((((edge.index, number), *steps), factor * product))
    return found


def steps(path):
    return tuple((factor.edge.index, factor.number) for factor in path.steps)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_arcs_of_all_cells_are_the_terms_one_by_one(case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    for edge in graph.edges:
        index_map = run.index_map(edge)
        cells = np.arange(int(np.prod(index_map.cell_shape, dtype=int)))
        terms = index_map.terms_of(cells)
        factors = LocalDerivatives(run).of(edge, cells, terms)
        assert len(terms.upstream) == len(factors) == terms.begin[-1] == index_map.terms
        arcs = zip(terms.owner.tolist(), terms.upstream.tolist(), factors.tolist(), strict=True)
        for number, (cell, target, local) in enumerate(arcs):
            place = index_map.locate(number)
            assert cell == ravel(place.cell, index_map.cell_shape)
            assert target == ravel(place.upstream, graph.nodes[edge.output].shape)
            at = number - index_map.span(cell)[0]
            np.testing.assert_allclose(local, run.local_row(edge, place.cell)[at], rtol=1e-14)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=1, max_size=5),
    st.integers(0, 3),
    st.integers(0, 5),
)
def test_paths_are_complete_in_order_and_add_up_to_the_gradient(choices, leaf, cell):
    run, _ = recorded(random_graph(choices))
    if leaf not in run.graph.into:
        return
    shape = run.graph.nodes[leaf].shape
    index = np.unravel_index(cell % max(int(np.prod(shape)), 1), shape) if shape else ()
    index = tuple(int(i) for i in index)
    paths = CellPaths(run, leaf, index)
    gradient = float(np.asarray(run.gradients[leaf])[index])
    np.testing.assert_allclose(paths.total, gradient, rtol=1e-9, atol=1e-9 * paths.size)
    if paths.count > 3000:
        return
    expected = every_path(run, leaf, index)
    found = paths.first(4000)
    assert len(found) == paths.count == len(expected)
    assert paths.alive == sum(product != 0 for _, product in expected)
    assert {steps(path) for path in found} == {path for path, _ in expected}
    wanted = sorted((abs(product) for _, product in expected), reverse=True)
    np.testing.assert_allclose(
        [abs(path.product) for path in found], wanted, rtol=1e-9, atol=1e-300
    )
    np.testing.assert_allclose(sum(p.product for p in found), gradient, atol=1e-9 * paths.size)


def test_a_weight_of_the_first_layer_has_a_path_through_every_output():
    run, _ = recorded(two_layer())
    paths = CellPaths(run, run.graph.names["W1"], (0, 1))
    assert paths.count == 2
    names = [
        [run.graph.nodes[factor.edge.output].name for factor in path.steps]
        for path in paths.first(10)
    ]
    assert names == [["z1", "h1", "z2", "y_hat", "L"]] * 2
    assert {path.steps[2].edge.output for path in paths.first(2)} == {run.graph.names["z2"]}
    np.testing.assert_allclose(paths.total, run.gradients[run.graph.names["W1"]][0, 1], rtol=1e-12)


def test_the_count_is_exact_far_beyond_what_floats_hold():
    run, _ = recorded(residual(120))
    assert CellPaths(run, run.graph.names["x"], (0,)).count == 2**120
    # The weight enters at any of the joins, and from there on the way doubles.
    assert CellPaths(run, run.graph.names["w"], ()).count == 2 * (2**120 - 1)


@pytest.mark.parametrize("joins", [990, 1030])
def test_more_paths_than_any_float_are_counted_up_to_a_bound(joins):
    run, _ = recorded(residual(joins))
    paths = CellPaths(run, run.graph.names["x"], (0,))
    assert paths.count == min(2**joins, MOST_PATHS + 1)
    assert 0 < paths.alive <= paths.count
    assert len(paths.first(3)) == 3


def test_the_best_of_so_many_paths_come_at_once():
    run, _ = recorded(residual(60))
    found = CellPaths(run, run.graph.names["x"], (0,)).first(20)
    sizes = [abs(path.product) for path in found]
    assert len(found) == len({steps(path) for path in found}) == 20
    assert sizes == sorted(sizes, reverse=True)
    assert len(found[0].steps) == 61


def test_a_deep_chain_is_one_path_and_no_product_vanishes_on_the_way():
    run, _ = recorded(chain(3000))
    paths = CellPaths(run, run.graph.names["x"], ())
    (path,) = paths.first(5)
    assert len(path.steps) == 3000
    np.testing.assert_allclose(path.product, run.gradients[run.graph.names["x"]], rtol=1e-9)


def test_a_dead_unit_leaves_its_paths_without_effect():
    built = network((2, 3, 2), activation="relu"), {}
    graph = built[0]
    leaves = {node.index: np.full(node.shape, 0.5) for node in graph.nodes if node.is_leaf}
    leaves[graph.names["b1"]] = np.array([-9.0, 1.0, 1.0])
    run, _ = recorded((graph, leaves))
    dead = CellPaths(run, graph.names["W1"], (0, 1))
    assert (dead.count, dead.alive, dead.total) == (2, 0, 0.0)
    assert len(dead.first(9)) == 2
    assert CellPaths(run, graph.names["W1"], (1, 1)).alive == 2


def test_nan_on_a_path_comes_first_and_hides_no_other():
    run, _ = recorded(two_layer())
    run.values[run.graph.names["W2"]] = np.array([[np.nan, 0.1], [0.5, 0.6]])
    first, second = CellPaths(run, run.graph.names["W1"], (0, 0)).first(9)
    assert np.isnan(first.product)
    assert np.isfinite(second.product)


def test_a_search_that_would_take_long_is_refused_with_a_remedy():
    run, _ = recorded(two_layer())
    with pytest.raises(BpdebugError, match="nearer to the loss"):
        CellPaths(run, run.graph.names["W1"], (0, 0), most=4)
