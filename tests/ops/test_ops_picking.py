"""Cells picked by arrays of whole numbers, as numpy picks them, and where their gradients go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.ops import INDEX_ARRAY, REGISTRY
from bpdebug.ops.maps.pick_map import PickedMap

PICK = REGISTRY["pick"]


@st.composite
def pickings(draw):
    """An array, a key of arrays, numbers, slices and new axes for it, and the arrays."""
    shape = tuple(draw(st.permutations([2, 3, 4, 5]))[: draw(st.integers(1, 4))])
    block = draw(st.sampled_from([(), (3,), (1,), (2, 3), (3, 1)]))
    key, arrays = [], []
    for extent in shape[: draw(st.integers(1, len(shape)))]:
        key += [None] * draw(st.integers(0, 1))
        kind = draw(st.sampled_from(["array", "array", "number", "slice"]))
        number = st.integers(-extent, extent - 1)
        if kind == "array":
            own = block[draw(st.integers(0, len(block))) :]
            cells = draw(st.lists(number, min_size=int(np.prod(own)), max_size=int(np.prod(own))))
            arrays.append(np.array(cells, float).reshape(own))
            key.append(INDEX_ARRAY)
        else:
            every = st.sampled_from([slice(None), slice(1, None), slice(None, None, -1)])
            key.append(draw(number if kind == "number" else every))
    if not arrays:
        key[-1] = INDEX_ARRAY
        arrays = [np.array([0.0, -1.0, 0.0])]
    return np.arange(float(np.prod(shape))).reshape(shape), tuple(key), arrays


def numpys(key, arrays):
    given = iter(arrays)
    return tuple(next(given).astype(int) if isinstance(one, str) else one for one in key)


@given(pickings())
def test_shape_cells_and_gradients_are_numpys(picking):
    a, key, arrays = picking
    wanted = a[numpys(key, arrays)]
    layout = PICK.layout((a.shape, *(one.shape for one in arrays)), {"key": key})
    assert layout.shape == wanted.shape
    np.testing.assert_array_equal(PICK.forward(a, *arrays, key=key), wanted)
    bound = layout.maps[0].bound(arrays)
    np.testing.assert_array_equal(bound.picking.cells(arrays), wanted)  # a counts its cells
    upstream = np.random.default_rng(0).normal(size=wanted.shape)
    gradient = np.zeros(a.shape)
    np.add.at(gradient, numpys(key, arrays), upstream)
    fast = PICK.vjps[0](upstream, wanted, a, *arrays, key=key)
    np.testing.assert_allclose(fast, gradient, atol=1e-12)
    np.testing.assert_allclose(bound.contract(upstream, np.ones(())), gradient, atol=1e-12)


@given(pickings())
def test_every_term_knows_the_indices_that_picked_it(picking):
    a, key, arrays = picking
    layout = PICK.layout((a.shape, *(one.shape for one in arrays)), {"key": key})
    bound = layout.maps[0].bound(arrays)
    for k in range(bound.terms):
        place = bound.locate(k)
        for number, array in enumerate(arrays):
            axis = bound.picked_along(number)
            index = array[bound.picked_by(number, place.upstream)]
            assert index % a.shape[axis] == place.cell[axis]


def test_a_repeated_row_has_as_many_terms_and_another_none():
    layout = PICK.layout(((4, 2), (3,)), {"key": (INDEX_ARRAY,)})
    rows = layout.maps[0].bound([np.array([2.0, 0.0, 2.0])])
    assert isinstance(rows, PickedMap)
    assert [rows.span(cell) for cell in range(8)] == [
        (0, 1),
        (1, 2),
        (2, 2),
        (2, 2),
        (2, 4),
        (4, 6),
        (6, 6),
        (6, 6),
    ]
    assert [rows.locate(k).upstream for k in (2, 3)] == [(0, 0), (2, 0)]
    assert list(rows.cell_ends) == [1, 2, 4, 6]
    assert rows.written_before(5) == 3
    assert rows.cells_of((2, 1)).tolist() == [5]
    assert rows.has_terms(np.arange(8)).tolist() == [True, True, False, False] * 2


def test_a_map_without_numbers_knows_the_shapes_and_nothing_else():
    (rows, none) = PICK.layout(((4, 2), (3,)), {"key": (INDEX_ARRAY,)}).maps
    assert none is None
    assert rows.binds
    assert (rows.terms, rows.upstream_shape, rows.cell_shape) == (6, (3, 2), (4, 2))
    assert rows.carried(1) == 1
    with pytest.raises(TypeError, match="bind the map"):
        rows.span(0)


@pytest.mark.parametrize(
    ("indices", "problem"),
    [
        ([0.0, 4.0], "the index at [1] is 4, out of range for axis 0, which has size 4"),
        ([-5.0], "the index at [0] is -5, out of range for axis 0, which has size 4; use -4 to 3"),
        (2.5, "the index is 2.5, which is not a whole number"),
        ([0.0, np.nan], "the index at [1] is nan, which is not a whole number"),
        ([np.inf], "the index at [0] is inf, which is not a whole number"),
        ([True, False], "the index is a condition; indices are whole numbers"),
    ],
)
def test_numbers_that_are_no_indices_are_found(indices, problem):
    found = PICK.validate(np.zeros((4, 2)), np.asarray(indices), key=(INDEX_ARRAY,))
    assert found is not None
    assert problem in found
    assert PICK.validate(np.zeros((4, 2)), np.array([-4.0, 3.0]), key=(INDEX_ARRAY,)) is None
