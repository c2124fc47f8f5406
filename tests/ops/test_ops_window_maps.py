"""The terms of windows by arithmetic: against a loop over all, and without an array of them."""

import tracemalloc
from itertools import product

import numpy as np
import pytest

from bpdebug.ops import REGISTRY
from bpdebug.ops.maps.index_map import IndexMap, ravel, unravel
from bpdebug.ops.maps.windows import Windows
from tests.op_cases import CASES

WINDOWED = [case for case in CASES if case.declaration.family == "window"]
SIZES = [(extent, size) for extent in (1, 2, 5, 8) for size in (1, 2, 3)]


def maps(case):
    """The shape of the result, and the maps of the operands."""
    declared = case.declaration
    layout = declared.layout(case.shapes, {**declared.options, **case.options})
    return layout.shape, layout.maps


@pytest.mark.parametrize(("extent", "size"), SIZES)
def test_along_an_axis_every_meeting_of_window_and_place_is_there_once(extent, size):
    for stride, padding, dilation in product((1, 2, 3, 4, 6), (0, 1, 2, 4), (1, 2, 3, 4, 6)):
        windows = Windows(extent, size, stride, padding, dilation)
        if windows.count >= 1:
            compare_with_a_loop(windows)


def compare_with_a_loop(windows):
    met = {}
    for window, place in product(range(windows.count), range(windows.size)):
        cell = window * windows.stride + place * windows.dilation - windows.padding
        if 0 <= cell < windows.extent:
            met[window, place] = cell
    by_cell, by_place = windows.places_by_cell(), windows.cells_by_place()
    found = []
    for cell in range(windows.extent):
        for t in range(by_cell.begin[cell + 1] - by_cell.begin[cell]):
            window = int(by_cell.upstream[cell] + t * by_cell.upstream_step)
            found.append((window, int(by_cell.local[cell] + t * by_cell.local_step), cell))
    assert found == sorted(((*at, cell) for at, cell in met.items()), key=lambda m: (m[2], m[1]))
    found = []
    for place in range(windows.size):
        for t in range(by_place.begin[place + 1] - by_place.begin[place]):
            cell = int(by_place.local[place] + t * by_place.local_step)
            found.append((int(by_place.upstream[place] + t), place, cell))
    assert found == sorted(((*at, cell) for at, cell in met.items()), key=lambda m: (m[1], m[0]))
    for window in range(windows.count):
        own = [
            (place, met[window, place]) for place in range(windows.size) if (window, place) in met
        ]
        assert list(zip(windows.places(window), windows.cells(window), strict=True)) == own
    for place in range(windows.size):
        assert [w for w in range(windows.count) if (w, place) in met] == list(
            windows.covering(place)
        )
        over, cells = windows.slices(place)
        pairs = zip(range(windows.count)[over], range(windows.extent)[cells], strict=True)
        assert all(met[window, place] == cell for window, cell in pairs)


@pytest.mark.parametrize("case", WINDOWED, ids=str)
def test_what_arithmetic_gives_is_what_follows_from_the_terms_of_cells(case):
    _, found = maps(case)
    for index_map in found:
        cells = np.arange(int(np.prod(index_map.cell_shape)))
        assert index_map.terms == int(index_map._firsts[-1])
        np.testing.assert_array_equal(index_map.first_terms(cells), index_map._firsts[:-1])
        np.testing.assert_array_equal(
            index_map.has_terms(cells), IndexMap.has_terms(index_map, cells)
        )
        generic = IndexMap.cell_ends.fget(index_map)
        assert list(index_map.cell_ends) == generic
        assert index_map.cell_ends[-1] == generic[-1]
        assert list(index_map.cell_ends[1:3]) == generic[1:3]
        for cell in cells:
            assert index_map.span(int(cell)) == IndexMap.span(index_map, int(cell))
            assert index_map.written_before(cell) == IndexMap.written_before(index_map, int(cell))
        for k in range(0, index_map.terms, 7):
            ours, wanted = index_map.locate(k), IndexMap.locate(index_map, k)
            assert ours[:3] == wanted[:3]
        for start in (0, index_map.terms // 3):
            for ours, wanted in zip(
                index_map.term_range(start, index_map.terms),
                IndexMap.term_range(index_map, start, index_map.terms),
                strict=True,
            ):
                np.testing.assert_array_equal(ours, wanted)


@pytest.mark.parametrize("case", WINDOWED, ids=str)
def test_a_cell_of_the_result_has_the_cells_under_its_window(case):
    shape, found = maps(case)
    for at in range(int(np.prod(shape))):
        upstream = unravel(at, shape)
        for position, index_map in enumerate(found):
            cells = index_map.cells_of(upstream)
            np.testing.assert_array_equal(cells, IndexMap.cells_of(index_map, upstream))
            window = index_map.window(upstream)
            if window is None:
                assert position == 2
                continue
            parts = {window.operand: window.where, window.operand + 1: window.kernel}
            extents = [np.array(part) for part in parts[position]]
            under = np.ravel_multi_index(np.ix_(*extents), index_map.cell_shape).reshape(-1)
            np.testing.assert_array_equal(under, cells)


@pytest.mark.parametrize(
    ("op", "shapes", "options"),
    [
        ("conv2d", ((256, 64, 112, 112), (256, 64, 7, 7)), {"stride": 2, "padding": 3}),
        ("conv2d", ((8, 64, 200, 200), (64, 1, 5, 3)), {"groups": 64, "dilation": 9}),
        ("conv1d", ((1, 1, 1_000_000), (1, 1, 300_000)), {}),
        ("max_pool2d", ((256, 64, 112, 112),), {"size": 3, "stride": 2, "padding": 1}),
        ("avg_pool2d", ((1, 1, 4000, 4000),), {"size": 999, "stride": 1}),
    ],
)
def test_the_map_of_a_large_layer_holds_a_few_numbers_for_each_index(op, shapes, options):
    declared = REGISTRY[op]
    tracemalloc.start()
    for index_map in declared.layout(shapes, {**declared.options, **options}).maps:
        terms = index_map.terms
        assert terms > 10**7
        for k in (0, terms // 3, terms - 1):
            place = index_map.locate(k)
            first, end = index_map.span(ravel(place.cell, index_map.cell_shape))
            assert first <= k < end
        ends = index_map.cell_ends
        assert ends[len(ends) - 1] == terms
        assert index_map.window(place.upstream) is not None
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    indices = sum(sum(shape) for shape in shapes)
    assert most < 2**20 + 100 * indices
